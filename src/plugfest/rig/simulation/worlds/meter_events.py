"""Faults of the meters."""

from plugfest.rig.simulation.worlds.event import Event


class MeterFault(Event, frozen=True, kw_only=True):
    """The meter measures something else than what flows, and its register counts that."""

    evse: int
    watts: float
    seconds: float

    def __str__(self) -> str:
        return f"the meter of EVSE {self.evse} measures {self.watts:g} W for {self.seconds:g} s, whatever flows"


class MeterFailure(Event, frozen=True, kw_only=True):
    """The meter cannot be read. It goes on to count."""

    evse: int
    seconds: float

    def __str__(self) -> str:
        return f"the meter of EVSE {self.evse} does not answer for {self.seconds:g} s"
