"""Requests about the device model, the network, restarts and availability (Part 2, B05 to B12, G03, G04)."""

import asyncio
from typing import TYPE_CHECKING, Any

from ocpp.routing import after, on
from ocpp.v201 import call, call_result

if TYPE_CHECKING:
    from tests.rig.external.wallbox.firmware import Firmware

CHUNK = 5
"""Entries of one NotifyReportRequest."""


class Configuration:
    """Answers the requests of the CSMS that configure the wallbox."""

    def __init__(self, firmware: "Firmware") -> None:
        self._firmware = firmware
        self._model = firmware.model
        self._storage = firmware.storage
        self._reset_when_idle = False
        firmware.model.checks["SecurityCtrlr.BasicAuthPassword"] = self._check_password
        firmware.model.checks["OCPPCommCtrlr.NetworkConfigurationPriority"] = lambda value: (
            firmware.network.check_priority(value)
        )

    # B05, B06

    @on("GetVariables")
    async def get_variables(self, get_variable_data: list[dict[str, Any]], **_: object) -> call_result.GetVariables:
        return call_result.GetVariables(get_variable_result=[self._model.get(one) for one in get_variable_data])

    @on("SetVariables")
    async def set_variables(self, set_variable_data: list[dict[str, Any]], **_: object) -> call_result.SetVariables:
        return call_result.SetVariables(set_variable_result=[self._model.set(one) for one in set_variable_data])

    def _check_password(self, value: str) -> str:
        self._storage.password = value
        self._firmware.security_event("ReconfigurationOfSecurityParameters", "BasicAuthPassword")  # A01.FR.11
        self._firmware.do(self._firmware.network.reconnect_soon())
        return "Accepted"

    # B07, B08

    @on("GetBaseReport")
    async def get_base_report(self, request_id: int, report_base: str, **_: object) -> call_result.GetBaseReport:
        known = report_base in ("ConfigurationInventory", "FullInventory")
        return call_result.GetBaseReport(status="Accepted" if known else "NotSupported")

    @after("GetBaseReport")
    async def send_base_report(self, request_id: int, report_base: str, **_: object) -> None:
        if report_base != "SummaryInventory":
            await self._send(request_id, self._model.inventory(settable_only=report_base == "ConfigurationInventory"))

    @on("GetReport")
    async def get_report(
        self,
        request_id: int,
        component_variable: list[dict[str, Any]] | None = None,
        component_criteria: list[str] | None = None,
        **_: object,
    ) -> call_result.GetReport:
        if component_criteria is not None:
            return call_result.GetReport(status="NotSupported")
        found = self._model.report(component_variable)
        return call_result.GetReport(status="Accepted" if found else "EmptyResultSet")

    @after("GetReport")
    async def send_report(
        self,
        request_id: int,
        component_variable: list[dict[str, Any]] | None = None,
        component_criteria: list[str] | None = None,
        **_: object,
    ) -> None:
        if component_criteria is None:
            await self._send(request_id, self._model.report(component_variable))

    async def _send(self, request_id: int, data: list[dict[str, Any]]) -> None:
        for number, start in enumerate(range(0, len(data), CHUNK)):
            report = call.NotifyReport(
                request_id=request_id,
                generated_at=self._firmware.timestamp(),
                seq_no=number,
                tbc=start + CHUNK < len(data),
                report_data=data[start : start + CHUNK],
            )
            await self._firmware.tell(report, requested=True)

    # B09

    @on("SetNetworkProfile")
    async def set_network_profile(
        self, configuration_slot: int, connection_data: dict[str, Any], **_: object
    ) -> call_result.SetNetworkProfile:
        status = self._firmware.network.set_profile(configuration_slot, connection_data)
        return call_result.SetNetworkProfile(status=status)

    # B11, B12

    @on("Reset")
    async def reset(self, type: str, evse_id: int | None = None, **_: object) -> call_result.Reset:
        if evse_id is not None:
            return call_result.Reset(status="Rejected")  # B11.FR.09
        later = type == "OnIdle" and self._firmware.session.busy
        return call_result.Reset(status="Scheduled" if later else "Accepted")

    @after("Reset")
    async def reset_now(self, type: str, evse_id: int | None = None, **_: object) -> None:
        if evse_id is not None:
            return
        if type == "OnIdle" and self._firmware.session.busy:
            self._reset_when_idle = True
            return
        self._firmware.session.put(self._firmware.session.reset)
        await self._restart("RemoteReset")

    def session_ended(self) -> None:
        """Do what was put off until the end of the session."""
        if self._reset_when_idle:
            self._reset_when_idle = False
            self._firmware.do(self._restart("ScheduledReset"))

    async def _restart(self, reason: str) -> None:
        self._firmware.security_event("ResetOrReboot", reason)
        await asyncio.sleep(2)
        await self._firmware.outbox.emptied(within=10)
        self._storage.boot_reason = reason
        self._firmware.restart()

    # G03, G04

    @on("ChangeAvailability")
    async def change_availability(
        self, operational_status: str, evse: dict[str, int] | None = None, **_: object
    ) -> call_result.ChangeAvailability:
        place = _place(evse)
        if place is None:
            return call_result.ChangeAvailability(status="Rejected")
        unchanged = (place in self._storage.inoperative) == (operational_status == "Inoperative")
        if operational_status == "Inoperative":
            self._storage.inoperative.add(place)
        else:
            self._storage.inoperative.discard(place)
        scheduled = not unchanged and self._firmware.session.busy  # G03.FR.05
        return call_result.ChangeAvailability(status="Scheduled" if scheduled else "Accepted")

    @after("ChangeAvailability")
    async def report_availability(self, **_: object) -> None:
        self._firmware.session.put(self._firmware.report_status)


def _place(evse: dict[str, int] | None) -> str | None:
    """The name of a part of the wallbox, None if it has no such part."""
    match evse:
        case None:
            return "station"
        case {"id": 1, "connector_id": 1}:
            return "connector"
        case {"id": 1} if "connector_id" not in evse:
            return "evse"
    return None
