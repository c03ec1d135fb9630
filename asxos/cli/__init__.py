"""The `asxos` command."""

from asxos.cli.app import main

__all__ = ["main"]
