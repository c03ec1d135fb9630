"""The JSON of rankings, past signals and explanations."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Literal, Self

from pydantic import BaseModel

from asxos.core.http import IsoDate
from asxos.domain.signals import SignalType
from asxos.features.signals.records import LiveSignals, PastSignal, Reasons, Signal
from asxos.features.signals.services import LiveView, Quote, Share, ShareView

Interval = tuple[float, float]


class SignalOut(BaseModel):
    """One share in a ranking, with its latest quote.

    `disagreement`: the deviation of the members' probabilities; null for a single model.
    """

    symbol: str
    name: str | None
    sector: str | None
    rank: int
    score: float
    ml_prob: float
    ml_expected_return: float | None
    signal: SignalType
    confidence: float
    interval: Interval | None
    note: str | None
    disagreement: float | None
    close: float | None
    close_date: date | None
    change: float | None
    spark: str | None

    @classmethod
    def of(cls, signal: Signal, share: Share | None, quote: Quote | None) -> Self:
        return cls(
            symbol=signal.symbol,
            name=share.name if share else None,
            sector=share.sector if share else None,
            rank=signal.rank,
            score=signal.score,
            ml_prob=signal.ml_prob,
            ml_expected_return=signal.ml_expected_return,
            signal=SignalType(signal.signal),
            confidence=signal.confidence,
            interval=_interval(signal),
            note=signal.note,
            disagreement=signal.disagreement,
            close=quote.close if quote else None,
            close_date=quote.session_date if quote else None,
            change=quote.change if quote else None,
            spark=quote.spark if quote else None,
        )


class LiveSignalsOut(BaseModel):
    """A ranking: `count` signals here, of `total` that pass the filter."""

    status: Literal["ok"] = "ok"
    model: str
    as_of: date
    generated_at: datetime
    count: int
    total: int
    simulated: bool
    signals: list[SignalOut]

    @classmethod
    def of(cls, view: LiveView) -> Self:
        return cls(
            model=view.live.model,
            as_of=view.live.as_of,
            generated_at=view.live.known_at,
            count=view.live.count,
            total=view.live.total,
            simulated=view.simulated,
            signals=[
                SignalOut.of(s, view.shares.get(s.security_id), view.quotes.get(s.security_id))
                for s in view.live.signals
            ],
        )


class PastSignalOut(BaseModel):
    """What one model said of one share on one session."""

    model: str
    as_of: date
    rank: int
    signal: SignalType
    ml_prob: float
    ml_expected_return: float | None
    confidence: float
    interval: Interval | None
    note: str | None
    disagreement: float | None
    known_at: datetime

    @classmethod
    def of(cls, past: PastSignal) -> Self:
        return cls(
            model=past.model,
            as_of=past.as_of,
            rank=past.rank,
            signal=SignalType(past.signal),
            ml_prob=past.ml_prob,
            ml_expected_return=past.ml_expected_return,
            confidence=past.confidence,
            interval=_interval(past),
            note=past.note,
            disagreement=past.disagreement,
            known_at=past.known_at,
        )


class ShareSignalsOut(BaseModel):
    symbol: str
    name: str | None
    sector: str | None
    simulated: bool
    signals: list[PastSignalOut]

    @classmethod
    def of(cls, view: ShareView) -> Self:
        share = view.share
        return cls(
            symbol=share.symbol,
            name=share.name,
            sector=share.sector,
            simulated=view.simulated,
            signals=[PastSignalOut.of(s) for s in view.signals],
        )


class HistoryOut(BaseModel):
    symbol: str
    model: str
    items: list[PastSignalOut]


class ReasonOut(BaseModel):
    """One factor's part in a score, in words and in the score's unit."""

    factor: str
    words: str
    value: float | None
    unit: str
    contribution: float


class FactorWords(BaseModel):
    words: str
    unit: str


class ExplanationOut(BaseModel):
    """`base` plus all contributions is `score`."""

    symbol: str
    model: str
    as_of: date
    base: float
    score: float
    unit: str
    reasons: list[ReasonOut]

    @classmethod
    def of(cls, share: Share, reasons: Reasons, words: Mapping[str, FactorWords]) -> Self:
        rows = zip(reasons.factors, reasons.factor_values, reasons.contributions, strict=True)
        parts = [
            ReasonOut(factor=f, words=words[f].words, value=v, unit=words[f].unit, contribution=c) for f, v, c in rows
        ]
        return cls(
            symbol=share.symbol,
            model=reasons.model,
            as_of=reasons.as_of,
            base=reasons.base,
            score=reasons.score,
            unit=reasons.unit,
            reasons=sorted(parts, key=lambda part: -abs(part.contribution)),
        )


class ComparedOut(BaseModel):
    """One share under several models; a model that did not rank it is absent from the maps."""

    symbol: str
    name: str | None
    sector: str | None
    ranks: dict[str, int]
    signals: dict[str, SignalType]
    probs: dict[str, float]


class ComparisonOut(BaseModel):
    as_of: dict[str, date]
    models: list[str]
    rows: list[ComparedOut]

    @classmethod
    def of(cls, rankings: Mapping[str, LiveSignals], shares: Mapping[int, Share]) -> Self:
        by_share: dict[int, dict[str, Signal]] = {}
        for model, live in rankings.items():
            for signal in live.signals:
                by_share.setdefault(signal.security_id, {})[model] = signal
        return cls(
            as_of={model: live.as_of for model, live in rankings.items()},
            models=list(rankings),
            rows=[_compared(found, shares.get(id)) for id, found in by_share.items()],
        )


class RunRequest(BaseModel, extra="forbid"):
    """Which session to rank; without it, the latest with prices."""

    as_of: IsoDate | None = None


class RunAccepted(BaseModel):
    job_id: int


def _interval(signal: Signal | PastSignal) -> Interval | None:
    low, high = signal.interval_low, signal.interval_high
    return None if low is None or high is None else (low, high)


def _compared(found: Mapping[str, Signal], share: Share | None) -> ComparedOut:
    signals: Sequence[tuple[str, Signal]] = list(found.items())
    return ComparedOut(
        symbol=signals[0][1].symbol,
        name=share.name if share else None,
        sector=share.sector if share else None,
        ranks={model: s.rank for model, s in signals},
        signals={model: SignalType(s.signal) for model, s in signals},
        probs={model: s.ml_prob for model, s in signals},
    )
