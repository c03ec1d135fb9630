"""Tax over the portfolios of a small market."""

from tests.features.portfolio.conftest import client, system

__all__ = ["client", "system"]
