"""The main job over a small simulated market, with real models trained on it."""

from datetime import date

import pytest

from asxos.bootstrap import System
from asxos.core.events.types import EventType
from asxos.core.progress import Silent
from asxos.features.market.services import UnknownSymbol
from asxos.features.signals.repositories import NoSignals, SignalFilter
from asxos.features.signals.services import NeverRanked, NoPrices, NotExplained, SignalService
from tests.published import NOW, WEEKS

LAST = date(2024, 6, 28)


@pytest.fixture
def signals(system: System) -> SignalService:
    return system.service(SignalService)


async def test_the_latest_session_is_ranked_by_every_model_and_the_ensemble(signals: SignalService) -> None:
    rankings, _ = await signals.compare(None, 500)
    assert sorted(rankings) == ["ensemble", "model_a", "model_b", "model_c", "momentum", "ridge"]
    assert {live.as_of for live in rankings.values()} == {LAST}
    assert {live.known_at for live in rankings.values()} == {NOW}


async def test_a_ranking_is_whole_and_in_order(signals: SignalService) -> None:
    live = (await signals.get_live_signals(limit=500)).live
    assert [s.rank for s in live.signals] == list(range(1, live.total + 1))
    assert all(a.ml_prob >= b.ml_prob for a, b in zip(live.signals, live.signals[1:], strict=False))
    assert len({s.symbol for s in live.signals}) == live.total > 20


async def test_an_ensemble_says_how_far_its_members_are_apart_and_a_single_model_does_not(
    signals: SignalService,
) -> None:
    both = (await signals.get_live_signals(limit=500)).live.signals
    assert all(s.disagreement is not None for s in both if s.note is None or "without" not in s.note)
    alone = (await signals.get_live_signals("momentum", limit=500)).live.signals
    assert {s.disagreement for s in alone} == {None}


async def test_simulated_data_says_so_and_its_shares_have_names_and_quotes(signals: SignalService) -> None:
    view = await signals.get_live_signals(limit=3)
    assert view.simulated
    for signal in view.live.signals:
        share, quote = view.shares[signal.security_id], view.quotes[signal.security_id]
        assert share.symbol == signal.symbol
        assert share.name
        assert share.sector
        assert quote.session_date == LAST
        assert quote.close > 0


async def test_earlier_sessions_were_ranked_a_week_apart(signals: SignalService) -> None:
    symbol = (await signals.get_live_signals(limit=1)).live.signals[0].symbol
    _, past = await signals.get_history(symbol, "ensemble", 10)
    assert [p.as_of for p in past] == [LAST, date(2024, 6, 21), date(2024, 6, 14)][: WEEKS + 1]


async def test_reasons_add_up_to_the_score(signals: SignalService) -> None:
    live = (await signals.get_live_signals("model_a", limit=5)).live
    for signal in live.signals:
        _, reasons = await signals.explain(signal.symbol, "model_a")
        assert reasons.base + sum(reasons.contributions) == pytest.approx(signal.score, rel=1e-9)


async def test_every_ranking_was_announced_once(system: System) -> None:
    events = await system.event_bus.get_history(EventType.SIGNAL_GENERATED)
    told = [(e.payload["model"], e.payload["as_of"]) for e in events if e.source == "Publisher"]
    assert len(told) == len(set(told)) == 6 * (WEEKS + 1)


async def test_one_sector_can_be_asked_for(signals: SignalService) -> None:
    whole = await signals.get_live_signals(limit=500)
    sector = whole.shares[whole.live.signals[0].security_id].sector
    assert sector is not None
    part = await signals.get_live_signals(limit=500, sector=sector.upper())
    assert 0 < part.live.total < whole.live.total
    assert {part.shares[s.security_id].sector for s in part.live.signals} == {sector}
    assert (await signals.get_live_signals(where=SignalFilter(), sector="No such sector")).live.count == 0


async def test_what_is_not_there_is_said_by_name(signals: SignalService) -> None:
    with pytest.raises(NoSignals, match="model_z"):
        await signals.get_live_signals("model_z")
    with pytest.raises(UnknownSymbol, match="QQQQ"):
        await signals.get_share("QQQQ")
    symbol = (await signals.get_live_signals(limit=1)).live.signals[0].symbol
    with pytest.raises(NotExplained, match="momentum_z"):
        await signals.explain(symbol, "momentum_z")


async def test_a_share_too_illiquid_to_rank_says_that_it_never_was(system: System, signals: SignalService) -> None:
    ranked = {s.security_id for s in (await signals.get_live_signals(limit=500)).live.signals}
    async with system.db.connection() as connection:
        cursor = await connection.execute("SELECT DISTINCT security_id FROM signals")
        ever = {row[0] for row in await cursor.fetchall()}
    never = [share for id, share in (await signals.market.directory()).items() if id not in ever]
    assert ranked <= ever
    assert never
    with pytest.raises(NeverRanked, match=never[0].symbol):
        await signals.get_share(never[0].symbol)


async def test_nothing_can_be_ranked_before_the_first_price(signals: SignalService) -> None:
    with pytest.raises(NoPrices, match="1999-01-01"):
        await signals.generate_signals(date(1999, 1, 1), 0, Silent())
