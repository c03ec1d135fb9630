"""One small invented market for the tests of the lab."""

from collections.abc import Iterator
from datetime import date

import pytest

import asxos

END = date(2024, 6, 28)


@pytest.fixture(scope="session")
def lab() -> Iterator[asxos.Lab]:
    """Forty shares of four years, with something to find."""
    with asxos.simulate(symbols=40, years=4, alpha=0.1, seed=3, end=END) as lab:
        yield lab
