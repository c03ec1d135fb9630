"""RSI, MACD, the Bollinger position, the stochastic and the money flow; the series in A$ equal TA-Lib's."""

import polars as pl

from asxos.domain.factors.factor import Factor
from asxos.domain.factors.price.basics import CLOSE, HIGH, LEAST_PRICE_SPREAD, LOW, VOLUME, seeded_average


def relative_strength() -> pl.Expr:
    """Wilder's RSI of 14."""
    change = CLOSE - CLOSE.shift(1)
    gains = seeded_average(change.clip(lower_bound=0), 1, 14, 1 / 14)
    losses = seeded_average((-change).clip(lower_bound=0), 1, 14, 1 / 14)
    return pl.when(gains + losses > 0).then(100 * gains / (gains + losses))


def macd_line() -> pl.Expr:
    """EMA 12 less EMA 26, A$, from the bar on which the signal exists."""
    return pl.when(macd_signal().is_not_null()).then(_macd())


def macd_signal() -> pl.Expr:
    """EMA 9 of the MACD line, A$."""
    return seeded_average(_macd(), 1, 9, 2 / 10)


def _macd() -> pl.Expr:
    return seeded_average(CLOSE, 15, 26, 2 / 13) - seeded_average(CLOSE, 1, 26, 2 / 27)


def bollinger_b() -> pl.Expr:
    """Place of the close between the bands two deviations around the 20-session mean."""
    mean, spread = CLOSE.rolling_mean(20), CLOSE.rolling_std(20, ddof=0)
    return pl.when(spread > LEAST_PRICE_SPREAD * mean).then((CLOSE - mean) / (4 * spread) + 0.5)


def stochastic(sessions: int) -> pl.Expr:
    """Place of the close between the lowest low and the highest high."""
    low, high = LOW.rolling_min(sessions), HIGH.rolling_max(sessions)
    return pl.when(high - low > LEAST_PRICE_SPREAD * high).then(100 * (CLOSE - low) / (high - low))


def money_flow(sessions: int) -> pl.Expr:
    """Typical price times volume of rising days among that of rising and falling days."""
    typical = (HIGH + LOW + CLOSE) / 3
    change = typical - typical.shift(1)
    flow = typical * VOLUME * change.sign().abs()
    rising = pl.when(change > 0).then(flow).when(flow.is_not_null()).then(0.0)
    has_moved = flow.rolling_max(sessions) > 0
    return pl.when(has_moved).then(100 * rising.rolling_mean(sessions) / flow.rolling_mean(sessions))


_WILDER = "Wilder (1978), New Concepts in Technical Trading Systems; seeded as TA-Lib"
_APPEL = "Appel (2005), Technical Analysis; seeded as TA-Lib, divided by close"

OSCILLATORS: tuple[Factor, ...] = (
    Factor(
        "rsi_14", "100 x gains / (gains + losses), Wilder averages of 14; missing if the price never moved", "0 to 100",
        _WILDER, "balance of recent gains against losses (RSI)", relative_strength(),
    ),
    Factor(
        "macd_pct", "(EMA 12 - EMA 26) / close", "fraction", _APPEL,
        "short-term trend against its longer trend (MACD)", macd_line() / CLOSE,
    ),
    Factor(
        "macd_signal_pct", "EMA 9 of MACD / close", "fraction", _APPEL,
        "smoothed short-term trend (MACD signal)", macd_signal() / CLOSE,
    ),
    Factor(
        "macd_histogram_pct", "(MACD - EMA 9 of MACD) / close", "fraction", _APPEL,
        "change of pace in the short-term trend (MACD histogram)", (macd_line() - macd_signal()) / CLOSE,
    ),
    Factor(
        "bollinger_b", "(close - (mean - 2 sd)) / (4 sd), 20 sessions; missing if the price never moved", "ratio",
        "Bollinger (2001), Bollinger on Bollinger Bands", "place within its 20-session price band", bollinger_b(),
    ),
    Factor(
        "stochastic_14", "100 x (close - lowest low) / (highest high - lowest low), 14 sessions", "0 to 100",
        "Lane (1984), Lane's Stochastics", "place within its 14-session range", stochastic(14),
    ),
    Factor(
        "money_flow_14", "100 x flow of rising days / flow of days that rose or fell, 14 sessions; flow is typical"
        " price (H + L + C) / 3 x volume", "0 to 100", "Quong and Soudack (1989), Volume-Weighted RSI",
        "money traded on rising against falling days", money_flow(14),
    ),
)  # fmt: skip
