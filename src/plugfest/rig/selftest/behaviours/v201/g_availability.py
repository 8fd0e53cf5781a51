"""Block G: connector statuses and changes of availability."""

import asyncio
from typing import Any

from plugfest.lab.verdict import Level
from plugfest.ocpp.v201 import types as t
from plugfest.ocpp.v201.messages import ChangeAvailabilityResponse, StatusNotificationRequest
from plugfest.rig.selftest.behaviours.behaviour import Behaviour, Function, Patch, wrong_v201
from plugfest.rig.selftest.behaviours.builders import NOTHING, always
from plugfest.station.blocks.conversion.v201 import place_of
from plugfest.station.blocks.g_availability import lock_v201
from plugfest.station.blocks.g_availability import v201 as block
from plugfest.station.blocks.g_availability.rules import ChangeAvailabilityStatus
from plugfest.station.blocks.g_availability.status_reporter import StatusReporter
from plugfest.station.connection.registration import Registration
from plugfest.station.model.charging.power_path import PowerPath
from plugfest.station.model.connectors import connectors
from plugfest.station.model.connectors.availability import Availability, Place
from plugfest.station.model.connectors.connector_status import ConnectorStatus

TWO_CONNECTORS = "btc-power-gen4-l3a"


def in_memory_only(original: Function) -> Function:
    """The status is known until the power fails."""

    def set_operative(self: Any, place: Place, *, operative: bool) -> None:
        self._places = self._places - {place} if operative else self._places | {place}

    return set_operative


def _rejects_current_status(original: Function) -> Function:
    """Rejects a change to the current status."""

    def change(context: Any, request: Any) -> Any:
        availability = context.shared.get(Availability)
        place = place_of(request.evse)
        inoperative = place in availability._places
        if inoperative == (request.operational_status == "Inoperative"):
            return ChangeAvailabilityResponse(status=t.ChangeAvailabilityStatusEnumType.Rejected)
        return original(context, request)

    return change


def _unavailable_after(seconds: float) -> Any:
    """Reports Unavailable so many seconds after a change was scheduled, in spite of the transaction."""

    def make(original: Function) -> Function:
        def change(context: Any, request: Any) -> Any:
            response = original(context, request)
            if response.status == "Scheduled":
                asyncio.get_running_loop().call_later(seconds, _report_unavailable, context)
            return response

        return change

    return make


def _report_unavailable(context: Any) -> None:
    context.send_solicited(
        StatusNotificationRequest(
            timestamp=context.now(),
            connector_status=t.ConnectorStatusEnumType.Unavailable,
            evse_id=1,
            connector_id=1,
        )
    )


def _during_transaction(original: Function) -> Function:
    """Becomes inoperative during a transaction too."""

    def operative(self: Any, place: Place, *, also_closed: bool = False) -> bool:
        closed = () if also_closed else self._closed
        return not any(each in self._places or each in closed for each in place.with_parents())

    return operative


def _without_parents(original: Function) -> Function:
    """Does not apply the status of a station or EVSE to its connectors."""
    return lambda self, place, **_: place not in self._places


def _of_evse(original: Function) -> Function:
    return lambda evse: Place(original(evse).evse_id)


def _reported_as(status: ConnectorStatus, instead: ConnectorStatus) -> Any:
    return lambda original: lambda facts: instead if original(facts) is status else original(facts)


def _not_reported(status: ConnectorStatus) -> Any:
    return lambda original: lambda self, place: None if self._status(place) is status else original(self, place)


def _whole_evse_occupied(original: Function) -> Function:
    """Reports Occupied for all connectors of an EVSE in use."""

    def status(self: Any, place: Place) -> ConnectorStatus:
        every = [original(self, each) for each in self._places if each.evse_id == place.evse_id]
        return ConnectorStatus.OCCUPIED if ConnectorStatus.OCCUPIED in every else original(self, place)

    return status


def _also_reports(after: ConnectorStatus, other: ConnectorStatus) -> Patch:
    """Reports another status of a connector after a status, then the status again."""

    def make(original: Function) -> Function:
        def send(self: Any, place: Any, status: Any) -> None:
            original(self, place, status)
            if status is after:
                original(self, place, other)
                original(self, place, after)

        return send

    return Patch(block._ConnectorStatuses, "_send", make)


def _at_every_interval(original: Function) -> Function:
    """Sends a Heartbeat at every interval in spite of other messages."""

    async def wait(self: Any) -> None:
        await asyncio.sleep(self._device_model.integer("OCPPCommCtrlr", "HeartbeatInterval"))

    return wait


