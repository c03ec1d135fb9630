"""A model of words learnt from how the market took earlier headlines: linear in our tone and TF-IDF of words and parts.

It needs no download and no labels but prices. What it learnt is plain JSON: terms, weights and an intercept.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import polars as pl
from numpy.typing import NDArray

from asxos.domain.text.tone import tones

FloatArray = NDArray[np.float64]

PENALTY = 0.3
TONE_SCALE = 3.0
"""Makes the tone large beside the terms, so that it is hardly shrunk: it reads sentences of unknown words too."""
ANALYSERS: dict[str, dict[str, Any]] = {
    "words": {"ngram_range": (1, 2), "min_df": 4},
    "characters": {"analyzer": "char_wb", "ngram_range": (3, 5), "min_df": 8, "max_features": 20_000},
}


@dataclass(frozen=True, eq=False)
class Terms:
    """The terms of one analyser in the order of their weights, with their inverse document frequencies."""

    analyser: str
    terms: tuple[str, ...]
    idf: FloatArray
    weights: FloatArray

    def points(self, texts: Sequence[str]) -> FloatArray:
        """What the terms add to the log-odds of each text; shape (n,)."""
        counter = _vectorizer(self.analyser, vocabulary=self.terms)
        counter.idf_ = self.idf
        return np.asarray(counter.transform(texts) @ self.weights, np.float64)


@dataclass(frozen=True, eq=False)
class TextModel:
    """The log-odds that the market takes a headline well."""

    parts: tuple[Terms, ...]
    tone_weight: float
    intercept: float

    def tones(self, texts: pl.Series) -> pl.Series:
        """Twice the probability of a good reception less one, in (-1, 1), of each text; shape (n,)."""
        if texts.is_empty():
            return texts.cast(pl.Float64)
        distinct = texts.unique()
        log_odds = self.intercept + self.tone_weight * _tones(distinct)
        for part in self.parts:
            log_odds += part.points(distinct.to_list())
        return texts.replace_strict(distinct, pl.Series(np.tanh(log_odds / 2))).cast(pl.Float64)

    def to_json(self) -> str:
        """The model as text; `from_json` gives back the very same numbers."""
        parts = [
            {"analyser": p.analyser, "terms": p.terms, "idf": p.idf.tolist(), "weights": p.weights.tolist()}
            for p in self.parts
        ]
        model = {"parts": parts, "tone_weight": self.tone_weight, "intercept": self.intercept}
        return json.dumps(model, separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str) -> Self:
        stored = json.loads(text)
        parts = (
            Terms(p["analyser"], tuple(p["terms"]), np.array(p["idf"]), np.array(p["weights"])) for p in stored["parts"]
        )
        return cls(tuple(parts), float(stored["tone_weight"]), float(stored["intercept"]))


def learn(texts: pl.Series, is_good: NDArray[np.bool_], seed: int) -> TextModel:
    """The model of `texts` that were taken well or badly; both shape (n,). The same arguments give the same model.

    Raises: ValueError: all were taken alike, or no term is frequent enough.
    """
    from scipy.sparse import csr_array, hstack  # noqa: PLC0415 - a second; the API never learns
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415 - the same

    counters = {name: _vectorizer(name, **options) for name, options in ANALYSERS.items()}
    columns = [counter.fit_transform(texts.to_list()) for counter in counters.values()]
    x = hstack([*columns, csr_array(TONE_SCALE * _tones(texts)[:, None])], format="csr")
    fitted = LogisticRegression(C=PENALTY, solver="newton-cg", random_state=seed).fit(x, is_good)
    *weights, tone = np.split(fitted.coef_[0], np.cumsum([column.shape[1] for column in columns]))
    parts = [
        Terms(name, tuple(counter.get_feature_names_out().tolist()), counter.idf_, part)
        for (name, counter), part in zip(counters.items(), weights, strict=True)
    ]
    return TextModel(tuple(parts), float(tone[0]) * TONE_SCALE, float(fitted.intercept_[0]))


def _tones(texts: pl.Series) -> FloatArray:
    """Our lexicon's tone of each text, 0 where no word has one."""
    return tones(texts).fill_null(0.0).to_numpy()


def _vectorizer(analyser: str, **options: Any) -> Any:
    from sklearn.feature_extraction.text import TfidfVectorizer  # noqa: PLC0415 - a second; the API never learns

    shape = {name: value for name, value in ANALYSERS[analyser].items() if name in ("analyzer", "ngram_range")}
    return TfidfVectorizer(sublinear_tf=True, **(shape | options))
