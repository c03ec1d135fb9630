"""All factors: those of prices, then the groups computed from the asked-for rows; compiles nothing."""

from asxos.domain.factors import announcements, fundamental, relative, shorts
from asxos.domain.factors.factor import Factor, Group
from asxos.domain.factors.price import PRICE

GROUPS: tuple[Group, ...] = (
    relative.GROUP,
    fundamental.GROUP,
    shorts.GROUP,
    announcements.GROUP,
)  # fmt: skip
FACTORS: tuple[Factor, ...] = PRICE + tuple(factor for group in GROUPS for factor in group.factors)
FACTOR_NAMES: tuple[str, ...] = tuple(factor.name for factor in FACTORS)
