"""The lab's own event loop, in a thread, so that whoever calls may be inside a running one, as a notebook is."""

import asyncio
from collections.abc import Coroutine
from threading import Thread
from typing import Any, TypeVar

R = TypeVar("R")


class Loop:
    """Runs one piece of asynchronous work after the other and waits for it."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = Thread(target=self._loop.run_forever, name="asxos-lab", daemon=True)
        self._thread.start()

    def run(self, work: Coroutine[Any, Any, R]) -> R:
        """What `work` returns; it is stopped when the caller is interrupted. Raises: what `work` raises."""
        future = asyncio.run_coroutine_threadsafe(work, self._loop)
        try:
            return future.result()
        finally:
            future.cancel()

    def close(self) -> None:
        """Stop the thread."""
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()
