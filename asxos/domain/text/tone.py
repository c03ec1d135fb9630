"""The tone of a headline or sentence by our own lexicon: no training and no download.

Each word of tone adds to a sum: good words for, bad words against; what rises or falls counts by whether the thing that
moves should rise. A word of intensity beside it weighs it, a negation before it turns it round. Without any of these,
two amounts that are compared count as a rise or fall. Words act within a clause.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from math import prod

import polars as pl

from asxos.domain.text import lexicon

NEUTRAL = 0.34
"""Tones nearer to 0 are neutral: more than one word that counts half is needed."""

_TOKEN = re.compile(r"[a-z]+(?:[-'][a-z]+)*|\d[\d,]*(?:\.\d+)?|[,;:()]")
_AMOUNT = re.compile(r"\d[\d,]*(?:\.\d+)?")
_BREAKS = frozenset(",;:()") | {"and", "but", "although", "though", "while", "whereas", "despite", "however"}
_COMPARED = frozenset({"from", "to", "versus", "vs", "against", "than", "compared"})
# How many words before a word of tone act on it, and how: not good is a little less bad than bad.
_REACH, _TURNED, _STRONGER, _WEAKER = 3, -0.8, 1.5, 0.5
_COUNTS = {"": 1.0, "!": 2.0, "?": 0.5}


@dataclass(frozen=True)
class Word:
    """What the lexicon says of a word: how good it is, which way it moves, and whether what it names should rise (1)
    or fall (-1); by how much it multiplies words of tone after it."""

    good: float
    move: float
    wish: int
    factor: float


def tones(texts: pl.Series) -> pl.Series:
    """The tone of each text in (-1, 1); null where no word has one; shape (n,). Each distinct text is read once."""
    distinct = texts.unique()
    found = pl.Series([tone(text) for text in distinct], dtype=pl.Float64)
    return texts.replace_strict(distinct, found).cast(pl.Float64)


def tone(text: str) -> float | None:
    """The tone of one text in (-1, 1), or None where no word has one."""
    points = [point for clause in _clauses(text) for point in _points(clause)]
    total = sum(points)
    return total / (1 + abs(total)) if points else None


def _clauses(text: str) -> list[list[str]]:
    """The words and numbers of each clause, in lower case."""
    found: list[list[str]] = [[]]
    for token in _TOKEN.findall(text.lower().replace("\u2019", "'")):
        if token in _BREAKS:
            found.append([])
        else:
            found[-1].append(token)
    return found


def _points(clause: list[str]) -> list[float]:
    """What each word of tone in the clause adds."""
    words = [look_up(token) for token in clause]
    moves = [_moved(words, place) * _context(words, place) for place, word in enumerate(words) if word.move]
    # What rises or falls says nothing by its own name: a loss that narrows is no loss.
    said = [
        word.good * _context(words, place)
        for place, word in enumerate(words)
        if word.good and not word.move and not (moves and word.wish)
    ]
    return moves + said or _comparison(clause, words)


def _moved(words: list[Word], place: int) -> float:
    """A rise or fall, as good as what moves: the nearest thing of which we know whether it should rise."""
    wishes = [i for i, word in enumerate(words) if word.wish and i != place]
    nearest = min(wishes, key=lambda i: abs(i - place), default=None)
    return words[place].move * (1 if nearest is None else words[nearest].wish)


def _context(words: list[Word], place: int) -> float:
    """How the words before act on the one at `place`; one of intensity may also follow it, as in `rose sharply`."""
    before = prod(word.factor for word in words[max(place - _REACH, 0) : place])
    return before * prod(word.factor for word in words[place + 1 : place + 2] if word.factor > 0)


def _comparison(clause: list[str], words: list[Word]) -> list[float]:
    """`profit of 5.2 compared to 4.8`: the first two amounts around a word of comparison, as a rise or fall."""
    wish = next((word.wish for word in words if word.wish), 0)
    amounts = [place for place, token in enumerate(clause) if _AMOUNT.fullmatch(token)]
    for first, second in pairwise(amounts):
        now, then = (float(clause[place].replace(",", "")) for place in (first, second))
        if wish and now != then and not _COMPARED.isdisjoint(clause[first:second]):
            return [float(wish if now > then else -wish)]
    return []


@lru_cache(maxsize=50_000)
def look_up(token: str) -> Word:
    """What the lexicon says of a word."""
    turned = _TURNED if token.endswith("n't") or _count(token, "NOT") else 1.0
    stronger, weaker = _count(token, "STRONGER"), _count(token, "WEAKER")
    return Word(
        good=_count(token, "GOOD") - _count(token, "BAD"),
        move=_count(token, "UP") - _count(token, "DOWN"),
        wish=bool(_count(token, "DESIRED")) - bool(_count(token, "UNWANTED")),
        factor=turned * (_STRONGER if stronger else _WEAKER if weaker else 1.0),
    )


def _count(token: str, section: str) -> float:
    """How much the word counts in a section of the lexicon; 0 if it is not there."""
    whole, stems = _section(section)
    if token in whole:
        return whole[token]
    return max((stems.get(token[:end], 0.0) for end in range(2, len(token) + 1)), default=0.0)


@lru_cache
def _section(name: str) -> tuple[dict[str, float], dict[str, float]]:
    """Whole words and stems of a section, and how much each counts."""
    whole: dict[str, float] = {}
    stems: dict[str, float] = {}
    for entry in getattr(lexicon, name).split():
        word = entry.rstrip("!?")
        (stems if word.endswith("*") else whole)[word.rstrip("*")] = _COUNTS[entry[len(word) :]]
    return whole, stems
