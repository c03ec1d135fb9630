"""Tone follows what a sentence says of a company, not which words are in it."""

from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from asxos.domain.text.tone import NEUTRAL, tone, tones
from benchmarks.text import accuracy_and_f1, phrasebank, tone_labels


@pytest.mark.parametrize(
    "better",
    [
        ("profit rose", "profit fell"),
        ("costs fell", "costs rose"),
        ("net loss narrowed", "net loss widened"),
        ("awarded a contract", "contract terminated"),
        ("not profitable", "loss and writedown of assets"),
        ("profitable", "not profitable"),
        ("no longer delayed", "delayed"),
        ("sales increased significantly", "sales increased"),
        ("significantly higher sales", "slightly higher sales"),
        ("doesn't fall short of production targets", "fall short of production targets"),
        ("record earnings upgrade", "earnings upgrade"),
        ("revenue of 5.2m compared to 4.8m", "revenue of 4.8m compared to 5.2m"),
        ("debt of 4.8m from 5.2m", "debt of 5.2m from 4.8m"),
        ("strong sales, weak dollar", "weak sales, weak dollar"),
    ],
)
def test_the_better_news_has_the_higher_tone(better: tuple[str, str]) -> None:
    up, down = (tone(text) for text in better)
    assert up is not None or down is not None
    # nothing said is neither good nor bad
    assert (up or 0.0) > (down or 0.0)


def test_a_negation_turns_a_word_round_within_its_reach_only() -> None:
    assert tone("not successful") == pytest.approx(-0.8 / 1.8)
    assert tone("not for the first time successful") == pytest.approx(1 / 2)
    assert tone("not, successful") == pytest.approx(1 / 2)


def test_intensity_weighs_the_word_after_it() -> None:
    # one word counts 1, so the tone is a half; with `very` before it 1.5, with `slightly` 0.5
    assert tone("weak") == pytest.approx(-1 / 2)
    assert tone("very weak") == pytest.approx(-1.5 / 2.5)
    assert tone("slightly weak") == pytest.approx(-0.5 / 1.5)


def test_a_text_without_a_word_of_tone_has_none() -> None:
    assert tone("Details of the annual general meeting") is None
    assert tone("") is None
    assert tone("revenue of 5m compared to 5m") is None


def test_each_row_gets_its_own_tone() -> None:
    assert tones(pl.Series(["weak", "meeting", "weak"])).to_list() == [-0.5, None, -0.5]
    assert tones(pl.Series([], dtype=pl.String)).dtype == pl.Float64


@given(st.text(max_size=200))
def test_any_text_has_a_tone_within_bounds_or_none(text: str) -> None:
    found = tone(text)
    assert found is None or -1 < found < 1


def test_labelled_sentences_are_read_better_than_by_general_lexicons(shared_data: Path) -> None:
    sentences = phrasebank(shared_data)
    accuracy, f1 = accuracy_and_f1(sentences["label"], tone_labels(tones(sentences["sentence"]), NEUTRAL))
    # on the same sentences VADER has 0.558 / 0.496 and the Loughran-McDonald list 0.574 / 0.473 (libraries.md)
    assert accuracy > 0.72  # 0.732 measured
    assert f1 > 0.68  # 0.696 measured
