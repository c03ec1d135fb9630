"""Where prices, announcements and a simulated market's figures come from: opened as a job asks for them."""

import asyncio
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import polars as pl

from asxos.core.clock import Clock
from asxos.core.errors import BadInput
from asxos.core.settings import Settings
from asxos.features.market.jobs import PriceSource
from asxos.features.market.services import MarketService
from asxos.providers.eodhd import EodhdPrices, eodhd_client
from asxos.providers.files import open_files
from asxos.providers.news import NewsProvider
from asxos.providers.news_files import open_news
from asxos.providers.prices import PriceProvider
from asxos.providers.simulated import SimulatedNews, SimulatedPrices
from asxos.providers.web import Vendor
from asxos.providers.yahoo import YahooPrices, yahoo_client


class NoProvider(BadInput):
    """Prices or announcements are asked for and nothing says from where."""


async def open_provider(settings: Settings, market: MarketService, clock: Clock, source: PriceSource) -> PriceProvider:
    """The provider a source asks for; without a path or a name, the one of the settings. Raises: NoProvider."""
    if source.path is not None:
        return await asyncio.to_thread(open_files, source.path)
    match source.provider or settings.provider:
        case "yahoo":
            return YahooPrices(Vendor(yahoo_client()))
        case "eodhd":
            if settings.eodhd_api_key is None:
                raise NoProvider("eodhd needs its key in ASXOS_EODHD_API_KEY")
            return EodhdPrices(Vendor(eodhd_client(settings.eodhd_api_key)))
        case "simulated":
            return await _simulated(market, clock, source)
        case None:
            raise NoProvider("no price source: name a file or a provider, or set ASXOS_PROVIDER")


async def open_announcements(market: MarketService, clock: Clock, source: Mapping[str, Any]) -> NewsProvider:
    """The announcements in a file, or of a simulated market. Raises: NoProvider; NoAnnouncements."""
    wanted = PriceSource.model_validate(source)
    if wanted.path is not None:
        return await asyncio.to_thread(open_news, wanted.path)
    if wanted.provider != "simulated":
        raise NoProvider("announcements come from a file: name it")
    return SimulatedNews(await _simulated(market, clock, wanted), clock.now())


async def _simulated(market: MarketService, clock: Clock, source: PriceSource) -> SimulatedPrices:
    today = clock.now().date()
    sessions = await market.sessions(today - timedelta(days=round(source.years * 366)), today)
    return SimulatedPrices(
        end=today, sessions=sessions, seed=source.seed, symbols=source.count, years=source.years, alpha=source.alpha
    )


async def simulated_tables(
    market: MarketService, clock: Clock, source: Mapping[str, Any]
) -> Mapping[str, pl.DataFrame]:
    """What the companies of a simulated market published."""
    made = await _simulated(market, clock, PriceSource.model_validate(source))
    return vars(await asyncio.to_thread(made.facts))
