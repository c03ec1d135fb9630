"""Bars in Qlib's own files: one folder a share, one float32 file a field that starts with the number of its session."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl

FIELDS = ("open", "high", "low", "close", "volume", "vwap")


def with_vwap(panel: pl.DataFrame) -> pl.DataFrame:
    """The panel in the precision of Qlib's files, so that both compute from the same numbers, and the typical price."""
    rounded = panel.with_columns(pl.col("open", "high", "low", "close", "volume").cast(pl.Float32).cast(pl.Float64))
    return rounded.with_columns(vwap=(pl.col("high") + pl.col("low") + pl.col("close")) / 3)


def write_bars(panel: pl.DataFrame, days: Sequence[date], folder: Path) -> None:
    """Write a panel with `vwap` and `session`, a number into `days`; a session without a bar is missing."""
    (folder / "calendars").mkdir(parents=True)
    (folder / "instruments").mkdir()
    (folder / "calendars" / "day.txt").write_text("".join(f"{day}\n" for day in days))
    lines: list[str] = []
    for (security_id,), bars in panel.group_by("security_id", maintain_order=True):
        sessions = bars["session"].to_numpy()
        first, last = int(sessions[0]), int(sessions[-1])
        name = name_of(int(str(security_id)))
        lines.append(f"{name}\t{days[first]}\t{days[last]}\n")
        home = folder / "features" / name.lower()
        home.mkdir(parents=True)
        for field in FIELDS:
            values = np.full(last - first + 2, np.nan, "<f4")
            values[0] = first
            values[1 + sessions - first] = bars[field].to_numpy()
            values.tofile(home / f"{field}.day.bin")
    (folder / "instruments" / "all.txt").write_text("".join(lines))


def name_of(security_id: int) -> str:
    """What Qlib calls a share."""
    return f"S{security_id:06d}"
