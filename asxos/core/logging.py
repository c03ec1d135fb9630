"""Structured logs on stderr, each line carrying the correlation id of the request, command or job it belongs to."""

import logging
import sys
from collections.abc import Generator
from contextlib import contextmanager
from uuid import uuid4

import structlog


def configure_logging(level: str, *, as_json: bool) -> None:
    """Set up structlog for this process; called once by each door."""
    renderer = structlog.processors.JSONRenderer() if as_json else structlog.dev.ConsoleRenderer(colors=False)
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level.upper()]),
        logger_factory=_to_stderr,
        cache_logger_on_first_use=False,
    )


def _to_stderr(*_: object) -> structlog.PrintLogger:
    """To what stderr is when a line is written; it may have been another when logging was set up."""
    return structlog.PrintLogger(sys.stderr)


def current_correlation_id() -> str | None:
    """The id that joins everything caused by one request, command or job; None outside of any."""
    found = structlog.contextvars.get_contextvars().get("correlation_id")
    return None if found is None else str(found)


@contextmanager
def correlated(correlation_id: str | None = None) -> Generator[str, None, None]:
    """Everything logged or published inside carries this id (a new one by default)."""
    chosen = correlation_id or uuid4().hex
    with structlog.contextvars.bound_contextvars(correlation_id=chosen):
        yield chosen
