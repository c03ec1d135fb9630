"""A run as one page that needs nothing else: no network, no script, readable in light, dark and print."""

from typing import Any

from asxos.domain.backtest.study import Study
from asxos.features.backtests.report.about import About

__all__ = ["About", "render"]


def render(study: Study, figures: dict[str, Any], about: About) -> str:
    """The page of a run. Args: figures: of `measures.measures`."""
    # Loads the plotting library, seconds, which only whoever writes a report needs.
    from asxos.features.backtests.report.page import page  # noqa: PLC0415

    return page(study, figures, about)
