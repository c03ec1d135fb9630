"""Codes, names and sectors of simulated companies."""

from numpy.random import Generator

SECTORS: dict[str, tuple[str, ...]] = {
    "Communication Services": ("Media", "Telecom"),
    "Consumer Discretionary": ("Retail", "Leisure"),
    "Consumer Staples": ("Foods", "Wines"),
    "Energy": ("Energy", "Petroleum"),
    "Financials": ("Capital", "Bank"),
    "Health Care": ("Health", "Biotech"),
    "Industrials": ("Logistics", "Engineering"),
    "Information Technology": ("Software", "Data"),
    "Materials": ("Resources", "Gold", "Lithium"),
    "Real Estate": ("Property Trust", "Storage"),
    "Utilities": ("Water", "Power"),
}
"""The 11 GICS sectors, and what companies in them are called."""
PLACES = (
    "Acacia",
    "Bass",
    "Banksia",
    "Barossa",
    "Bellarine",
    "Boab",
    "Bogong",
    "Brolga",
    "Bunya",
    "Capricorn",
    "Coolabah",
    "Coorong",
    "Currawong",
    "Daintree",
    "Derwent",
    "Eyre",
    "Flinders",
    "Grampian",
    "Hotham",
    "Huon",
    "Illawarra",
    "Jarrah",
    "Karri",
    "Kestrel",
    "Kimberley",
    "Kosciuszko",
    "Larapinta",
    "Macquarie",
    "Mallee",
    "Murray",
    "Naracoorte",
    "Nullarbor",
    "Otway",
    "Pilbara",
    "Quokka",
    "Snowy",
    "Tamar",
    "Tasman",
    "Torrens",
    "Waratah",
    "Wattle",
    "Yarra",
)
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def codes(rng: Generator, count: int) -> list[str]:
    """`count` different symbols such as `ZKQA.AX`: four letters after the pattern of no listed ordinary share."""
    numbers = rng.choice(len(LETTERS) ** 3, count, replace=False)
    return [f"Z{LETTERS[n // 676]}{LETTERS[n // 26 % 26]}{LETTERS[n % 26]}.AX" for n in numbers]


def company(place: int, sector: str) -> str:
    """The `place`-th company's name: two words, with a number once the words are used up."""
    kinds = SECTORS[sector]
    turn = place // len(PLACES)
    name = f"{PLACES[place % len(PLACES)]} {kinds[turn % len(kinds)]}"
    return name if turn < len(kinds) else f"{name} {turn + 1}"
