"""The lab waits for the first message of a station that has connected, and for BootNotification after a reset."""

import asyncio

from tests.lab.scripted_campaign import campaign
from tests.lab.scripted_station import Called, ScriptedStation

from plugfest.lab.case import case
from plugfest.lab.csms.first_message import GRACE, FirstMessage
from plugfest.lab.v201.bench import Bench
from plugfest.lab.verdict import Verdict
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201 import types as t

BOOT = m.BootNotificationRequest(
    charging_station=t.ChargingStationType(model="S", vendor_name="Scripted"), reason=t.BootReasonEnumType.RemoteReset
)
RESET = m.ResetRequest(type=t.ResetEnumType.Immediate)
RESET_OF_EVSE = m.ResetRequest(type=t.ResetEnumType.Immediate, evse_id=1)
ACCEPTED = m.ResetResponse(status=t.ResetStatusEnumType.Accepted)
REJECTED = m.ResetResponse(status=t.ResetStatusEnumType.Rejected)


def after(request: m.ResetRequest, response: m.ResetResponse) -> FirstMessage:
    first = FirstMessage(boot_timeout=180.0)
    first.note_response(request, response)
    first.connected(now=100.0)
    return first


def test_without_a_reset_any_message_of_the_station_will_do() -> None:
    first = FirstMessage(boot_timeout=180.0)
    first.connected(now=100.0)
    assert (first.received, first.deadline) == (False, 100.0 + GRACE)
    first.note_request(m.HeartbeatRequest())
    assert first.received


def test_after_a_reset_only_a_boot_will_do() -> None:
    first = after(RESET, ACCEPTED)
    first.note_request(m.HeartbeatRequest())
    assert (first.received, first.deadline) == (False, 280.0)
    first.note_request(BOOT)
    assert first.received


def test_after_the_boot_a_lost_connection_needs_no_boot() -> None:
    first = after(RESET, ACCEPTED)
    first.note_request(BOOT)
    first.connected(now=200.0)
    assert first.deadline == 200.0 + GRACE


def test_a_reset_that_is_refused_or_of_an_evse_leads_to_no_boot() -> None:
    assert after(RESET, REJECTED).deadline == 100.0 + GRACE
    assert after(RESET_OF_EVSE, ACCEPTED).deadline == 100.0 + GRACE


def test_the_next_request_waits_for_the_boot_after_a_reset() -> None:
    """The station boots 20 s after it has connected again, and refuses any request before."""
    booted: list[bool] = []

    @case("TC_X_01_CS")
    async def resets(bench: Bench) -> None:
        await bench.call(RESET, status="Accepted")
        await bench.csms.wait_disconnected(within=10)
        await bench.csms.wait_connected(within=30)
        await bench.call(m.ClearCacheRequest(), status="Accepted")
        await bench.expect(m.BootNotificationRequest)

    def resets_slowly(station: ScriptedStation) -> None:
        async def boots_late() -> None:
            if station.connections > 1 and not booted:
                await asyncio.sleep(20.0)
                await station.sends(BOOT)
                booted.append(True)

        async def hangs_up(called: Called) -> None:
            await called.answer(ACCEPTED)
            called.peer.abort()

        station.on_connected = boots_late
        station.scripts[m.ResetRequest] = hangs_up
        station.handlers[m.ClearCacheRequest] = lambda _: m.ClearCacheResponse(
            status=t.ClearCacheStatusEnumType.Accepted if booted else t.ClearCacheStatusEnumType.Rejected
        )

    (result,) = campaign(resets, prepare=resets_slowly)
    assert result.verdict is Verdict.PASS, result.findings
