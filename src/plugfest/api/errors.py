"""The exceptions of the Python API. Each text is one line that names the reason."""


class UnusableSettings(ValueError):
    """The product is not known, or the settings do not fit it."""


class ActionRefused(RuntimeError):
    """The action is not possible at the station now."""


class ImpossibleWait(ValueError):
    """What is waited for can never be: the product or its OCPP version does not have it."""


class NotReached(AssertionError):
    """What was waited for did not happen in time."""


class LabFailed(RuntimeError):
    """A campaign could not run: no station connected, the lab cannot listen, or no case applies."""


class ControlFailed(RuntimeError):
    """A station in another process refused a request or cannot be reached, or what was waited for did not happen.

    `status`: the HTTP status of the answer, 504 after a wait; None without an answer.
    """

    def __init__(self, reason: str, status: int | None = None) -> None:
        super().__init__(reason)
        self.status = status