BEHAVIOURS: tuple[Behaviour, ...] = (
    wrong_v201(
        "sends no changes of the connector status",
        "G01.FR.03",
        "TC_G_01 TC_G_03 TC_G_05",
        Patch(
            block._ConnectorStatuses,
            "changed",
            lambda original: lambda self, place, status: self._update_device_model(place, status),
        ),
    ),
    wrong_v201(
        "reports Available instead of Occupied",
        "G01.FR.03",
        "TC_G_01 TC_E_09",
        Patch(connectors, "status_of", _reported_as(ConnectorStatus.OCCUPIED, ConnectorStatus.AVAILABLE)),
    ),
    wrong_v201(
        "reports Faulted instead of Unavailable",
        "G03.FR.04",
        "TC_G_03 TC_G_05",
        Patch(connectors, "status_of", _reported_as(ConnectorStatus.UNAVAILABLE, ConnectorStatus.FAULTED)),
    ),
    wrong_v201(
        "does not report that a connector is Available again",
        "G01.FR.04",
        "TC_G_02 TC_G_04",
        Patch(StatusReporter, "_report_if_new", _not_reported(ConnectorStatus.AVAILABLE)),
    ),
    wrong_v201(
        "does not report that a connector is Unavailable",
        "G03.FR.04",
        "TC_G_03 TC_G_05 TC_G_07",
        Patch(StatusReporter, "_report_if_new", _not_reported(ConnectorStatus.UNAVAILABLE)),
    ),
    wrong_v201(
        "does not keep the operational status over a boot",
        "G03.FR.08, G04.FR.09",
        "TC_G_18 TC_G_19 TC_G_21",
        Patch(Availability, "set_operative", in_memory_only),
    ),
    wrong_v201(
        "answers Accepted instead of Scheduled to ChangeAvailability",
        "G03.FR.05",
        "TC_G_11 TC_G_14",
        Patch(block, "decide_change", always(ChangeAvailabilityStatus.ACCEPTED)),
    ),
    wrong_v201(
        "rejects every ChangeAvailabilityRequest",
        "G03.FR.03",
        "TC_G_03 TC_G_05",
        Patch(block, "decide_change", always(ChangeAvailabilityStatus.REJECTED)),
    ),
    wrong_v201(
        "rejects a ChangeAvailabilityRequest for the current status",
        "G03.FR.03",
        "TC_G_09 TC_G_12 TC_G_15",
        Patch(block, "_change", _rejects_current_status),
    ),
    wrong_v201(
        "becomes Unavailable during a transaction",
        "G03.FR.05",
        "TC_G_11 TC_G_14",
        Patch(Availability, "operative", _during_transaction),
    ),
    wrong_v201(
        "reports Unavailable during a transaction, some time after the change was scheduled",
        "G03.FR.05",
        "TC_G_11 TC_G_14 TC_G_17",
        Patch(block, "_change", _unavailable_after(7.0)),
    ),
    wrong_v201(
        "does not make the connectors of an inoperative station Unavailable",
        "G04.FR.05",
        "TC_G_05",
        Patch(Availability, "operative", _without_parents),
    ),
    wrong_v201(
        "changes the availability of the whole EVSE instead of a connector",
        "G03.FR.04",
        "TC_G_07",
        Patch(block, "place_of", _of_evse),
        product=TWO_CONNECTORS,
    ),
    wrong_v201(
        "reports Occupied for every connector of an EVSE in use",
        "G01.FR.08",
        "TC_G_01",
        Patch(connectors.Connectors, "_status", _whole_evse_occupied),
        product=TWO_CONNECTORS,
        level=Level.SHOULD,
    ),
    wrong_v201(
        "sends a Heartbeat at every interval in spite of other messages",
        "G02.FR.05",
        "TC_C_15",
        Patch(Registration, "_wait_for_heartbeat", _at_every_interval),
        product="reference-ac",
        level=Level.SHOULD,
    ),
    wrong_v201(
        "accepts ChangeAvailability and changes nothing",
        "G03.FR.04",
        "TC_G_03 TC_G_05",
        Patch(Availability, "set_operative", NOTHING),
    ),
    wrong_v201(
        "reports Unavailable after Available, after the boot too",
        "G01",
        "TC_B_20 TC_B_21 TC_B_41",
        _also_reports(ConnectorStatus.AVAILABLE, ConnectorStatus.UNAVAILABLE),
    ),
    wrong_v201(
        "reports Occupied again after the driver has left",
        "G01",
        "TC_E_03 TC_E_05 TC_E_20 TC_F_08",
        _also_reports(ConnectorStatus.AVAILABLE, ConnectorStatus.OCCUPIED),
        product="reference-ac",
    ),
    wrong_v201(
        "charges with a cable that is not locked", "G05.FR.01", "TC_G_20", Patch(PowerPath, "lock_cable", always(True))
    ),
    wrong_v201(
        "does not report that the lock failed",
        "G05.FR.02",
        "TC_G_20",
        Patch(lock_v201, "_report_failure", always(None)),
    ),
)
