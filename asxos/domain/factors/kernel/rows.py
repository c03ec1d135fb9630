"""From columns, as the factors are computed, to rows, as they are read."""

import math

from asxos.domain.factors.kernel.jit import compiled
from asxos.domain.factors.panel import FactorArray, IntArray

# Rows that stay in the processor's nearest cache while every column is put into them.
TILE = 64


@compiled
def put_rows(columns: FactorArray, rows: IntArray, places: IntArray, matrix: FactorArray) -> None:
    """Write `rows` of the columns to the `places` of the matrix, from its first column on.

    What is missing has one bit pattern there: the sign of a computed NaN is an accident.
    """
    for first in range(0, rows.size, TILE):
        last = min(first + TILE, rows.size)
        for number in range(columns.shape[0]):
            for k in range(first, last):
                value = columns[number, rows[k]]
                matrix[places[k], number] = math.nan if math.isnan(value) else value
