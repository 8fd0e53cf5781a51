"""The connectors of the station and their status."""

from collections.abc import Callable, Iterator, Mapping

import msgspec

from plugfest.hardware.ports import Connector, Fault, FaultCode, Hardware
from plugfest.station.model.connectors.availability import Availability, Place
from plugfest.station.model.connectors.connector_status import (
    OUT_OF_SERVICE,
    ConnectorConditions,
    ConnectorStatus,
    evse_summary,
    station_summary,
    status_of,
)

_WORKING = frozenset({ConnectorStatus.AVAILABLE, ConnectorStatus.OCCUPIED})

_METER_FAILURE = Fault(error_code=FaultCode.POWER_METER_FAILURE)


class Connectors:
    """The status of every connector. Listeners are called when one changes.

    `types`: the type of each connector (ConnectorEnumType), as far as it is known.
    """

    def __init__(
        self, hardware: Hardware, availability: Availability, types: Mapping[Place, str] | None = None
    ) -> None:
        self._places: dict[Place, Connector] = {
            Place(evse_id, connector_id): connector
            for evse_id, evse in hardware.evses.items()
            for connector_id, connector in evse.connectors.items()
        }
        self._availability = availability
        self._types = types or {}
        self._listeners: list[Callable[[Place, ConnectorStatus], None]] = []
        self._on_update_complete: list[Callable[[], None]] = []
        self.reserved: Callable[[Place], bool] = lambda place: False
        """Whether a connector is reserved. The reservations set it."""
        self.meter_failed: Callable[[int], bool] = lambda evse_id: False
        """Whether the meter of an EVSE has failed. The model sets it."""
        self.status_text: Callable[[Place], str | None] = self._own_status_text
        """The status of a connector as the OCPP version has it; None if there is none. 1.6 sets its own."""
        self._statuses = {place: self._status(place) for place in self._places}

    def _own_status_text(self, place: Place) -> str | None:
        status = self._statuses.get(place)
        return None if status is None else status.value

    @property
    def statuses(self) -> Mapping[Place, ConnectorStatus]:
        return self._statuses

    def on_change(self, listener: Callable[[Place, ConnectorStatus], None]) -> None:
        self._listeners.append(listener)

    def on_update_complete(self, listener: Callable[[], None]) -> None:
        """Call `listener` at the end of every update of an EVSE."""
        self._on_update_complete.append(listener)

    def refresh(self) -> None:
        """Read the status of every connector. Listeners are called for those that changed (G01.FR.03 to FR.07)."""
        for place in self._places:
            status = self._status(place)
            if status is not self._statuses[place]:
                self._statuses[place] = status
                for listener in self._listeners:
                    listener(place, status)

    def evse_status(self, evse_id: int) -> ConnectorStatus:
        return evse_summary([status for place, status in self._statuses.items() if place.evse_id == evse_id])

    def station_status(self) -> ConnectorStatus:
        evse_ids = dict.fromkeys(place.evse_id for place in self._places)
        return station_summary([self.evse_status(each) for each in evse_ids if each is not None])

    def complete_update(self) -> None:
        """Refresh at the end of an update, and call the listeners of `on_update_complete`."""
        self.refresh()
        for listener in self._on_update_complete:
            listener()

    def has_type(self, evse_id: int, connector_type: str | None) -> bool:
        """Whether an EVSE has a connector of this type; None: of any type."""
        return any(self._of_type(evse_id, connector_type))

    def in_service(self, evse_id: int, connector_type: str | None) -> bool:
        """Whether a connector of this type is neither faulted nor unavailable."""
        return any(self._statuses[place] not in OUT_OF_SERVICE for place in self._of_type(evse_id, connector_type))

    def has_free_connector(self, evse_id: int, connector_type: str | None = None) -> bool:
        """Whether a driver could plug in at an EVSE, reserved or not. An EVSE charges one EV at a time."""
        fits = self.has_type(evse_id, connector_type)
        return fits and self.unreserved_status(evse_id, connector_type) is ConnectorStatus.AVAILABLE

    def has_working_connector(self, evse_id: int, connector_type: str | None = None) -> bool:
        """Whether an EV could charge at an EVSE, reserved or not, plugged in or not."""
        return any(self._unreserved(place) in _WORKING for place in self._of_type(evse_id, connector_type))

    def unreserved_status(self, evse_id: int, connector_type: str | None = None) -> ConnectorStatus:
        """The status of an EVSE, or of its connectors of one type, of which it has one, as if it were not reserved."""
        if any(self._unreserved(place) is ConnectorStatus.OCCUPIED for place in self._of_type(evse_id, None)):
            return ConnectorStatus.OCCUPIED
        return evse_summary([self._unreserved(place) for place in self._of_type(evse_id, connector_type)])

    def closed(self, evse_id: int) -> bool:
        """Whether an EVSE is closed until a reset."""
        return self._availability.closed(Place(evse_id))

    def fault(self, place: Place) -> Fault | None:
        """The fault of a connector; None if there is none."""
        connector = self._places[place]
        if connector.fault is None and self.faulted(place):
            return Fault() if connector.faulted else _METER_FAILURE
        return connector.fault

    def faulted(self, place: Place) -> bool:
        """Whether a connector cannot be used: it has a fault, or the meter of its EVSE."""
        assert place.evse_id is not None
        return self._places[place].faulted or self.meter_failed(place.evse_id)

    def usable(self, place: Place) -> bool:
        """Whether charging is allowed there."""
        return self._statuses[place] not in OUT_OF_SERVICE

    def _of_type(self, evse_id: int, connector_type: str | None) -> Iterator[Place]:
        places = (place for place in self._places if place.evse_id == evse_id)
        return (place for place in places if connector_type is None or self._types.get(place) == connector_type)

    def _status(self, place: Place) -> ConnectorStatus:
        reserved = self.reserved(place)
        return status_of(msgspec.structs.replace(self._conditions(place, also_closed=reserved), reserved=reserved))

    def _unreserved(self, place: Place) -> ConnectorStatus:
        return status_of(self._conditions(place, also_closed=True))

    def _conditions(self, place: Place, *, also_closed: bool) -> ConnectorConditions:
        connector = self._places[place]
        return ConnectorConditions(
            faulted=self.faulted(place),
            operative=self._availability.operative(place, also_closed=also_closed),
            occupied=connector.occupied,
        )
