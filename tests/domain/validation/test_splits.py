import numpy as np
import pytest
from skfolio.model_selection import WalkForward

from asxos.domain.validation.splits import Fold, walk_forward


@pytest.mark.parametrize("embargo", [0, 5])
@pytest.mark.parametrize("expand", [False, True])
def test_folds_are_those_of_skfolio(expand: bool, embargo: int) -> None:
    # given 1,000 sessions, a training block of 300, test blocks of 60 and 22 purged; where training only ever comes
    # before testing, an embargo is more of the same gap
    gap = 22 + embargo
    theirs = WalkForward(test_size=60, train_size=300, expand_train=expand, reduce_test=True, purged_size=gap)
    # skfolio counts the first block without the purge: its first training block is 300 - 22 long when it expands
    ours = walk_forward(1000, min_train=300, max_train=None if expand else 300, test_size=60, purge=22, embargo=embargo)
    # then every fold has skfolio's very sessions
    found = [(train.tolist(), test.tolist()) for train, test in theirs.split(np.zeros((1000, 1)))]
    assert [(list(range(f.train_start, f.train_end)), list(range(f.test_start, f.test_end))) for f in ours] == found


def test_no_label_of_a_training_session_reaches_into_the_test_block() -> None:
    horizon = 21
    for fold in walk_forward(900, min_train=200, test_size=100, purge=horizon + 1, embargo=5):
        # the label of the last training session ends at the open of session t + 1 + horizon
        assert (fold.train_end - 1) + 1 + horizon < fold.test_start
        assert fold.test_start - fold.train_end == horizon + 1 + 5


def test_test_blocks_follow_one_another_to_the_end_without_overlap() -> None:
    folds = walk_forward(1000, min_train=200, test_size=90, purge=22)
    assert [f.test_start for f in folds[1:]] == [f.test_end for f in folds[:-1]]
    assert folds[-1].test_end == 1000


def test_all_shares_of_a_date_go_together() -> None:
    sessions = np.repeat(np.arange(50), 3)
    fold = Fold(0, 20, 25, 30).shifted(10)
    assert np.unique(sessions[fold.train_rows(sessions)]).tolist() == list(range(10, 30))
    assert fold.test_rows(sessions).sum() == 15


def test_too_few_sessions_give_no_fold() -> None:
    assert walk_forward(220, min_train=200, test_size=50, purge=22) == []
