"""A model of words: learns what the market taught, is the same again, and comes back from text bit for bit."""

import json

import numpy as np
import polars as pl
import pytest
from numpy.typing import NDArray

from asxos.domain.text.model import TextModel, learn

WINS, LOSSES = ("mine restart", "licence signed"), ("plant flooded", "licence refused")


def lessons(count: int = 60) -> tuple[pl.Series, NDArray[np.bool_]]:
    """Each of the four, at several sites, and whether it was taken well."""
    texts = [f"{part} at site {n % 9}" for n in range(count) for part in (*WINS, *LOSSES)]
    return pl.Series(texts), np.tile([True, True, False, False], count)


MODEL = learn(*lessons(), seed=3)


def test_words_that_came_before_good_receptions_have_the_higher_tone() -> None:
    found = MODEL.tones(pl.Series(["mine restart", "plant flooded", "licence", "mine restarted"]))
    assert found[0] > found[2] > found[1]
    # a word never seen is read by its characters
    assert found[3] > found[2]
    assert found.is_between(-1, 1).all()


def test_a_word_that_no_lesson_had_is_still_read_by_the_lexicon() -> None:
    # given lessons in which the lexicon's good words did well, and a good word that was in none of them
    texts = pl.Series([f"{word} site {n}" for n in range(50) for word in ("strong", "weak")])
    model = learn(texts, np.tile([True, False], 50), seed=3)
    good, none, bad = model.tones(pl.Series(["excellent", "zzz", "insolvency"]))
    assert model.tone_weight > 0
    assert good > none > bad


def test_the_same_lessons_give_the_same_text() -> None:
    assert learn(*lessons(), seed=3).to_json() == MODEL.to_json()


def test_a_model_comes_back_from_its_text_bit_for_bit() -> None:
    text = MODEL.to_json()
    back, headlines = TextModel.from_json(text), lessons()[0]
    assert back.to_json() == text
    assert back.tones(headlines).equals(MODEL.tones(headlines))


def test_its_text_is_plain_json_of_terms_and_numbers() -> None:
    stored = json.loads(MODEL.to_json())
    assert {part["analyser"] for part in stored["parts"]} == {"words", "characters"}
    assert "mine restart" in stored["parts"][0]["terms"]


def test_lessons_that_all_went_well_teach_nothing() -> None:
    texts, _ = lessons()
    with pytest.raises(ValueError, match="class"):
        learn(texts, np.ones(len(texts), np.bool_), seed=3)


def test_no_text_has_no_tone() -> None:
    assert MODEL.tones(pl.Series([], dtype=pl.String)).to_list() == []
