"""The light form of these checks that goes with every version."""

from dataclasses import replace

import pytest

from asxos.domain.facts import Facts
from asxos.features.models.catalogue import TrainingSection
from asxos.features.models.dataset import build_dataset
from asxos.features.models.leaks import MOST_ERRORS, LeakReport, leak_report
from asxos.features.models.training import labelled_sample
from asxos.features.models.truncation import truncation_check
from tests.leaks.markets import EVERYONE, lean, simulated_panel

PANEL = simulated_panel(seed=5, symbols=40, years=4, alpha=0.05)
DATA = build_dataset(PANEL, EVERYONE)
SETTINGS = TrainingSection(min_train=252, test_size=126)
SAMPLE = labelled_sample("lean", DATA, DATA.days[-1], SETTINGS.step)


def test_an_honest_model_passes() -> None:
    report = leak_report(lean(), DATA, SAMPLE, SETTINGS)
    assert (report.peeking, report.overlapping_folds, report.found) == ([], 0, 0)
    # 25 dates of some 35 shares
    assert report.shuffled_error == pytest.approx(1 / 34**0.5 / 26**0.5, rel=0.1)
    assert report.to_json().keys() == {"peeking", "overlapping_folds", "shuffled_ic", "shuffled_error", "found"}


def test_a_factor_that_peeks_fails_the_models_that_read_it_and_no_others() -> None:
    for name, found in (("momentum_12_1", 1), ("rsi_14", 0), ("rows", 1)):
        data = replace(DATA, peeking=lambda name=name: (name,))
        report = leak_report(lean(), data, SAMPLE, SETTINGS)
        assert (report.found, report.peeking) == (found, [name] * found)


def test_the_same_run_gives_the_same_report() -> None:
    assert leak_report(lean(), DATA, SAMPLE, SETTINGS) == leak_report(lean(), DATA, SAMPLE, SETTINGS)


@pytest.mark.parametrize(
    ("report", "found"),
    [
        (LeakReport([], 1, 0.0, 0.01), 1),
        (LeakReport(["beta_252", "rows"], 0, 0.0, 0.01), 2),
        (LeakReport([], 0, 0.01 * MOST_ERRORS + 0.001, 0.01), 1),
        (LeakReport([], 0, -0.01 * MOST_ERRORS - 0.001, 0.01), 1),
        (LeakReport([], 0, None, None), None),
    ],
    ids=["unpurged", "peeking", "too good", "too bad", "not measured"],
)
def test_each_leak_counts_and_what_could_not_be_looked_for_is_not_none_found(
    report: LeakReport, found: int | None
) -> None:
    assert report.found == found


def test_the_check_of_a_dataset_is_made_once_and_an_empty_panel_has_nothing_to_check() -> None:
    assert DATA.peeking() is DATA.peeking()
    assert DATA.peeking() == ()
    assert truncation_check(PANEL.clear(), Facts.none(), EVERYONE, 21)() == ()
