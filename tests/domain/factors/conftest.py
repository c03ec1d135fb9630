"""Real bars to compute factors on."""

from pathlib import Path

import polars as pl
import pytest


@pytest.fixture(scope="session")
def real_panel(shared_data: Path) -> pl.DataFrame:
    """Twenty of the sample's shares, every eleventh, adjusted by the vendor's ratio."""
    price = pl.col("open", "high", "low", "close")
    bars = pl.read_parquet(shared_data / "asx_prices_sample.parquet").with_columns(
        pl.col("open", "high", "low", "close", "adj_close", "volume").cast(pl.Float64),
        security_id=pl.col("symbol").rank("dense").cast(pl.Int32),
    )
    ratio = pl.col("adj_close") / pl.col("close")
    return (
        bars.filter(pl.col("security_id") % 11 == 0)
        .with_columns(
            price * ratio,
            volume=pl.col("volume") / ratio,
            raw_close=pl.col("close"),
            turnover=pl.col("close") * pl.col("volume"),
        )
        .select("security_id", pl.col("date").alias("session_date"), price, "volume", "raw_close", "turnover")
        .sort("security_id", "session_date")
    )
