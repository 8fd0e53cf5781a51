"""What the lab did to the connector under test of an OCPP 1.6 station."""

from plugfest.lab.settings import Token
from plugfest.lab.v16.composite_schedule import Installed, Step
from plugfest.lab.v16.ledger import ObservedTransaction


class KnownState:
    """The lab's own view of the connector under test during a case."""

    def __init__(self) -> None:
        self.profiles: list[Installed] = []  # charging profiles, which outlive a reboot
        self.unlimited: list[Step] = []  # what the station allows without any, as far as it has told
        self.reset()

    def reset(self) -> None:
        """Back to an idle connector with nobody at it."""
        self.plugged_in = False
        self.authorized = False  # a driver was, and no transaction has taken that up and ended
        self.token: Token | None = None  # what authorized, and so what stops
        self.remote = False  # the CSMS started
        self.transaction: ObservedTransaction | None = None
        self.reservation: int | None = None  # the number of the last one that the station accepted
