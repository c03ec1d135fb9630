"""The list of factors itself."""

import re
import subprocess
import sys

import numpy as np

from asxos.domain.factors import FACTOR_NAMES, FACTORS
from asxos.domain.factors.compute import compute_factors
from tests.domain.factors.panels import make_panel


def test_there_are_twenty_five_factors_with_names_of_their_own() -> None:
    assert len(FACTORS) == len(set(FACTOR_NAMES)) == 25
    assert all(re.fullmatch(r"[a-z][a-z0-9_]*", name) for name in FACTOR_NAMES)


def test_every_factor_says_what_it_is_where_it_comes_from_and_how_to_tell_an_investor() -> None:
    for factor in FACTORS:
        assert all((factor.formula, factor.unit, factor.words))
        assert re.search(r"\((19|20)\d\d\)", factor.source), f"{factor.name} names no publication"


def test_the_words_for_investors_are_different_for_every_factor() -> None:
    assert len({factor.words for factor in FACTORS}) == 25


def test_reading_the_names_loads_no_compiler() -> None:
    program = "import sys, asxos.domain.factors; sys.exit('numba' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_the_matrix_has_a_column_for_every_name_and_a_row_for_every_bar() -> None:
    panel = make_panel((300, 10))
    matrix = compute_factors(panel)
    assert matrix.shape == (310, 25)
    assert matrix.dtype == np.float32
    # the long series has every factor at its end, the short one has none yet
    assert not np.isnan(matrix[299]).any()
    assert np.isnan(matrix[300:]).all()
