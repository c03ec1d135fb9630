"""Rankings, joined: made, published, kept on record, held to what followed."""

from dataclasses import dataclass

from asxos.core.clock import Clock
from asxos.core.db import Database
from asxos.core.events.event_bus import EventBus
from asxos.features.market.services import MarketService
from asxos.features.models.services import ModelService
from asxos.features.signals.repositories import (
    OutcomeRepository,
    ReasonRepository,
    SignalLog,
    SignalRepository,
    VerificationRepository,
)
from asxos.features.signals.services import Deriver, OutcomeService, Publisher, RecordService, SignalService


@dataclass(frozen=True)
class Rankings:
    """The services of rankings: made and read, published, held to what was published and to what followed."""

    signals: SignalService
    publisher: Publisher
    record: RecordService
    outcomes: OutcomeService


def join_rankings(
    market: MarketService, models: ModelService, *, clock: Clock, db: Database, event_bus: EventBus
) -> Rankings:
    rankings, reasons, log = SignalRepository(db), ReasonRepository(db), SignalLog(db)
    publisher = Publisher(rankings, reasons, log, clock=clock, db=db, event_bus=event_bus)
    signals = SignalService(rankings, reasons, publisher=publisher, market=market, models=models)
    deriver = Deriver(log, market=market, models=models)
    record = RecordService(log, rankings, VerificationRepository(db), deriver, clock=clock, event_bus=event_bus)
    outcomes = OutcomeService(OutcomeRepository(db), rankings, market=market, clock=clock)
    return Rankings(signals, publisher, record, outcomes)
