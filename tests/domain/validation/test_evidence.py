from datetime import date

import numpy as np
import polars as pl
from polars.testing import assert_frame_equal

from asxos.domain.validation.evidence import SCHEMA, evidence, pack, unpack


def some(rows: int = 500) -> pl.DataFrame:
    rng = np.random.default_rng(3)
    numbers = {name: rng.normal(size=rows) for name, kind in SCHEMA.items() if kind == pl.Float32}
    numbers["ml_prob"][:100] = np.nan
    days = {"session_date": [date(2020, 1, 6)] * rows, "security_id": range(rows), "liquidity": [2] * rows}
    return evidence(numbers | days | {"sector": ["Energy", None] * (rows // 2)})


def test_evidence_reads_back_as_it_was_packed() -> None:
    assert_frame_equal(unpack(pack(some())), some())
    assert some().schema == SCHEMA


def test_what_is_missing_is_null_and_the_same_rows_give_the_same_bytes() -> None:
    assert some()["ml_prob"].null_count() == 100
    assert pack(some()) == pack(some())
