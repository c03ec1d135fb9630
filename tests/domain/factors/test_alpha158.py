"""Alpha158 against the plainest pandas; against Qlib itself it is measured by `benchmarks/beside_qlib`."""

from typing import Any

import numpy as np
import polars as pl
import pytest

from asxos.domain.factors.alpha158 import ALPHA158_NAMES, BAR, ROLLING, WINDOWS
from asxos.domain.factors.compiled.alpha158 import compute_alpha158
from tests.domain.factors.panels import make_panel

# pandas declares what it returns too widely for its own operators.
Series = Any


def rolling(panel: pl.DataFrame, n: int) -> dict[str, Series]:
    """Qlib's formulas of one share's bars."""
    bars: Any = panel.to_pandas()
    close, high, low, volume = (bars[name] for name in ("close", "high", "low", "volume"))
    change, volume_change = close.diff(), volume.diff()
    top, bottom, mean = high.rolling(n).max(), low.rolling(n).min(), close.rolling(n).mean()
    weighed = (close / close.shift(1) - 1).abs() * volume
    ratio = np.log(volume / volume.shift(1) + 1).replace(np.inf, np.nan)

    def line(which: int) -> Series:
        return close.rolling(n).apply(lambda w: float(fitted(w)[which]), raw=True)

    def peak(values: Series) -> Series:
        return values.rolling(n).apply(lambda w: float(np.argmax(w) + 1), raw=True)

    def balance(name: str, steps: Series) -> dict[str, Series]:
        gains, losses = (side.clip(lower=0).rolling(n).sum() for side in (steps, -steps))
        both = gains + losses
        return {f"{name}P": gains / both, f"{name}N": losses / both, f"{name}D": (gains - losses) / both}

    rises, falls = ((side > 0).astype(float).where(side.notna()).rolling(n).mean() for side in (change, -change))
    return {
        "ROC": close.shift(n) / close,
        "MA": mean / close,
        "STD": close.rolling(n).std() / close,
        "BETA": line(0) / close,
        "RSQR": line(1),
        "RESI": line(2) / close,
        "MAX": top / close,
        "MIN": bottom / close,
        "QTLU": close.rolling(n).quantile(0.8) / close,
        "QTLD": close.rolling(n).quantile(0.2) / close,
        "RANK": close.rolling(n).rank(pct=True),
        "RSV": (close - bottom) / (top - bottom),
        "IMAX": peak(high) / n,
        "IMIN": peak(-low) / n,
        "IMXD": (peak(high) - peak(-low)) / n,
        "CORR": close.rolling(n).corr(np.log(volume + 1)),
        "CORD": (close / close.shift(1)).rolling(n, 2).corr(ratio),
        "CNTP": rises,
        "CNTN": falls,
        "CNTD": rises - falls,
        **balance("SUM", change),
        "VMA": volume.rolling(n).mean() / (volume + 1e-12),
        "VSTD": volume.rolling(n).std() / (volume + 1e-12),
        "WVMA": weighed.rolling(n).std() / weighed.rolling(n).mean(),
        **balance("VSUM", volume_change),
    }


def fitted(window: np.ndarray[Any, np.dtype[np.float64]]) -> tuple[float, float, float]:
    """Slope, R squared and last residual of the line through the window."""
    place = np.arange(len(window))
    slope, start = np.polyfit(place, window, 1)
    return slope, np.corrcoef(place, window)[0, 1] ** 2, window[-1] - start - slope * place[-1]


def test_there_are_158_names_in_qlibs_order() -> None:
    assert len(ALPHA158_NAMES) == len(set(ALPHA158_NAMES)) == 158
    assert (ALPHA158_NAMES[0], ALPHA158_NAMES[12], ALPHA158_NAMES[13], ALPHA158_NAMES[-1]) == (
        *("KMID", "VWAP0", "ROC5", "VSUMD60"),
    )


@pytest.mark.parametrize("n", WINDOWS)
def test_every_rolling_feature_is_qlibs_formula(n: int) -> None:
    # given a share with days without trades and prices that tie
    panel = make_panel((260,)).with_columns(pl.col("open", "high", "low", "close").round(2))
    found, expected = compute_alpha158(panel), rolling(panel, n)
    assert set(expected) == set(ROLLING)
    for name, values in expected.items():
        ours, theirs = found[n:, ALPHA158_NAMES.index(f"{name}{n}")], values.to_numpy()[n:]
        np.testing.assert_array_equal(np.isnan(ours), np.isnan(theirs), err_msg=name)
        np.testing.assert_allclose(ours, theirs, rtol=1e-4, atol=1e-6, err_msg=name)


def test_the_bars_shape_is_worked_out_on_paper() -> None:
    # given open 10, high 14, low 9, close 12
    panel = make_panel((1,)).with_columns(open=10.0, high=14.0, low=9.0, close=12.0)
    shape = dict(zip(BAR, compute_alpha158(panel)[0].tolist(), strict=False))
    expected = {"KMID": 0.2, "KLEN": 0.5, "KMID2": 0.4, "KUP": 0.2, "KUP2": 0.4, "KLOW": 0.1, "KLOW2": 0.2}
    expected |= {"KSFT": 0.1, "KSFT2": 0.2, "OPEN0": 10 / 12, "HIGH0": 14 / 12, "LOW0": 0.75, "VWAP0": 35 / 36}
    assert shape == pytest.approx(expected, rel=1e-6)


def test_the_future_changes_no_feature_and_a_short_window_is_missing() -> None:
    panel = make_panel((200, 150, 30))
    whole = compute_alpha158(panel)
    known = (pl.int_range(pl.len()).over("security_id") < 90).alias("known")
    rows = panel.select(known).to_series().to_numpy()
    np.testing.assert_array_equal(compute_alpha158(panel.filter(known)), whole[rows])
    assert np.isnan(whole[[58, 258, 379], ALPHA158_NAMES.index("MA60")]).all()
    assert np.isfinite(whole[59, ALPHA158_NAMES.index("MA60")])


def test_a_missing_close_spoils_the_windows_that_hold_it_and_no_more() -> None:
    panel = make_panel((300,))
    holed = panel.with_columns(close=pl.when(pl.int_range(300) == 100).then(None).otherwise("close"))
    whole, found = compute_alpha158(panel), compute_alpha158(holed)
    after = slice(100 + 61, None)
    assert np.isnan(found[100, ALPHA158_NAMES.index("KMID")])
    assert np.isnan(found[159, ALPHA158_NAMES.index("RANK60")])
    np.testing.assert_allclose(found[after], whole[after], rtol=1e-5, atol=1e-9)


def test_the_rows_asked_for_are_those_of_the_whole() -> None:
    panel = make_panel((100, 100))
    np.testing.assert_array_equal(compute_alpha158(panel, np.array([180, 70])), compute_alpha158(panel)[[180, 70]])
