"""What can be wrong with a job."""

from asxos.core.errors import AsxosError, BadInput, Conflict, NotFound


class UnknownJob(BadInput):
    """Nothing is registered under this name."""

    def __init__(self, name: str, known: list[str]) -> None:
        super().__init__(f"There is no job {name!r}; known are {', '.join(known) or 'none'}")


class DuplicateJobName(AsxosError):
    def __init__(self, name: str) -> None:
        super().__init__(f"a job {name!r} is registered already")


class NoSuchJob(NotFound):
    def __init__(self, id: int) -> None:
        super().__init__(f"There is no job with id {id}")


class JobDied(Conflict):
    """Another process ran the job that was asked for, and gave it up."""

    def __init__(self, id: int, name: str, error: str | None) -> None:
        super().__init__(f"Job {id} ({name}) failed elsewhere: {error}")
