"""How well headlines are typed and sentences read, on real announcements and labelled sentences.

    python -m benchmarks text

The labelled sentences (Financial PhraseBank, CC BY-NC-SA) are only measured on: nothing is learnt from them, and the
lexicon was written without reading them. The model of words learns, walk-forward, from the market's reactions.
"""

import re
from pathlib import Path

import numpy as np
import polars as pl
from scipy.stats import spearmanr
from sklearn.metrics import accuracy_score, f1_score, roc_auc_score

from asxos.domain.calendar import SYDNEY
from asxos.domain.facts import session_known
from asxos.domain.text.headlines import read_headlines
from asxos.domain.text.kinds import Kind, is_worded
from asxos.domain.text.lessons import learn_by, learning_days
from asxos.domain.text.model import TextModel
from asxos.domain.text.reactions import reactions
from asxos.domain.text.tone import NEUTRAL, tones
from benchmarks.results import Result

SEED = 7
# Accuracy and macro-F1 of others on the same sentences, as ../shared/libraries.md has them.
PEERS = {
    "VADER": (0.558, 0.496),
    "a finance lexicon on VADER's rules": (0.650, 0.616),
    "TF-IDF trained on the labels, 5-fold": (0.780, 0.740),
}


def phrasebank(folder: Path) -> pl.DataFrame:
    """`sentence, label, agreement` of the labelled sentences."""
    return pl.read_csv(folder / "text" / "financial_phrasebank_v1.csv")


def tone_labels(tone: pl.Series, neutral: float = NEUTRAL) -> pl.Series:
    """`positive`, `negative` or `neutral`: nearer to 0 than `neutral`, or without a word of tone."""
    value = pl.col("tone").fill_null(0.0)
    said = pl.when(value > neutral).then(pl.lit("positive")).when(value < -neutral).then(pl.lit("negative"))
    return tone.alias("tone").to_frame().select(said.otherwise(pl.lit("neutral"))).to_series()


def middle_half_neutral(tone: pl.Series) -> pl.Series:
    """Labels by place: a model of receptions knows better and worse, not which news is none."""
    low, high = tone.quantile(0.25), tone.quantile(0.75)
    value = pl.col("tone")
    said = pl.when(value > high).then(pl.lit("positive")).when(value < low).then(pl.lit("negative"))
    return tone.alias("tone").to_frame().select(said.otherwise(pl.lit("neutral"))).to_series()


def loughran_mcdonald(folder: Path, sentences: pl.Series) -> pl.Series:
    """Labels by the words of their list, more positive or more negative ones, without any rule."""
    words = pl.read_csv(folder / "text" / "loughran_mcdonald_wordlist.csv")
    lists = [set(words.filter(pl.col(name) > 0)["Word"].str.to_lowercase()) for name in ("Positive", "Negative")]
    found = [re.findall("[a-z]+", sentence.lower()) for sentence in sentences]
    counts = [[sum(word in of for word in text) for of in lists] for text in found]
    return tone_labels(pl.Series([float(np.sign(up - down)) for up, down in counts]))


def accuracy_and_f1(truth: pl.Series, said: pl.Series) -> tuple[float, float]:
    """Accuracy and the mean F1 of the three labels."""
    return accuracy_score(truth, said), f1_score(truth, said, average="macro")


def announcements(folder: Path) -> pl.DataFrame:
    """Real announcements with `known_at`, `known_on`, `kind` and `tone`."""
    told = pl.read_parquet(folder / "announcements.parquet").select(
        pl.col("symbol", "headline").cast(pl.String),
        "price_sensitive",
        known_at=pl.col("lodged_ts")
        .cast(pl.Datetime("us"))
        .dt.replace_time_zone(SYDNEY.key)
        .dt.convert_time_zone("UTC"),
    )
    return told.hstack(read_headlines(told["headline"])).with_columns(known_on=session_known(pl.col("known_at")))


