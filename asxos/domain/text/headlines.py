"""What the headline of an announcement says: its kind and, where a company chose the words, its tone."""

import polars as pl

from asxos.domain.text.kinds import is_worded, kinds
from asxos.domain.text.tone import tones


def read_headlines(headlines: pl.Series) -> pl.DataFrame:
    """`kind` (KIND_TYPE, never null) and `tone` in (-1, 1) of each headline; shape (n, 2).

    `tone` is null for the set headlines of forms and where no word has a tone.
    """
    table = pl.DataFrame([kinds(headlines).alias("kind"), tones(headlines).alias("tone")])
    return table.with_columns(tone=pl.when(is_worded(pl.col("kind"))).then("tone"))
