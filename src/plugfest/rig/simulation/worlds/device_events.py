"""Requests of the CSMS about monitors and the display. OCPP 1.6 has none."""

from plugfest.rig.simulation.worlds.event import Event


class SetMonitor(Event, frozen=True, kw_only=True):
    """A monitor of the power of an EVSE."""

    evse: int
    watts: float

    def __str__(self) -> str:
        return f"the CSMS monitors whether the power of EVSE {self.evse} is above {self.watts:g} W"


class ShowMessage(Event, frozen=True, kw_only=True):
    """A display message, whose text has its id."""

    id: int

    @property
    def text(self) -> str:
        return f"Message {self.id}"

    def __str__(self) -> str:
        return f"the CSMS sets display message {self.id}"


class ClearMessage(Event, frozen=True, kw_only=True):
    id: int

    def __str__(self) -> str:
        return f"the CSMS clears display message {self.id}"