def received(folder: Path, told: pl.DataFrame) -> pl.DataFrame:
    """The announcements whose words a company chose and whose reception is known."""
    panel = (
        pl.scan_parquet(folder / "asx_prices.parquet")
        .filter(pl.col("date") >= pl.date(2023, 1, 1))
        .select(
            pl.col("symbol").cast(pl.String),
            pl.col("date").cast(pl.Date).alias("session_date"),
            *(pl.col("adj_close").alias(name) for name in ("open", "high", "low", "close")),
            "volume",
            turnover=pl.col("close") * pl.col("volume"),
        )
        .collect()
    )
    shares = pl.concat([panel["symbol"], told["symbol"]]).unique().sort().to_frame()
    ids = shares.with_row_index("security_id").cast({"security_id": pl.Int32})
    panel = panel.join(ids, on="symbol").sort("security_id", "session_date")
    worded = told.filter(is_worded(pl.col("kind"))).join(ids, on="symbol", maintain_order="left")
    return worded.hstack(reactions(panel, worded)).drop_nulls("reaction")


def walk_forward(told: pl.DataFrame) -> tuple[pl.DataFrame, TextModel]:
    """The announcements that a model of earlier ones has read, with `learnt`; and the last model."""
    known, session = pl.col("known_on"), pl.col("session_date")
    first, last = told.select(first=session.min(), last=session.max()).row(0)
    days = learning_days(first, last)
    models = [(day, model) for day in days if (model := learn_by(told, day, SEED))]
    ends = [*(day for day, _ in models[1:]), last]
    parts = [told.filter(known > day, known <= end) for (day, _), end in zip(models, ends, strict=True)]
    read = [part.with_columns(learnt=m.tones(part["headline"])) for part, (_, m) in zip(parts, models, strict=True)]
    return pl.concat(read), models[-1][1]


def run(folder: Path) -> list[Result]:
    """Every figure of kinds and tones."""
    told = announcements(folder)
    typed = float((told["kind"] != Kind.OTHER).mean())  # pyright: ignore[reportArgumentType] # of booleans, not null
    read, model = walk_forward(received(folder, told))
    sentences = phrasebank(folder)
    ours = accuracy_and_f1(sentences["label"], tone_labels(tones(sentences["sentence"])))
    learnt_tones = model.tones(sentences["sentence"])
    learnt = accuracy_and_f1(sentences["label"], middle_half_neutral(learnt_tones))
    either = sentences["label"] != "neutral"
    order = float(roc_auc_score(sentences["label"].filter(either) == "positive", learnt_tones.filter(either)))
    with_reaction = [_rank_correlation(read[name].fill_null(0.0), read["reaction"]) for name in ("learnt", "tone")]
    peer = accuracy_and_f1(sentences["label"], loughran_mcdonald(folder, sentences["sentence"]))
    measured = {"Loughran-McDonald, measured here": peer, "our lexicon": ours, "our model of words": learnt}
    for name, (accuracy, f1) in {**PEERS, **measured}.items():
        print(f"labelled sentences, {name}: accuracy {accuracy:.3f}, macro-F1 {f1:.3f}")
    names = ("labelled sentences, accuracy of our lexicon", "labelled sentences, macro-F1 of our lexicon")
    floors = (0.72, 0.68)
    return [
        Result(f"{told.height:,} headlines with a kind", typed * 100, "%", typed > 0.97, floor="over 97 %"),
        *(
            Result(name, value, "", value > floor, value / other, "Loughran-McDonald", f"over {floor}")
            for name, value, other, floor in zip(names, ours, peer, floors, strict=True)
        ),
        Result(
            "labelled sentences, positive above negative by the model of words", order, "AUC", order > 0.75,
            floor="over 0.75",
        ),
        Result(
            f"{read.height:,} later headlines, model of words against reaction", with_reaction[0], "rank correlation",
            with_reaction[0] > 0.10, with_reaction[0] / with_reaction[1], "our lexicon", "over 0.10",
        ),
    ]  # fmt: skip


def _rank_correlation(left: pl.Series, right: pl.Series) -> float:
    return float(np.asarray(spearmanr(left, right)[0]))
