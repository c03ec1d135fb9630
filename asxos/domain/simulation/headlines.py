"""The headlines of simulated companies: set forms, and words for good and bad news of each kind of business.

`{n}` is a number, `{m}` millions, `{p}` a place, `{c}` the company's code.
"""

from collections.abc import Mapping
from typing import NamedTuple


class Wording(NamedTuple):
    """How a company tells good news and bad."""

    good: tuple[str, ...]
    bad: tuple[str, ...]


RESULTS = Wording(
    (
        "Half year profit up {n}% on strong sales", "Record half year result, profit up {n}%",
        "Full year profit up {n}%, margin improved", "Half year results exceed guidance, revenue up {n}%",
        "Full year results: earnings growth of {n}%",
    ),
    (
        "Half year profit down {n}% on higher costs", "Half year loss widens, revenue down {n}%",
        "Full year profit falls {n}%, outlook uncertain", "Half year results below guidance, earnings down {n}%",
        "Full year results: impairment and loss of ${m}m",
    ),
)  # fmt: skip
GUIDANCE = Wording(
    (
        "Trading update: guidance upgraded, earnings to rise {n}%", "Market update: strong demand, sales up {n}%",
        "FY guidance increased by {n}%", "Trading update: ahead of plan",
    ),
    (
        "Trading update: guidance downgraded by {n}%", "Market update: weak demand, sales down {n}%",
        "FY guidance withdrawn", "Trading update: delays and higher costs",
    ),
)  # fmt: skip
MINING = Wording(
    (
        "High-grade intercepts extend {p} discovery", "{p} resource increases by {n}%", "Thick mineralisation at {p}",
        "{p} feasibility study confirms robust economics", "Production record at {p} mine",
    ),
    (
        "{p} drilling fails to extend resource", "{p} mine interrupted by flooding", "{p} resource reduced by {n}%",
        "{p} permit delayed", "Low recoveries at {p} plant, costs up {n}%",
    ),
)  # fmt: skip
HEALTH = Wording(
    (
        "Phase 2 trial meets primary endpoint, positive results", "FDA clearance granted",
        "Patient enrolment ahead of plan", "Licence agreement secured, ${m}m upfront", "TGA approval received",
    ),
    (
        "Phase 2 trial fails primary endpoint", "FDA rejects application", "Patient enrolment delayed",
        "Licence agreement terminated", "Product recall after adverse events in patients",
    ),
)  # fmt: skip
TRADE = Wording(
    (
        "Awarded ${m}m contract in {p}", "Wins {n}-year supply agreement",
        "Completes accretive acquisition of {p} business", "New {p} facility opens ahead of plan",
        "Major customer renews contract",
    ),
    (
        "${m}m contract terminated in {p}", "Loss of major customer", "Sale of {p} business cancelled",
        "{p} facility closed after fire", "Class action filed over {p} breach",
    ),
)  # fmt: skip
BUSINESS: Mapping[str, Wording] = {"Materials": MINING, "Energy": MINING, "Health Care": HEALTH}
"""What companies of a sector tell of their business; the others trade."""

FORMS: Mapping[str, float] = {
    "Change of Director's Interest Notice": 4.0,
    "Becoming a substantial holder": 1.0,
    "Change in substantial holding": 1.5,
    "Ceasing to be a substantial holder": 1.0,
    "Application for quotation of securities - {c}": 3.0,
    "Cleansing Notice": 1.5,
    "Update - Notification of buy-back - {c}": 2.0,
    "Notice of Annual General Meeting/Proxy Form": 1.0,
    "Director Appointment/Resignation": 0.7,
    "Investor Presentation": 1.5,
}
"""Forms, and how many a company lodges a year; they follow from nothing."""
