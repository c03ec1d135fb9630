"""Evidence: what a model said of rows it had never seen, beside what followed; its whole record derives from this."""

from io import BytesIO
from typing import Any

import polars as pl

SCHEMA: dict[str, Any] = {
    "session_date": pl.Date,
    "security_id": pl.Int32,
    "score": pl.Float32,
    "ml_prob": pl.Float32,
    "expected": pl.Float32,
    "low": pl.Float32,
    "high": pl.Float32,
    "excess": pl.Float32,
    "liquidity": pl.UInt8,
    "sector": pl.String,
    "cost": pl.Float32,
}
"""Sorted by (session_date, security_id).

`score` by a model trained on earlier sessions only; `ml_prob`, `expected`, `low`, `high` by a scale learnt on earlier
sessions' scores, null where there were none; `excess` what followed; `liquidity` third, 0 the least liquid; `sector` as
known on the session, null unknown; `cost` of buying and selling, a fraction, null unknown.
"""


def evidence(columns: dict[str, Any]) -> pl.DataFrame:
    """The columns as evidence, in its order and types; what is missing is null."""
    return pl.DataFrame(columns).select(pl.col(name).cast(kind) for name, kind in SCHEMA.items()).fill_nan(None)


def pack(frame: pl.DataFrame) -> bytes:
    """Evidence as Parquet; the same rows give the same bytes."""
    buffer = BytesIO()
    frame.write_parquet(buffer, compression="zstd")
    return buffer.getvalue()


def unpack(content: bytes) -> pl.DataFrame:
    """What `pack` packed."""
    return pl.read_parquet(BytesIO(content))
