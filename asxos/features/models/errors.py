"""What can be wrong with what is asked of the models."""

from datetime import date

from asxos.core.errors import NotFound


class NoVersion(NotFound):
    """The model has never been trained on data up to that session or before."""

    def __init__(self, model_id: str, as_of: date | None) -> None:
        super().__init__(f"Model {model_id!r} has no trained version{f' as of {as_of}' if as_of else ''}")


class NothingToTrain(NotFound):
    """The model does not learn."""

    def __init__(self, model_id: str) -> None:
        super().__init__(f"Model {model_id!r} needs no training")


class NoPrices(NotFound):
    """There is nothing to train on."""

    def __init__(self, as_of: date | None) -> None:
        super().__init__(f"No prices stored{f' up to {as_of}' if as_of else ''}; ingest some first")
