"""Whose data it is. Until there are accounts, everything belongs to the one local user."""

from typing import Annotated

from fastapi import Depends

LOCAL = "local"


def current_owner() -> str:
    """The owner a request acts for."""
    return LOCAL


Owner = Annotated[str, Depends(current_owner)]
"""A route's owner; every query of personal data takes it."""
