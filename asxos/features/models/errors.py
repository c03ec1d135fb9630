"""What can be wrong with what is asked of the models."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from asxos.core.errors import Conflict, NotFound
from asxos.features.models.records import Promotion


class NoVersion(NotFound):
    """The model has never been trained on data up to that session or before, or has no version of that number."""

    def __init__(self, model_id: str, as_of: date | None = None, number: int | None = None) -> None:
        which = f" as of {as_of}" if as_of else f" v{number}" if number else ""
        super().__init__(f"Model {model_id!r} has no trained version{which}")


class NothingToTrain(NotFound):
    """The model does not learn."""

    def __init__(self, model_id: str) -> None:
        super().__init__(f"Model {model_id!r} needs no training")


class NoPrices(NotFound):
    """There is nothing to train on."""

    def __init__(self, as_of: date | None) -> None:
        super().__init__(f"No prices stored{f' up to {as_of}' if as_of else ''}; ingest some first")


class IsChampion(Conflict):
    """The version serves already."""

    def __init__(self, model_id: str, version: int) -> None:
        super().__init__(f"{model_id} v{version} is champion already")


class NoChampionBefore(Conflict):
    """There is nobody to roll back to."""

    def __init__(self, model_id: str) -> None:
        super().__init__(f"Model {model_id!r} has had no champion before the present one")


class NeverChampion(Conflict):
    """A roll-back may only bring back what once passed the gate."""

    def __init__(self, model_id: str, version: int) -> None:
        super().__init__(f"{model_id} v{version} was never champion; promote it through the gate")


class GateClosed(Conflict):
    """The version did not pass; the message names the lines that failed."""

    def __init__(self, refused: Promotion) -> None:
        failed = [line for line in refused.gate if not line["passed"]]
        super().__init__(f"{refused.model_id} v{refused.version} is refused: {'; '.join(map(_told, failed))}")


def _told(line: Mapping[str, Any]) -> str:
    value = "not measured" if line["value"] is None else f"{line['value']:.4g}"
    return f"{line['measure']} {value}, must be {line['bound']}"
