"""A ledger's dividends, filled from the market where the investor's own papers are silent."""

from collections.abc import Sequence

from asxos.domain.ledger.dividends import dividend_codes, with_known_dividends
from asxos.domain.ledger.transactions import Transaction
from asxos.features.tax.services.ports import Market


async def with_market_facts(lines: Sequence[Transaction], market: Market) -> tuple[list[Transaction], frozenset[str]]:
    """The lines with what the market knows of their dividends, and the ids of those that it told something of."""
    codes = dividend_codes(lines)
    return with_known_dividends(lines, await market.dividends_of(codes) if codes else {})
