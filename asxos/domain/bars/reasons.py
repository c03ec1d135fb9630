"""Why a bar is kept out of the prices."""

from enum import StrEnum


class Reason(StrEnum):
    """One word a fault, stored with the row."""

    UNREADABLE = "unreadable"
    PRICE_MISSING = "price_missing"
    PRICE_NOT_POSITIVE = "price_not_positive"
    VOLUME_MISSING = "volume_missing"
    VOLUME_NEGATIVE = "volume_negative"
    HIGH_BELOW_LOW = "high_below_low"
    CLOSE_OUTSIDE_RANGE = "close_outside_range"
    OPEN_OUTSIDE_RANGE = "open_outside_range"
    MALFORMED_CODE = "malformed_code"
    INDEX_CODE = "index_code"
    NO_SESSION = "no_session"
    NOT_FINAL = "not_final"
    DUPLICATE = "duplicate"
    STALE_RUN = "stale_run"
    JUMP = "jump"


HELD_REASONS = frozenset({Reason.NOT_FINAL, Reason.STALE_RUN, Reason.JUMP})
"""What a later delivery may mend; everything else is refused for good."""
