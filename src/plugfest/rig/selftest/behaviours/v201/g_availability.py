"""Wrong in block G: what a station says of its connectors, and what becomes of them when they are switched off."""

import asyncio
from typing import Any

from plugfest.lab.verdict import Level
from plugfest.ocpp.v201 import types as t
from plugfest.ocpp.v201.messages import ChangeAvailabilityResponse
from plugfest.rig.selftest.behaviours.behaviour import Behaviour, wrong
from plugfest.rig.selftest.behaviours.builders import NOTHING, always
from plugfest.rig.selftest.behaviours.patch import Function, Patch
from plugfest.station.blocks.conversion.v201 import place_of
from plugfest.station.blocks.g_availability import v201 as block
from plugfest.station.blocks.g_availability.rules import ChangeAvailabilityStatus
from plugfest.station.blocks.g_availability.status_reporter import StatusReporter
from plugfest.station.connection.registration import Registration
from plugfest.station.model.connectors import connectors
from plugfest.station.model.connectors.availability import Availability, Place
from plugfest.station.model.connectors.connector_status import ConnectorStatus

TWO_CONNECTORS = "btc-power-gen4-l3a"


def _in_memory_only(right: Function) -> Function:
    def set_operative(self: Any, place: Place, *, operative: bool) -> None:
        (self._places.discard if operative else self._places.add)(place)

    return set_operative


def _not_again(right: Function) -> Function:
    """What is so already is refused."""

    async def change(context: Any, request: Any) -> Any:
        availability = context.shared.get(Availability)
        place = place_of(request.evse)
        off = place in availability._places
        if off == (request.operational_status == "Inoperative"):
            return ChangeAvailabilityResponse(status=t.ChangeAvailabilityStatusEnumType.Rejected)
        return await right(context, request)

    return change


def _at_once(right: Function) -> Function:
    """Also in a transaction."""
    return lambda self, place: not any(each in self._places or each in self._closed for each in place.with_parents())


def _without_above(right: Function) -> Function:
    """A station or an EVSE that is switched off leaves its connectors as they are."""
    return lambda self, place: place not in self._places


def _of_evse(right: Function) -> Function:
    return lambda evse: Place(right(evse).evse_id)


def _told_as(status: ConnectorStatus, instead: ConnectorStatus) -> Any:
    return lambda right: lambda facts: instead if right(facts) is status else right(facts)


def _never(status: ConnectorStatus) -> Any:
    return lambda right: lambda self, place: None if self._status(place) is status else right(self, place)


def _with_siblings(right: Function) -> Function:
    """All connectors of an EVSE are as the one that is in use."""

    def status(self: Any, place: Place) -> ConnectorStatus:
        every = [right(self, each) for each in self._places if each.evse_id == place.evse_id]
        return ConnectorStatus.OCCUPIED if ConnectorStatus.OCCUPIED in every else right(self, place)

    return status


def _by_the_clock(right: Function) -> Function:
    """A Heartbeat in every interval, and no matter what else was said."""

    async def silence(self: Any) -> None:
        await asyncio.sleep(self._device_model.integer("OCPPCommCtrlr", "HeartbeatInterval"))

    return silence


BEHAVIOURS: tuple[Behaviour, ...] = (
    wrong(
        "no change of a connector is told",
        "G01.FR.03",
        "TC_G_01 TC_G_03 TC_G_05",
        Patch(
            block._ConnectorStatuses,
            "changed",
            lambda right: lambda self, place, status: self._update_device_model(place, status),
        ),
    ),
    wrong(
        "a connector that is in use is told as available",
        "G01.FR.03",
        "TC_G_01 TC_E_09",
        Patch(connectors, "status_of", _told_as(ConnectorStatus.OCCUPIED, ConnectorStatus.AVAILABLE)),
    ),
    wrong(
        "a connector that is switched off is told as faulted",
        "G03.FR.04",
        "TC_G_03 TC_G_05",
        Patch(connectors, "status_of", _told_as(ConnectorStatus.UNAVAILABLE, ConnectorStatus.FAULTED)),
    ),
    wrong(
        "that a connector is free again is not told",
        "G01.FR.04",
        "TC_G_02 TC_G_04",
        Patch(StatusReporter, "_report_if_new", _never(ConnectorStatus.AVAILABLE)),
    ),
    wrong(
        "that a connector is switched off is not told",
        "G03.FR.04",
        "TC_G_03 TC_G_05 TC_G_07",
        Patch(StatusReporter, "_report_if_new", _never(ConnectorStatus.UNAVAILABLE)),
    ),
    wrong(
        "what is switched off is in service after a boot",
        "G03.FR.08, G04.FR.09",
        "TC_G_18 TC_G_19 TC_G_21",
        Patch(Availability, "set_operative", _in_memory_only),
    ),
    wrong(
        "a change that has to wait is said to be accepted",
        "G03.FR.05",
        "TC_G_11 TC_G_14",
        Patch(block, "decide_change", always(ChangeAvailabilityStatus.ACCEPTED)),
    ),
    wrong(
        "every change is rejected",
        "G03.FR.03",
        "TC_G_03 TC_G_05",
        Patch(block, "decide_change", always(ChangeAvailabilityStatus.REJECTED)),
    ),
    wrong(
        "what is so already is rejected",
        "G03.FR.03",
        "TC_G_09 TC_G_12 TC_G_15",
        Patch(block, "_change", _not_again),
    ),
    wrong(
        "what is switched off ends the service of a transaction",
        "G03.FR.05",
        "TC_G_11 TC_G_14",
        Patch(Availability, "operative", _at_once),
    ),
    wrong(
        "a station that is switched off leaves its connectors in service",
        "G04.FR.05",
        "TC_G_05",
        Patch(Availability, "operative", _without_above),
    ),
    wrong(
        "a connector means its whole EVSE",
        "G03.FR.04",
        "TC_G_07",
        Patch(block, "place_of", _of_evse),
        product=TWO_CONNECTORS,
    ),
    wrong(
        "a cable is told as one in every connector of the EVSE",
        "G01.FR.08",
        "TC_G_01",
        Patch(connectors.Connectors, "_status", _with_siblings),
        product=TWO_CONNECTORS,
        level=Level.SHOULD,
    ),
    wrong(
        "it lives whatever else it says",
        "G02.FR.05",
        "TC_C_15",
        Patch(Registration, "_wait_for_heartbeat", _by_the_clock),
        product="reference-ac",
        level=Level.SHOULD,
    ),
    wrong(
        "nothing is switched off",
        "G03.FR.04",
        "TC_G_03 TC_G_05",
        Patch(Availability, "set_operative", NOTHING),
    ),
)
