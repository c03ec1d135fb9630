"""Dividends that the market knows of shares while they were held and that the ledger does not have."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from asxos.domain.ledger.dividends import DIVIDENDS, EX_BEFORE_PAYMENT, DividendFact
from asxos.domain.ledger.transactions import Transaction
from asxos.domain.performance.flows import Flows

SAME = timedelta(days=5)
"""Two sources' ex-dates of one dividend are at most so far apart."""


@dataclass(frozen=True)
class Unrecorded:
    """A dividend on the units held into its ex-date, A$."""

    code: str
    ex_date: date
    amount: float


def unrecorded(
    flows: Flows, lines: Sequence[Transaction], known: Mapping[str, Sequence[DividendFact]]
) -> list[Unrecorded]:
    """Earliest first; one so young that it may not have been paid is not missed yet."""
    paid: dict[str, list[Transaction]] = defaultdict(list)
    for line in lines:
        if line.kind in DIVIDENDS:
            paid[line.code or ""].append(line)
    first, due = flows.days[0], flows.days[-1] - EX_BEFORE_PAYMENT
    found: list[Unrecorded] = []
    for place, code in enumerate(flows.codes):
        for fact in known.get(code, ()):
            if fact.amount is None or not first < fact.ex_date <= due:
                continue
            units = float(flows.units[bisect_left(flows.days, fact.ex_date) - 1, place])
            if units > 0 and not any(_is_of(line, fact.ex_date) for line in paid[code]):
                found.append(Unrecorded(code, fact.ex_date, units * float(fact.amount)))
    return sorted(found, key=lambda missed: (missed.ex_date, missed.code))


def _is_of(line: Transaction, ex_date: date) -> bool:
    if line.ex_date is not None:
        return abs(line.ex_date - ex_date) <= SAME
    return ex_date < line.on <= ex_date + EX_BEFORE_PAYMENT
