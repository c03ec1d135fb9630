"""What a version said since it was trained, beside what followed: sessions that no fold of it has seen."""

from datetime import date

import numpy as np
import polars as pl

from asxos.features.models.dataset import Dataset
from asxos.features.models.plugins.trained import TrainedPlugin
from asxos.features.models.training import purge


def realised(plugin: TrainedPlugin, dataset: Dataset, step: int, since: date, until: date) -> pl.DataFrame:
    """`session_date, security_id, score, excess` of training dates from `since` on, outcome known at `until`'s close.

    `plugin` is bound to its version, which was trained as of `since` or before.
    """
    sample = dataset.sample(step).until(dataset.session_of(until) - purge(dataset))
    first = int(np.searchsorted(sample.sessions, dataset.session_of(since)))
    table = sample.ranks if plugin.RANKED else sample.factors
    x = table[first:, dataset.columns(plugin.trained.features)]
    scored = np.flatnonzero(plugin.scorable(x))
    rows = scored + first
    return pl.DataFrame(
        {
            "session_date": np.array(dataset.days, "datetime64[D]")[sample.sessions[rows]],
            "security_id": sample.security_ids[rows],
            "score": plugin.score(plugin.trained.artifact, x[scored]),
            "excess": sample.excess[rows],
        }
    )
