"""What can be wrong with an event, its subscribers or its deliveries."""

from pydantic import ValidationError

from asxos.core.errors import AsxosError, BadInput, NotFound


class InvalidPayload(BadInput):
    """The payload is not what its event type carries."""

    def __init__(self, event_type: str, cause: ValidationError) -> None:
        wrong = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in cause.errors())
        super().__init__(f"The payload of {event_type} does not fit: {wrong}")


class DuplicateSubscriber(AsxosError):
    """Two subscribers of one event type have the same name, so their deliveries could not be told apart."""

    def __init__(self, event_type: str, name: str) -> None:
        super().__init__(f"{event_type} already has a subscriber {name!r}; give the second one another name")


class UnknownSubscriber(AsxosError):
    """A delivery names a subscriber that this version does not register (renamed, or taken out)."""

    def __init__(self, event_type: str, name: str) -> None:
        super().__init__(f"no subscriber {name!r} of {event_type} is registered in this process")


class NoDeadLetter(NotFound):
    def __init__(self, id: int) -> None:
        super().__init__(f"There is no dead letter {id}")
