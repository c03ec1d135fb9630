"""Ways to a lab: the stored market, a file or folder of prices, an invented market."""

from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

from asxos.core.clock import SystemClock
from asxos.core.compute import Compute
from asxos.core.settings import Settings
from asxos.domain.calendar import xasx_sessions
from asxos.features.models.registry import ModelRegistry
from asxos.lab.lab import Lab
from asxos.lab.loop import Loop
from asxos.lab.market import Market
from asxos.lab.prices import read_market
from asxos.lab.stored import StoredMarket
from asxos.providers.files import open_files
from asxos.providers.simulated import SimulatedPrices


def open(prices: str | Path | None = None, *, as_of: date | None = None) -> Lab:
    """A lab on a file or folder of prices, without a database; or, without one, on the market that was used last.

    As known at the close of `as_of` (default: now). Settings are those of every command, `ASXOS_*`.
    Raises: NoSuchPath, NoBars; what opening the database raises.
    """
    settings = Settings()
    if prices is not None:
        return _lab(read_market(open_files(Path(prices)), SystemClock().now()), settings, Loop(), as_of)
    loop = Loop()
    return _lab(StoredMarket(settings, loop), settings, loop, as_of)


def simulate(symbols: int = 60, years: float = 5.0, alpha: float = 0.05, seed: int = 1, end: date | None = None) -> Lab:
    """A lab on an invented market with a planted rank IC `alpha`; 0 is pure noise. The same seed gives the same prices.

    `end`: its last day (default: today).
    """
    last = end or SystemClock().now().date()
    sessions = [s.session_date for s in xasx_sessions(last - timedelta(days=round(years * 366)), last)]
    provider = SimulatedPrices(end=last, sessions=sessions, seed=seed, symbols=symbols, years=years, alpha=alpha)
    settled = datetime.combine(last + timedelta(days=1), time(), UTC)
    return _lab(read_market(provider, settled), Settings(), Loop(), None)


def _lab(market: Market, settings: Settings, loop: Loop, as_of: date | None) -> Lab:
    registry = ModelRegistry.from_yaml(settings.models_config)
    return Lab(market, registry, loop, Compute(settings.compute), as_of)
