"""NotifyEvent of OCPP 2.0.1 for faults of connectors about which the hardware has more than that there is one."""

from collections.abc import Iterator

from plugfest.hardware.ports import Fault
from plugfest.ocpp.v201.messages import NotifyEventRequest
from plugfest.ocpp.v201.types import EventTriggerEnumType
from plugfest.station.blocks.conversion.faults import tech_code, tech_info
from plugfest.station.blocks.g_availability.problem_events import PROBLEM, problem_event
from plugfest.station.connection.outbox import Delivery
from plugfest.station.context import Context
from plugfest.station.device_model.variables import Address, Component
from plugfest.station.model.connectors.availability import Place
from plugfest.station.model.connectors.connectors import Connectors
from plugfest.station.model.monitoring.monitors import Monitors


def register(context: Context) -> None:
    context.shared.get(Connectors).on_update_complete(_Faults(context).update)


class _Faults:
    """Reports faults that begin, change and end. What was reported is stored: an end is reported also after a restart.

    Where a monitor watches the variable Problem, its events have the details instead.
    """

    def __init__(self, context: Context) -> None:
        self._context = context
        self._connectors = context.shared.get(Connectors)
        self._records = context.store.records("reported_faults", Fault)
        self._reported = dict(self._records.items())

    def update(self) -> None:
        for place, fault in self._faults():
            before = self._reported.get(place.key())
            if fault != before:
                with self._context.store.transaction():
                    self._store(place, fault)
                    self._notify(place, fault)

    def _faults(self) -> Iterator[tuple[Place, Fault | None]]:
        """The fault of each connector; None if there is none, or nothing is known of it."""
        for place in self._connectors.statuses:
            fault = self._connectors.fault(place)
            yield place, None if fault == Fault() else fault

    def _store(self, place: Place, fault: Fault | None) -> None:
        if fault is None:
            self._records.delete(place.key())
            del self._reported[place.key()]
        else:
            self._records.put(place.key(), fault)
            self._reported[place.key()] = fault

    def _notify(self, place: Place, fault: Fault | None) -> None:
        address = Address(Component("Connector", None, place.evse_id, place.connector_id), PROBLEM)
        if self._is_monitored(address):
            return
        known = fault or Fault()
        event = problem_event(
            self._context,
            address,
            EventTriggerEnumType.Alerting,
            problem=self._connectors.fault(place) is not None,
            tech_code=tech_code(known),
            tech_info=tech_info(known),
            vendor_id=known.vendor_id,
        )
        request = NotifyEventRequest(generated_at=self._context.now(), seq_no=0, event_data=[event])
        self._context.outbox.send(request, Delivery.DURABLE)

    def _is_monitored(self, address: Address) -> bool:
        monitors = self._context.shared.find(Monitors)
        active = () if monitors is None else monitors.active()
        return any(each.setting.address.key() == address.key() for each in active)
