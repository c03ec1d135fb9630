"""Hash chains: each entry of a log carries the hash of the one before it, so that an edit or a deletion is found."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any

START = "0" * 64
"""What the first entry of a chain follows."""


def link(previous: str, content: Mapping[str, Any]) -> str:
    """The sha256, in hex, of an entry that follows `previous`.

    `content` is whatever JSON can say; the order of its keys does not matter. Raises: TypeError, ValueError: it holds
    something else, or NaN.
    """
    text = json.dumps([previous, content], sort_keys=True, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()


def first_break(entries: Iterable[tuple[Mapping[str, Any], str]]) -> int | None:
    """The number, from 0, of the first entry (content, stored hash) that does not follow from those before; or None.

    A chain cut off at its end is whole: keep its length, or its last hash, elsewhere.
    """
    previous = START
    for number, (content, stored) in enumerate(entries):
        if link(previous, content) != stored:
            return number
        previous = stored
    return None
