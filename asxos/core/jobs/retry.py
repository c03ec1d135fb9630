"""When work that failed is tried again."""

from datetime import timedelta

from asxos.core.errors import AsxosError

LONGEST = timedelta(minutes=5)


class WorkerDied(AsxosError):
    """The process was killed in every attempt, most likely by the work itself (memory, a crash in native code)."""

    def __init__(self, attempts: int) -> None:
        super().__init__(f"the worker died in each of {attempts} attempts")


def backoff(attempt: int) -> timedelta:
    """The pause after failed attempt number `attempt` (from 1): 1 s, 4 s, 16 s, 64 s, then 5 minutes."""
    return min(timedelta(seconds=4 ** (attempt - 1)), LONGEST)
