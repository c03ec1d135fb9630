"""Rankings to publish without a model: a few shares, a recipe, and whatever outputs a test wants."""

from collections.abc import Sequence
from datetime import date

from asxos.bootstrap import System
from asxos.domain.ensemble import EnsembleRule
from asxos.domain.ranking import FactsUsed, Knowledge, Ranking, Recipe
from asxos.domain.signals import ModelOutput, Thresholds, confidence_of, label_of, ranked
from asxos.domain.universe import UniverseRule
from asxos.features.signals.services import Publisher
from tests.published import NOW

FRIDAY, MONDAY, TUESDAY = date(2024, 1, 12), date(2024, 1, 15), date(2024, 1, 16)
SHARES = {"BHP.AX": 1, "CBA.AX": 2, "CSL.AX": 3}
PRICES = Knowledge(FRIDAY, None, 1)


def recipe(**versions: int | None) -> Recipe:
    return Recipe(versions, {}, {}, EnsembleRule(), Thresholds(), UniverseRule(), 21, FactsUsed(FRIDAY, NOW, "0" * 64))


def ranking(model: str, as_of: date, probabilities: Sequence[float] = (0.58, 0.5, 0.44)) -> Ranking:
    """A ranking of SHARES by their probabilities."""
    outputs = [_output(symbol, p) for symbol, p in zip(SHARES, probabilities, strict=False)]
    return Ranking(model, as_of, recipe(**{model: 1}), tuple(ranked(outputs)))


async def publish(system: System, *rankings: Ranking) -> None:
    publisher = system.service(Publisher)
    for each in rankings:
        await publisher.publish(each, SHARES, PRICES)


def _output(symbol: str, ml_prob: float) -> ModelOutput:
    label = label_of(ml_prob, Thresholds())
    return ModelOutput(symbol, label, confidence_of(ml_prob, label), 0.01, 1, 0.3, ml_prob, (-0.1, 0.12), "a note")
