"""Keeps new drivers out while an update waits or works."""

from plugfest.station.context import Machines
from plugfest.station.model.charging.charging import Charging
from plugfest.station.model.connectors.availability import STATION, Availability


class NewSessionGate:
    """Every EVSE that nobody uses, or that becomes free, is Unavailable while they are closed (L01.FR.07)."""

    def __init__(self, machines: Machines) -> None:
        self._availability = machines.get(Availability)
        self._charging = machines.get(Charging)
        self._closed = False

    def close(self) -> None:
        if not self._closed:
            self._closed = True
            self._availability.close(STATION)
            self._charging.look_around()

    def open(self) -> None:
        if self._closed:
            self._closed = False
            self._availability.reopen(STATION)
            self._charging.look_around()
