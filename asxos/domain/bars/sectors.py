"""The 11 GICS sectors from the industry groups that exchanges and newspapers have printed since 2009.

Groups that moved between sectors (media in 2018) go where they are today, so that a sector means one thing
through time. Funds and unclassified listings have none.
"""

import re

_BY_NUMBER = {
    "10": "Energy",
    "15": "Materials",
    "20": "Industrials",
    "25": "Consumer Discretionary",
    "30": "Consumer Staples",
    "35": "Health Care",
    "40": "Financials",
    "45": "Information Technology",
    "50": "Communication Services",
    "55": "Utilities",
    "60": "Real Estate",
}

# In this order: "construction materials" before capital goods, "diversified financials" before "diversified metals".
_BY_WORD = (
    (r"\bfunds?\b|unclassified|not applic|class pend", None),
    (r"real estate|reit", "Real Estate"),
    (r"bank|insurance|financ|capital market|multi-sector", "Financials"),
    (r"pharma|biotech|health", "Health Care"),
    (r"software|semiconductor|technology", "Information Technology"),
    (r"telecom|media|communication", "Communication Services"),
    (r"utilit|power", "Utilities"),
    (r"food|household|personal products|staples|beverage", "Consumer Staples"),
    (r"automobile|consumer|retail|hotel|leisure", "Consumer Discretionary"),
    (r"oil|energy", "Energy"),
    (r"metal|mining|gold|steel|alumin|chemical|material|container|paper|mineral", "Materials"),
    (r"capital goods|commercial|transport|industrial", "Industrials"),
)

SECTORS = tuple(sorted(_BY_NUMBER.values()))


def sector_of(group: str | None) -> str | None:
    """The sector of an industry group or sub-industry in words, or as `GICS:402030`; None where it has none."""
    text = (group or "").strip().casefold()
    if number := re.fullmatch(r"gics:\s*(\d\d)\d*", text):
        return _BY_NUMBER.get(number[1])
    if text in _BY_NAME:
        return _BY_NAME[text]
    return next((sector for words, sector in _BY_WORD if re.search(words, text)), None)


_BY_NAME = {sector.casefold(): sector for sector in SECTORS}
