"""The list of factors itself."""

import re
import subprocess
import sys

import numpy as np

from asxos.domain.factors import FACTOR_NAMES, FACTORS
from asxos.domain.factors.compute import compute_factors
from asxos.domain.factors.price import PRICE
from asxos.domain.factors.relative import RELATIVE
from tests.domain.factors.panels import make_panel


def test_there_are_fifty_factors_of_prices_and_more_each_with_a_name_of_its_own() -> None:
    assert len(PRICE) + len(RELATIVE) >= 50
    assert len(FACTORS) == len(set(FACTOR_NAMES))
    assert all(re.fullmatch(r"[a-z][a-z0-9_]*", name) for name in FACTOR_NAMES)


def test_every_factor_says_what_it_is_where_it_comes_from_and_how_to_tell_an_investor() -> None:
    for factor in FACTORS:
        assert all((factor.formula, factor.unit, factor.words))
        assert re.search(r"\((19|20)\d\d\)", factor.source), f"{factor.name} names no publication"


def test_the_words_for_investors_are_different_for_every_factor() -> None:
    assert len({factor.words for factor in FACTORS}) == len(FACTORS)


def test_reading_the_names_loads_no_compiler() -> None:
    program = "import sys, asxos.domain.factors; sys.exit('numba' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_the_matrix_has_a_column_for_every_name_and_a_row_for_every_bar() -> None:
    panel = make_panel((800,) * 5 + (5,))
    matrix = compute_factors(panel)
    assert matrix.shape == (4005, len(FACTORS))
    assert matrix.dtype == np.float32
    # the long series has every factor of prices at its end, the short one has none yet
    assert not np.isnan(matrix[799, : len(PRICE)]).any()
    assert np.isnan(matrix[4000:, : len(PRICE)]).all()


def test_only_the_rows_asked_for_are_answered_in_the_order_asked() -> None:
    # given a panel of many blocks and rows of it in no order
    panel = make_panel((300,) * 250)
    rows = np.random.default_rng(5).permutation(panel.height)[:1000]
    # then the factors of prices are those of the whole panel's rows
    found, whole = compute_factors(panel, rows), compute_factors(panel)
    assert found.shape == (1000, len(FACTORS))
    np.testing.assert_array_equal(found[:, : len(PRICE)], whole[rows, : len(PRICE)])


def test_no_rows_asked_for_are_no_rows() -> None:
    assert compute_factors(make_panel((300, 10)), np.array([], np.int64)).shape == (0, len(FACTORS))


def test_what_is_asked_for_of_a_date_is_the_market_of_its_relative_factors() -> None:
    # given one date of three shares, with and without the third
    panel = make_panel((300, 300, 300))
    relative = slice(len(PRICE), len(PRICE) + len(RELATIVE))
    three, two = (compute_factors(panel, np.array(rows))[0, relative] for rows in ([299, 599, 899], [299, 599]))
    assert (three != two).any()
