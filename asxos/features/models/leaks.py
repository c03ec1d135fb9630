"""The leak checks that go with a version: on its own factors, its own folds, and its own labels dealt out anew."""

from dataclasses import asdict, dataclass, replace
from typing import Any

from asxos.domain.validation.leaks import chance_error, dealt_anew, overlapping
from asxos.domain.validation.rank_ic import rank_ic
from asxos.features.models.catalogue import TrainingSection
from asxos.features.models.dataset import Dataset, Sample
from asxos.features.models.plugins.trained import TrainedPlugin
from asxos.features.models.training import Lessons, first_row, folds_of, score_fold

# Standard errors of chance that a rank IC with labels dealt out anew may have: 1 of 16,000 honest runs has more.
MOST_ERRORS = 4.0
# Sessions of the one fit: a leak shows in a year as well as in eight.
LEARNT = 252


@dataclass(frozen=True, slots=True)
class LeakReport:
    """`peeking`: the model's factors that a cut of the future changes; `overlapping_folds`: those whose training labels
    reach into the test block; `shuffled_ic` found with labels dealt anew, `shuffled_error` its standard error by
    chance. None: there was nothing to measure it on.
    """

    peeking: list[str]
    overlapping_folds: int
    shuffled_ic: float | None
    shuffled_error: float | None

    @property
    def found(self) -> int | None:
        """How many leaks the checks found; None where they could not be made."""
        if self.shuffled_ic is None or self.shuffled_error is None:
            return None
        is_chance = abs(self.shuffled_ic) <= MOST_ERRORS * self.shuffled_error
        return len(self.peeking) + self.overlapping_folds + (not is_chance)

    def to_json(self) -> dict[str, Any]:
        return {"found": self.found} | asdict(self)


def leak_report(plugin: TrainedPlugin, dataset: Dataset, sample: Sample, settings: TrainingSection) -> LeakReport:
    """The checks of a model on the sample it was trained on."""
    peeked = [name for name in dataset.peeking() if name in (*plugin.FEATURES, "rows")]
    folds = folds_of(dataset, sample, settings)
    return LeakReport(peeked, len(overlapping(folds, dataset.horizon)), *_shuffled(plugin, dataset, sample, settings))


def _shuffled(
    plugin: TrainedPlugin, dataset: Dataset, sample: Sample, settings: TrainingSection
) -> tuple[float | None, float | None]:
    """The latest whole fold learnt and judged with labels dealt out anew: mean rank IC and its error by chance."""
    fold = max(reversed(folds_of(dataset, sample, settings)), key=lambda fold: fold.test_end - fold.test_start)
    short = replace(fold, train_start=max(fold.train_start, fold.train_end - LEARNT))
    excess = dealt_anew(sample.excess, sample.sessions, settings.seed)
    rows, scores = score_fold(short, replace(Lessons.of(plugin, dataset, sample, settings.seed), excess=excess))
    tested = rows + first_row(sample, short)
    ics = rank_ic(scores, excess[tested], sample.sessions[tested])
    return (float(ics.mean()), chance_error(sample.sessions[tested])) if len(ics) else (None, None)
