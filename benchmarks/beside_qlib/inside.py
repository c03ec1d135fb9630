"""What runs in Qlib's environment; a script that knows nothing of this project. Its last line of output is the answer.

inside.py features BARS OUT            Alpha158 of all rows; tells the processor seconds of the second run
inside.py rank BARS ROWS FOLDS OUT     scores of ROWS by Qlib's LightGBM on Alpha158, fold by fold
"""

# The checker's environment has no Qlib, on purpose, and types for pandas cannot follow its frames.
# pyright: reportMissingImports=false, reportArgumentType=false, reportAttributeAccessIssue=false
import json
import resource
import sys
from pathlib import Path
from typing import Any

import pandas as pd
import qlib
from qlib.contrib.data.handler import Alpha158
from qlib.contrib.model.gbdt import LGBModel
from qlib.data.dataset import DatasetH
from qlib.data.dataset.handler import DataHandlerLP

# Of Qlib's own benchmark, examples/benchmarks/LightGBM/workflow_config_lightgbm_Alpha158.yaml, but for the threads.
PARAMS: dict[str, Any] = {
    "loss": "mse",
    "colsample_bytree": 0.8879,
    "learning_rate": 0.2,
    "subsample": 0.8789,
    "lambda_l1": 205.6996,
    "lambda_l2": 580.9768,
    "max_depth": 8,
    "num_leaves": 210,
    "num_threads": 2,
    "seed": 7,
}
CHUNK = 200


def processor_seconds() -> float:
    """Of this process and its children."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in used)


def begin(bars: str) -> None:
    qlib.init(provider_uri=bars, region="us", kernels=1, expression_cache=None, dataset_cache=None)


def alpha158(instruments: str | list[str]) -> pd.DataFrame:
    """Of every bar of these shares, as they come: no cache, one process, a label that costs nothing."""
    label = (["$close"], ["LABEL0"])
    handler = Alpha158(instruments=instruments, infer_processors=[], learn_processors=[], label=label)
    return handler.fetch(col_set="feature")


def features(bars: str, out: str) -> None:
    begin(bars)
    alpha158("all")
    before = processor_seconds()
    found = alpha158("all")
    spent = processor_seconds() - before
    found.reset_index().to_parquet(out)
    print(spent)


def rank(bars: str, rows: str, folds: str, out: str) -> None:
    """ROWS: instrument, datetime, session, excess; FOLDS: JSON of session numbers, the last not included."""
    begin(bars)
    wanted = pd.read_parquet(rows).set_index(["datetime", "instrument"]).sort_index()
    names = sorted(wanted.index.get_level_values("instrument").unique())
    parts: list[pd.DataFrame] = []
    for n in range(0, len(names), CHUNK):
        found = alpha158(names[n : n + CHUNK]).astype("float32")
        parts.append(found[found.index.isin(wanted.index)])
        print(f"alpha158 {n + CHUNK} of {len(names)}", file=sys.stderr)
    table = pd.concat(parts).reindex(wanted.index)
    scores = [scored(table, wanted, fold) for fold in json.loads(Path(folds).read_text())]
    pd.concat(scores).rename("score").reset_index().to_parquet(out)
    print(len(table))


def scored(table: pd.DataFrame, wanted: pd.DataFrame, fold: dict[str, int]) -> pd.Series:
    """Of the fold's test rows. A fifth of the training sessions, the last, stop the boosting, `purge` apart."""
    learnt_to = fold["train_end"] - (fold["train_end"] - fold["train_start"]) // 5
    parts = {
        "train": (fold["train_start"], learnt_to - fold["purge"]),
        "valid": (learnt_to, fold["train_end"]),
        "test": (fold["test_start"], fold["test_end"]),
    }
    days = wanted["session"].groupby(level="datetime").first()
    segments = {name: span(days, *part) for name, part in parts.items()}
    # As its learn_processors do to the label: the z-score within the date.
    by_day = wanted["excess"].groupby(level="datetime")
    label = ((wanted["excess"] - by_day.transform("mean")) / by_day.transform("std")).to_frame("LABEL0")
    frame = pd.concat({"feature": table, "label": label}, axis=1)
    model = LGBModel(**PARAMS)
    model.fit(DatasetH(DataHandlerLP.from_df(frame), segments), num_boost_round=1000, early_stopping_rounds=50)
    return model.predict(DatasetH(DataHandlerLP.from_df(frame), segments), segment="test")


def span(days: pd.Series, first: int, end: int) -> tuple[Any, Any]:
    inside = days[(days >= first) & (days < end)].index
    return inside[0], inside[-1]


if __name__ == "__main__":
    {"features": features, "rank": rank}[sys.argv[1]](*sys.argv[2:])
