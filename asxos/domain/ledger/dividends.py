"""Dividends of a ledger with what the market knows of them, where the investor's own papers are silent."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Protocol

from asxos.domain.ledger.facts import Income
from asxos.domain.ledger.transactions import Kind, Transaction
from asxos.domain.money import ZERO, exact, part_of

EX_BEFORE_PAYMENT = timedelta(days=120)
"""How long after its ex-date a dividend is paid at the latest."""
DIVIDENDS = (Kind.DIVIDEND, Kind.DRP)


class DividendFact(Protocol):
    """A dividend as the market knows it: A$ a share; `franked` a fraction."""

    @property
    def ex_date(self) -> date: ...
    @property
    def amount(self) -> Decimal | None: ...
    @property
    def franked(self) -> float | None: ...


def income_of(line: Transaction) -> Income:
    """What a dividend, paid or reinvested, earned."""
    return Income(
        transaction=line.id,
        code=line.code or "",
        on=line.on,
        ex_date=line.ex_date,
        amount=line.amount or ZERO,
        franked=line.franked,
        franking_credit=line.franking_credit,
        lic_gain=line.lic_gain or ZERO,
        reinvested=line.kind is Kind.DRP,
    )


def dividend_codes(lines: Sequence[Transaction]) -> list[str]:
    """The codes that paid, in order."""
    return sorted({line.code for line in lines if line.kind in DIVIDENDS and line.code})


def with_known_dividends(
    lines: Sequence[Transaction], known: Mapping[str, Sequence[DividendFact]]
) -> tuple[list[Transaction], frozenset[str]]:
    """The lines, dividends without an ex-date or franking given the market's; and the ids of those that were."""
    filled = [_filled(line, known.get(line.code or "", ())) if line.kind in DIVIDENDS else line for line in lines]
    return filled, frozenset(new.id for new, old in zip(filled, lines, strict=True) if new is not old)


def _filled(line: Transaction, known: Sequence[DividendFact]) -> Transaction:
    """The latest dividend that went ex in the months before the payment is the one that was paid."""
    has_franking = line.franked is not None or line.franking_credit is not None
    if line.ex_date and has_franking:
        return line
    near = [fact for fact in known if line.on - EX_BEFORE_PAYMENT <= fact.ex_date < line.on]
    if not near:
        return line
    fact = max(near, key=lambda f: f.ex_date)
    franked = line.franked
    if not has_franking and fact.franked is not None:
        franked = part_of(line.amount or ZERO, exact(fact.franked), Decimal(1))
    return replace(line, ex_date=line.ex_date or fact.ex_date, franked=franked)
