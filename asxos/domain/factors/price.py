"""The factors of prices and volumes: what each is and its readable Polars expression; compiles nothing."""

from asxos.domain.factors import expressions as e
from asxos.domain.factors.factor import Factor

_JEGADEESH_TITMAN = "Jegadeesh and Titman (1993)"
_WILDER = "Wilder (1978), New Concepts in Technical Trading Systems; seeded as TA-Lib"
_APPEL = "Appel (2005), Technical Analysis; seeded as TA-Lib, divided by close"
_ANG = "Ang, Hodrick, Xing and Zhang (2006)"
_BROCK = "Brock, Lakonishok and LeBaron (1992)"
_HAN = "Han, Yang and Zhou (2013)"

PRICE: tuple[Factor, ...] = (
    Factor(
        "momentum_1m", "close / close 21 sessions ago - 1", "fraction", "Jegadeesh (1990)",
        "return over the last month", e.momentum(21),
    ),
    Factor(
        "momentum_3m", "close / close 63 sessions ago - 1", "fraction", _JEGADEESH_TITMAN,
        "return over the last three months", e.momentum(63),
    ),
    Factor(
        "momentum_6m", "close / close 126 sessions ago - 1", "fraction", _JEGADEESH_TITMAN,
        "return over the last six months", e.momentum(126),
    ),
    Factor(
        "momentum_9m", "close / close 189 sessions ago - 1", "fraction", _JEGADEESH_TITMAN,
        "return over the last nine months", e.momentum(189),
    ),
    Factor(
        "momentum_12_1", "close 21 sessions ago / close 252 sessions ago - 1", "fraction", _JEGADEESH_TITMAN,
        "12-month momentum, latest month skipped", e.momentum(252, skip=21),
    ),
    Factor(
        "rsi_14", "100 x gains / (gains + losses), Wilder averages of 14; missing if the price never moved", "0 to 100",
        _WILDER, "balance of recent gains against losses (RSI)", e.relative_strength(),
    ),
    Factor(
        "macd_pct", "(EMA 12 - EMA 26) / close", "fraction", _APPEL,
        "short-term trend against its longer trend (MACD)", e.macd_line() / e.CLOSE,
    ),
    Factor(
        "macd_signal_pct", "EMA 9 of MACD / close", "fraction", _APPEL,
        "smoothed short-term trend (MACD signal)", e.macd_signal() / e.CLOSE,
    ),
    Factor(
        "macd_histogram_pct", "(MACD - EMA 9 of MACD) / close", "fraction", _APPEL,
        "change of pace in the short-term trend (MACD histogram)", (e.macd_line() - e.macd_signal()) / e.CLOSE,
    ),
    Factor(
        "atr_pct", "Wilder average of 14 true ranges / close", "fraction", _WILDER,
        "typical daily trading range", e.average_true_range() / e.CLOSE,
    ),
    Factor(
        "bollinger_b", "(close - (mean - 2 sd)) / (4 sd), 20 sessions; missing if the price never moved", "ratio",
        "Bollinger (2001), Bollinger on Bollinger Bands", "place within its 20-session price band", e.bollinger_b(),
    ),
    Factor(
        "max_return_21", "highest daily return of 21 sessions", "fraction", "Bali, Cakici and Whitelaw (2011)",
        "best single day of the last month", e.RETURN.rolling_max(21),
    ),
    Factor(
        "volatility_30", "sd of 30 daily returns x sqrt(252)", "fraction a year", _ANG,
        "price swings over the last 30 sessions", e.volatility(30),
    ),
    Factor(
        "volatility_90", "sd of 90 daily returns x sqrt(252)", "fraction a year", _ANG,
        "price swings over the last 90 sessions", e.volatility(90),
    ),
    Factor(
        "volatility_252", "sd of 252 daily returns x sqrt(252)", "fraction a year", _ANG,
        "price swings over the last year", e.volatility(252),
    ),
    Factor(
        "sma_50_ratio", "close / mean close of 50 sessions - 1", "fraction", _BROCK,
        "price against its 50-session average", e.average_ratio(50),
    ),
    Factor(
        "sma_200_ratio", "close / mean close of 200 sessions - 1", "fraction", _BROCK,
        "price against its 200-session average", e.average_ratio(200),
    ),
    Factor(
        "sma_50_slope", "50-session mean close / the same 20 sessions ago - 1", "fraction", _HAN,
        "direction of its 50-session average", e.average_slope(50),
    ),
    Factor(
        "sma_200_slope", "200-session mean close / the same 20 sessions ago - 1", "fraction", _HAN,
        "direction of its 200-session average", e.average_slope(200),
    ),
    Factor(
        "adv_20", "median turnover of 20 sessions", "A$", "Brennan, Chordia and Subrahmanyam (1998)",
        "typical daily turnover", e.TURNOVER.rolling_median(20),
    ),
    Factor(
        "volume_z_20", "(log(1 + volume) - its mean) / its sd, 20 sessions; missing if volume never changed",
        "standard deviations", "Gervais, Kaniel and Mingelgrin (2001)", "unusual trading volume", e.volume_surprise(),
    ),
    Factor(
        "distance_52w_high", "close / highest high of 252 sessions - 1", "fraction", "George and Hwang (2004)",
        "distance from its 52-week high", e.CLOSE / e.HIGH.rolling_max(252) - 1,
    ),
    Factor(
        "drawdown_252", "deepest fall from an earlier close, both within 252 sessions", "fraction",
        "Magdon-Ismail and Atiya (2004)", "deepest fall within the last year", e.drawdown(252),
    ),
    Factor(
        "beta_252", "cov(return, market return) / var(market return), 252 sessions, at least 200 with both", "ratio",
        "Sharpe (1964)", "sensitivity to the whole market", e.beta(252, least=200),
    ),
    Factor(
        "amihud_21", "mean of |return| per A$ million of turnover, 21 sessions, at least 10 traded",
        "fraction per A$ million", "Amihud (2002)", "price impact of trading (illiquidity)", e.amihud(21, least=10),
    ),
)  # fmt: skip
PRICE_NAMES: tuple[str, ...] = tuple(factor.name for factor in PRICE)
