"""The built web application, served beside the HTTP API; holds no rules and no data."""

from asxos.ui.mount import mount_ui

__all__ = ["mount_ui"]
