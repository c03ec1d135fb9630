"""What can be done with backtests: run one, list them, read one."""

import asyncio
import gzip
import hashlib
from dataclasses import asdict, dataclass
from io import BytesIO
from typing import Any

import orjson
import polars as pl

from asxos import __version__
from asxos.core.clock import Clock
from asxos.core.db import Database
from asxos.core.errors import BadInput
from asxos.core.events.event_bus import EventBus
from asxos.core.progress import Progress
from asxos.core.service import BaseService
from asxos.domain.backtest.engine import NothingRanked
from asxos.domain.backtest.study import Study
from asxos.features.backtests.journals import journal_of
from asxos.features.backtests.material import WARM_UP, Material
from asxos.features.backtests.measures import measures, provenance_of
from asxos.features.backtests.ports import Market, PastRankings
from asxos.features.backtests.records import Backtest, NewBacktest, Plan
from asxos.features.backtests.report import About, render
from asxos.features.backtests.repositories import BacktestRepository

RUN_BACKTEST = "run_backtest"
"""The job that runs `BacktestService.run`."""


class NothingToTest(BadInput):
    """The model has no ranking on a session with prices in the range asked for."""

    def __init__(self, plan: Plan) -> None:
        until = f" up to {plan.last}" if plan.last else ""
        since = f" from {plan.first}" if plan.first else ""
        super().__init__(f"model {plan.model_id!r} has no ranking out of sample{since}{until} on a session with prices")


@dataclass(frozen=True)
class Question:
    """A plan and the data it finds; the same question is answered once."""

    plan: Plan
    data_sha256: str

    @property
    def parameters(self) -> dict[str, Any]:
        """The plan as JSON holds it."""
        asked = {"model": self.plan.model_id, "first": self.plan.first, "last": self.plan.last}
        return orjson.loads(orjson.dumps(asked | asdict(self.plan.rules)))

    @property
    def sha256(self) -> str:
        asked = [__version__, self.parameters, self.data_sha256]
        return hashlib.sha256(orjson.dumps(asked, option=orjson.OPT_SORT_KEYS)).hexdigest()


class BacktestService(BaseService):
    """Runs are stored whole: parameters, hash of the data, figures, report, every trade."""

    def __init__(
        self,
        repository: BacktestRepository,
        *,
        market: Market,
        rankings: PastRankings,
        clock: Clock,
        db: Database,
        event_bus: EventBus,
    ) -> None:
        super().__init__(db, event_bus)
        self.repo = repository
        self.market = market
        self.rankings = rankings
        self.clock = clock

    async def run(self, plan: Plan, progress: Progress) -> Backtest:
        """Run a plan and store what came of it; one that was run before on the same data is returned as it stands.

        Raises: NothingToTest; NotFound: no such model.
        """
        progress.step("prices")
        material = await self._material(plan)
        question = Question(plan, await asyncio.to_thread(material.sha256))
        stored = await self.repo.find_same(question.sha256)
        if stored is None:
            progress.step("run")
            try:
                done = await asyncio.to_thread(material.studied, plan.rules, plan.last)
            except NothingRanked:
                raise NothingToTest(plan) from None
            progress.step("report")
            stored = await self.repo.save(await self._written(question, done, material))
        return await self.repo.get(stored)

    async def get(self, id: int) -> Backtest:
        """Raises: NoBacktest."""
        return await self.repo.get(id)

    async def list_latest(self, limit: int, offset: int = 0) -> list[Backtest]:
        """Latest first."""
        return await self.repo.list_latest(limit, offset)

    async def report(self, id: int) -> str:
        """The page of a run. Raises: NoBacktest."""
        return gzip.decompress(await self.repo.report(id)).decode()

    async def journal(self, id: int) -> pl.DataFrame:
        """Every trade and payment of a run, in order, as `journal_of` has it. Raises: NoBacktest."""
        return pl.read_parquet(BytesIO(await self.repo.journal(id)))

    async def _material(self, plan: Plan) -> Material:
        ranked = await self.rankings.past_rankings(plan.model_id, plan.first, plan.last)
        if ranked.is_empty():
            raise NothingToTest(plan)
        earliest = ranked.select(pl.col("session_date").min()).item()
        panel = await self.market.panel(since=earliest - WARM_UP)
        material = await asyncio.to_thread(
            Material.cut,
            panel,
            await self.market.actions(),
            ranked,
            await self.market.sectors(),
            indices=await self.market.total_return_indices(),
            last=plan.last,
        )
        if material.panel.is_empty():
            raise NothingToTest(plan)
        return material

    async def _written(self, question: Question, done: Study, material: Material) -> NewBacktest:
        """The run as it is stored."""
        shares = await self.market.directory(done.market.security_ids.tolist())
        symbols = {id: share.symbol for id, share in shares.items()}
        about = About(
            model_id=question.plan.model_id,
            is_simulated=await self.market.data_is_simulated(),
            made_at=self.clock.now(),
            data_sha256=question.data_sha256,
            symbols=symbols,
        )
        figures = measures(done, provenance_of(material.ranked))
        report = await asyncio.to_thread(render, done, figures, about)
        return NewBacktest(
            model_id=about.model_id,
            first_session=done.days[0].item(),
            last_session=done.days[-1].item(),
            parameters=question.parameters,
            data_sha256=question.data_sha256,
            request_sha256=question.sha256,
            is_simulated=about.is_simulated,
            metrics=figures,
            report=gzip.compress(report.encode(), mtime=0),
            journal=_parquet(journal_of(done, symbols)),
        )


def _parquet(frame: pl.DataFrame) -> bytes:
    buffer = BytesIO()
    frame.write_parquet(buffer, compression="zstd")
    return buffer.getvalue()
