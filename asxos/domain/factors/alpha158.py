"""The names and formulas of Qlib's Alpha158, for those who know their features by them; compiles nothing.

Source: Yang, Liu, Zhou, Bian and Liu (2020), Qlib; `Alpha158DL` of version 0.9.7. Our bars have no VWAP: the typical
price (high + low + close) / 3 stands for it. Qlib fills short windows with what there is; here a window that is not
whole is missing.
"""

from collections.abc import Mapping

WINDOWS = (5, 10, 20, 30, 60)
QUANTILE = 0.8

BAR: Mapping[str, str] = {
    "KMID": "(close - open) / open",
    "KLEN": "(high - low) / open",
    "KMID2": "(close - open) / (high - low)",
    "KUP": "(high - max(open, close)) / open",
    "KUP2": "(high - max(open, close)) / (high - low)",
    "KLOW": "(min(open, close) - low) / open",
    "KLOW2": "(min(open, close) - low) / (high - low)",
    "KSFT": "(2 close - high - low) / open",
    "KSFT2": "(2 close - high - low) / (high - low)",
    "OPEN0": "open / close",
    "HIGH0": "high / close",
    "LOW0": "low / close",
    "VWAP0": "typical price / close",
}
ROLLING: Mapping[str, str] = {
    "ROC": "close n sessions ago / close",
    "MA": "mean close / close",
    "STD": "sd of close / close",
    "BETA": "slope of the line through close / close",
    "RSQR": "R squared of that line",
    "RESI": "close less that line's end, / close",
    "MAX": "highest high / close",
    "MIN": "lowest low / close",
    "QTLU": "quantile 0.8 of close / close",
    "QTLD": "quantile 0.2 of close / close",
    "RANK": "rank of close among the last n, in (0, 1]",
    "RSV": "(close - lowest low) / (highest high - lowest low)",
    "IMAX": "place of the highest high / n",
    "IMIN": "place of the lowest low / n",
    "IMXD": "IMAX - IMIN",
    "CORR": "correlation of close and log(volume + 1)",
    "CORD": "correlation of close / close before and log(volume / volume before + 1)",
    "CNTP": "part of rising sessions",
    "CNTN": "part of falling sessions",
    "CNTD": "CNTP - CNTN",
    "SUMP": "gains / (gains + losses)",
    "SUMN": "losses / (gains + losses)",
    "SUMD": "SUMP - SUMN",
    "VMA": "mean volume / volume",
    "VSTD": "sd of volume / volume",
    "WVMA": "sd / mean of |return| x volume",
    "VSUMP": "SUMP of volume",
    "VSUMN": "SUMN of volume",
    "VSUMD": "VSUMP - VSUMN",
}
ALPHA158_NAMES: tuple[str, ...] = (*BAR, *(f"{name}{width}" for name in ROLLING for width in WINDOWS))
