"""Every error this system raises on purpose; the HTTP door turns each into a problem with its `status`.

AsxosError (500)
├── BadInput (422)            something given to us cannot be used; the message names the file, line or field
├── NotFound (404)            nothing is stored under what was asked for
├── Conflict (409)            the request contradicts what is stored or running
├── Unavailable (503)         a part we need (database, provider) does not answer
├── TransactionRequired (500) an event was published outside a transaction, so it could be lost
└── TransactionShared (500)   a child task touched its parent's open transaction
"""

from typing import ClassVar


class AsxosError(Exception):
    """Base error. Subclasses set `status` (HTTP) and build their own message."""

    status: ClassVar[int] = 500


class BadInput(AsxosError):
    """Something given to us cannot be used."""

    status = 422


class NotFound(AsxosError):
    """Nothing is stored under what was asked for."""

    status = 404


class Conflict(AsxosError):
    """The request contradicts what is stored or running."""

    status = 409


class Unavailable(AsxosError):
    """A part we need does not answer."""

    status = 503


class TransactionRequired(AsxosError):
    """An event was published outside a transaction, so it could be lost."""


class TransactionShared(AsxosError):
    """A child task touched its parent's open transaction."""
