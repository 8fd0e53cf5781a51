"""What the lab knows about the connector under test of an OCPP 1.6 station."""

from plugfest.lab.checks.smart_charging.limits import Step
from plugfest.lab.settings import Token
from plugfest.lab.v16.composite_schedule import Installed
from plugfest.lab.v16.ledger import ObservedTransaction


class KnownState:
    """The state of the connector under test during a case, as the lab knows it."""

    def __init__(self) -> None:
        self.profiles: list[Installed] = []  # charging profiles, which are kept across a reboot
        self.unlimited: list[Step] = []  # the limits that the station has reported without charging profiles
        self.reset()

    def reset(self) -> None:
        """The connector is idle: no EV, no authorization, no transaction."""
        self.plugged_in = False
        self.authorized = False  # a driver is authorized, until a transaction with the authorization has ended
        self.token: Token | None = None  # the token that authorized, which also stops
        self.remote = False  # started by the CSMS
        self.transaction: ObservedTransaction | None = None
        self.reservation: int | None = None  # the number of the last one that the station accepted
