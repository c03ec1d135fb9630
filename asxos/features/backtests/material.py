"""What a backtest is made from, cut to what it needs, and its hash."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import polars as pl

from asxos.domain.backtest import Rules, build_market, read_rankings
from asxos.domain.backtest.study import Study, information, study
from asxos.domain.facts import sectors_on

# Before the first ranking: a quarter of sessions for volatility, a month for turnover, and room for holidays.
WARM_UP = timedelta(days=150)


@dataclass(frozen=True, eq=False)
class Material:
    """`panel`: of the market service, of the ranked shares only, sorted. `ranked`: `session_date, security_id, score,
    made_by, sector`. `indices`: `session_date, level` by name.
    """

    panel: pl.DataFrame
    actions: pl.DataFrame
    ranked: pl.DataFrame
    indices: Mapping[str, pl.DataFrame]

    @classmethod
    def cut(
        cls,
        panel: pl.DataFrame,
        actions: pl.DataFrame,
        ranked: pl.DataFrame,
        sectors: pl.DataFrame,
        *,
        indices: Mapping[str, pl.DataFrame],
        last: date | None,
    ) -> "Material":
        """Of everything stored, what a run up to `last` needs; sectors are those of each ranking's own session."""
        shares = ranked["security_id"].unique()
        kept = panel.filter(pl.col("security_id").is_in(shares.implode()))
        kept = kept.filter(pl.col("session_date") <= last) if last else kept
        of_shares = actions.filter(pl.col("security_id").is_in(shares.implode()))
        ordered = ranked.sort("session_date", "security_id")
        return cls(kept, of_shares, ordered.with_columns(sector=sectors_on(ordered, sectors)), indices)

    def sha256(self) -> str:
        """Of every value."""
        digest = hashlib.sha256()
        for part in self._parts():
            digest.update(part)
        return digest.hexdigest()

    def studied(self, rules: Rules, last: date | None) -> Study:
        """Run and measured. Raises: NothingRanked."""
        market = build_market(self.panel, self.actions, delisted_after=rules.delisted_after)
        rankings = read_rankings(self.ranked, market)
        ics = information(self.panel, self.ranked)
        return study(market, rankings, rules, last, indices=self.indices, ics=ics)

    def _parts(self) -> Iterator[bytes]:
        for name, frame in {"": self.panel, "actions": self.actions, "ranked": self.ranked, **self.indices}.items():
            yield f"{name} {frame.height}".encode()
            for column in frame.iter_columns():
                if column.dtype == pl.String:
                    yield "\x1f".join(value or "" for value in column).encode()
                else:
                    yield np.ascontiguousarray(column.to_physical().to_numpy()).tobytes()
