"""How the loops are compiled, said once and typed for their callers."""

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba

FunctionT = TypeVar("FunctionT", bound=Callable[..., Any])


def compiled(function: FunctionT) -> FunctionT:
    """Compile on the first call and keep the result on disk; threads may run it side by side.

    A compiled function must not call another one of ours: the file on disk would not notice when that one changes.
    Division by zero gives infinity or NaN, as in numpy.
    """
    return cast("FunctionT", numba.njit(nogil=True, cache=True, error_model="numpy")(function))
