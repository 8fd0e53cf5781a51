"""Authorization on the wire (C01 to C12, C16)."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from tests.station.csms import refuse
from tests.station.station_bench import HYC, StationBench, product_variant, run_on_bench

from plugfest.ocpp.message import UNSET, given
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201 import types as t

CARD = "ISO14443"


async def present(bench: StationBench, token: str, evse_id: int | None = None) -> None:
    bench.hardware.present_token(token, CARD, evse_id)
    await asyncio.sleep(15)


def authorizations(bench: StationBench) -> list[str]:
    return [request.id_token.id_token for request in bench.csms.all(m.AuthorizeRequest)]


@pytest.mark.parametrize("status", ["Invalid", "Blocked", "Expired", "Unknown", "NotAtThisLocation"])
def test_token_that_is_not_accepted_changes_nothing(status: str) -> None:
    async def body(bench: StationBench) -> None:
        bench.statuses["A"] = status
        bench.hardware.plug_in(1, 1)
        await asyncio.sleep(2)
        await present(bench, "A")
        assert authorizations(bench) == ["A"]  # C01.FR.02
        assert bench.transcript() == ["Started CablePluggedIn EVConnected"]  # E02.FR.20 note

    run_on_bench(body, start="EVConnected")


def test_start_needs_the_csms_and_stop_does_not() -> None:
    async def body(bench: StationBench) -> None:
        bench.hardware.plug_in(1, 1)
        await present(bench, "A")
        await present(bench, "a")
        assert authorizations(bench) == ["A"]  # C01.FR.03; tokens are case insensitive
        assert bench.transcript()[-1].startswith("Ended StopAuthorized")

    run_on_bench(body, start="EVConnected")


def test_another_token_neither_stops_nor_starts_at_the_same_evse() -> None:
    async def body(bench: StationBench) -> None:
        bench.hardware.plug_in(1, 1)
        await present(bench, "A", 1)
        before = len(bench.events)
        await present(bench, "B", 1)
        assert authorizations(bench) == ["A", "B"]
        assert len(bench.events) == before

    run_on_bench(body, start="EVConnected")


def test_second_driver_at_a_shared_reader_charges_at_the_other_evse() -> None:
    async def body(bench: StationBench) -> None:
        bench.hardware.plug_in(1, 1)
        await present(bench, "A")
        bench.hardware.plug_in(2, 1)
        await present(bench, "B")
        by_token = {event.id_token.id_token: event for event in bench.events if event.id_token is not UNSET}
        first = by_token["A"].transaction_info.transaction_id
        second = by_token["B"].transaction_info.transaction_id
        assert first != second
        assert bench.hardware.evses[1].meter.read().power > 0
        assert bench.hardware.evses[2].meter.read().power > 0

    run_on_bench(body, start="EVConnected")


def test_accepted_token_in_the_cache_starts_without_an_authorize_request() -> None:
    async def body(bench: StationBench) -> None:
        await _cache_token(bench, "A")
        await present(bench, "A")
        assert authorizations(bench) == ["A"]  # C12.FR.02
        assert bench.events[-1].trigger_reason is t.TriggerReasonEnumType.Authorized

    run_on_bench(body, start="Authorized", AuthCtrlr__LocalPreAuthorize="true")


def test_cached_token_is_authorized_without_local_pre_authorization() -> None:
    async def body(bench: StationBench) -> None:
        await _cache_token(bench, "A")
        await present(bench, "A")
        assert authorizations(bench) == ["A", "A"]

    run_on_bench(body, start="Authorized", AuthCtrlr__LocalPreAuthorize="false")


def test_cached_token_that_was_not_accepted_is_authorized_again() -> None:
    async def body(bench: StationBench) -> None:
        bench.statuses["A"] = "Blocked"
        await present(bench, "A")
        await present(bench, "A")
        assert authorizations(bench) == ["A", "A"]  # C10.FR.03, C12.FR.05

    run_on_bench(body, AuthCtrlr__LocalPreAuthorize="true")


def test_token_info_of_a_transaction_event_response_is_cached() -> None:
    async def body(bench: StationBench) -> None:
        await _cache_token(bench, "A")
        bench.statuses["A"] = "Invalid"
        await present(bench, "A")
        assert bench.transcript()[-1] == "Ended Deauthorized Idle because DeAuthorized"
        await present(bench, "A")
        assert authorizations(bench) == ["A", "A"]  # C10.FR.05

    run_on_bench(body, start="Authorized", stop="Authorized", AuthCtrlr__LocalPreAuthorize="true")


def test_cache_survives_a_power_loss() -> None:
    async def body(bench: StationBench) -> None:
        await _cache_token(bench, "A")
        await bench.station.power_off()
        bench.station.power_on()
        await bench.csms.expect(m.SecurityEventNotificationRequest, 2)
        await present(bench, "A")
        assert authorizations(bench) == ["A"]  # C10.FR.02

    run_on_bench(body, start="Authorized", AuthCtrlr__LocalPreAuthorize="true")


def test_cached_token_expires() -> None:
    async def body(bench: StationBench) -> None:
        await _cache_token(bench, "A")
        await asyncio.sleep(60)
        await present(bench, "A")
        assert authorizations(bench) == ["A", "A"]  # C10.FR.10

    run_on_bench(body, start="Authorized", AuthCtrlr__LocalPreAuthorize="true", AuthCacheCtrlr__LifeTime="50")


@pytest.mark.parametrize(("enabled", "status"), [("true", "Accepted"), ("false", "Rejected")])
def test_cache_is_cleared_only_while_it_is_enabled(enabled: str, status: str) -> None:
    async def body(bench: StationBench) -> None:
        await _cache_token(bench, "A")
        await bench.set("AuthCacheCtrlr.Enabled", enabled)
        response = await bench.csms.call(m.ClearCacheRequest())
        assert response.status.value == status  # C11.FR.03, C11.FR.04
        await bench.set("AuthCacheCtrlr.Enabled", "true")
        await present(bench, "A")
        assert authorizations(bench) == (["A", "A"] if enabled == "true" else ["A"])

    run_on_bench(body, start="Authorized", AuthCtrlr__LocalPreAuthorize="true")


def test_token_of_the_same_group_stops_after_an_authorize_request() -> None:
    async def body(bench: StationBench) -> None:
        bench.groups |= {"A": "FAMILY", "B": "FAMILY"}
        bench.hardware.plug_in(1, 1)
        await present(bench, "A")
        await present(bench, "B")
        assert authorizations(bench) == ["A", "B"]  # C09.FR.05
        assert bench.transcript()[-1] == "Ended StopAuthorized EVConnected because Local"  # C09.FR.03
        assert bench.events[-1].id_token == t.IdTokenType(id_token="B", type=t.IdTokenEnumType.ISO14443)

    run_on_bench(body, start="EVConnected")


def test_cached_token_of_the_same_group_stops_without_an_authorize_request() -> None:
    async def body(bench: StationBench) -> None:
        bench.groups |= {"A": "FAMILY", "B": "FAMILY"}
        await _cache_token(bench, "B")
        bench.hardware.plug_in(1, 1)
        await present(bench, "A")
        await present(bench, "B")
        assert authorizations(bench) == ["B", "A"]  # C01.FR.03 (b), C09.FR.07
        assert bench.transcript()[-1] == "Ended StopAuthorized EVConnected because Local"

    run_on_bench(body, start="EVConnected")


def test_a_group_that_is_omitted_in_the_answer_to_the_event_is_kept() -> None:
    async def body(bench: StationBench) -> None:
        bench.groups |= {"A": "FAMILY", "B": "FAMILY"}
        accepted = t.IdTokenInfoType(status=t.AuthorizationStatusEnumType.Accepted)
        bench.csms.replies["TransactionEvent"] = lambda request: m.TransactionEventResponse(
            id_token_info=accepted if given(request.id_token) else UNSET
        )
        bench.hardware.plug_in(1, 1)
        await present(bench, "A")
        await present(bench, "B")
        assert authorizations(bench) == ["A", "B"]
        assert bench.transcript()[-1] == "Ended StopAuthorized EVConnected because Local"  # C09.FR.03

    run_on_bench(body, start="EVConnected")


def test_token_of_the_group_that_is_not_accepted_stops_nothing() -> None:
    async def body(bench: StationBench) -> None:
        bench.groups |= {"A": "FAMILY", "B": "FAMILY"}
        bench.statuses["B"] = "Invalid"
        bench.hardware.plug_in(1, 1)
        await present(bench, "A")
        await present(bench, "B")
        assert bench.transcript()[-1] == "Updated ChargingStateChanged Charging"  # C09.FR.11
        assert bench.hardware.evses[1].meter.read().power > 0

    run_on_bench(body, start="EVConnected")


def test_token_may_be_valid_for_some_evses_only() -> None:
    async def body(bench: StationBench) -> None:
        def only_two(_: Any) -> m.AuthorizeResponse:
            return m.AuthorizeResponse(
                id_token_info=t.IdTokenInfoType(status=t.AuthorizationStatusEnumType.Accepted, evse_id=[2])
            )

        bench.csms.replies["Authorize"] = only_two
        bench.hardware.plug_in(1, 1)
        await present(bench, "A")
        assert bench.hardware.evses[1].meter.read().power == 0  # C01.FR.21
        bench.hardware.plug_in(2, 1)
        await asyncio.sleep(15)
        assert bench.hardware.evses[2].meter.read().power > 0

    run_on_bench(body, start="PowerPathClosed")


def test_master_pass_stops_every_transaction_and_starts_none(tmp_path: Path) -> None:
    async def body(bench: StationBench) -> None:
        bench.groups["D0"] = "MASTER"
        await present(bench, "D0")
        assert bench.events == []  # C16.FR.03
        for evse_id in (1, 2):
            bench.hardware.plug_in(evse_id, 1)
            await present(bench, f"C{evse_id}")
        await present(bench, "D0")
        ended = [line for line in bench.transcript() if line.startswith("Ended")]
        assert ended == ["Ended StopAuthorized EVConnected because MasterPass"] * 2  # C16.FR.02, C16.FR.07

    product = product_variant(tmp_path, HYC, {"C-08": True})
    run_on_bench(body, product, start="Authorized", stop="Authorized", AuthCtrlr__MasterPassGroupId="MASTER")


def test_start_button_needs_no_token(tmp_path: Path) -> None:
    async def body(bench: StationBench) -> None:
        bench.hardware.plug_in(1, 1)
        bench.hardware.press_start_button(1)
        await asyncio.sleep(15)
        assert authorizations(bench) == []
        tokens = [event.id_token for event in bench.events if event.id_token is not UNSET]
        assert tokens == [t.IdTokenType(id_token="", type=t.IdTokenEnumType.NoAuthorization)]  # C02.FR.01
        bench.hardware.press_start_button(1)
        await asyncio.sleep(2)
        assert bench.transcript()[-1] == "Ended StopAuthorized EVConnected because Local"

    run_on_bench(body, product_variant(tmp_path, HYC, {"C-35": True, "C-75": True}), start="EVConnected")


def test_plugging_in_is_enough_where_authorization_is_disabled(tmp_path: Path) -> None:
    async def body(bench: StationBench) -> None:
        bench.hardware.plug_in(1, 1)
        await asyncio.sleep(15)
        assert bench.transcript()[-1] == "Updated ChargingStateChanged Charging"
        assert authorizations(bench) == []

    run_on_bench(body, product_variant(tmp_path, HYC, {"C-35": True}), start="EVConnected", AuthCtrlr__Enabled="false")


def test_unknown_token_is_rejected_if_the_csms_is_never_asked(tmp_path: Path) -> None:
    async def body(bench: StationBench) -> None:
        bench.hardware.plug_in(1, 1)
        await present(bench, "A")
        assert authorizations(bench) == []  # AuthCtrlr.DisableRemoteAuthorization
        assert bench.transcript() == ["Started CablePluggedIn EVConnected"]

    product = product_variant(tmp_path, HYC, {"C-58": True})
    run_on_bench(body, product, start="EVConnected", AuthCtrlr__DisableRemoteAuthorization="true")


def test_no_other_token_resumes_a_transaction_without_authorization() -> None:
    async def body(bench: StationBench) -> None:
        bench.hardware.plug_in(1, 1)
        await present(bench, "A", 1)
        await present(bench, "A", 1)
        assert bench.transcript()[-1] == "Updated ChargingStateChanged EVConnected"
        await present(bench, "B", 1)
        assert authorizations(bench) == ["A"]  # C01.FR.23
        await present(bench, "A", 1)
        assert bench.transcript()[-2:] == ["Updated Authorized", "Updated ChargingStateChanged Charging"]

    run_on_bench(body, start="EVConnected", stop="EVConnected")


async def _cache_token(bench: StationBench, token: str) -> None:
    """Put the token into the cache, without a transaction."""
    bench.hardware.present_token(token, CARD)
    await asyncio.sleep(1)
    bench.hardware.present_token(token, CARD)
    await asyncio.sleep(5)


def test_error_of_the_csms_is_not_cached() -> None:
    async def body(bench: StationBench) -> None:
        answers = bench.csms.replies["Authorize"]
        bench.csms.replies["Authorize"] = refuse
        await present(bench, "A")
        assert bench.events == []
        bench.csms.replies["Authorize"] = answers
        bench.station.network_off()
        await present(bench, "A")
        bench.station.network_on()
        await asyncio.sleep(60)
        assert bench.events[0].offline is True  # nothing was known about the token: C15.FR.08

    run_on_bench(body, start="Authorized", AuthCtrlr__OfflineTxForUnknownIdEnabled="true")


def test_token_presented_again_during_its_authorization_is_ignored() -> None:
    async def body(bench: StationBench) -> None:
        bench.hardware.present_token("A", CARD)
        bench.hardware.present_token("A", CARD)
        await asyncio.sleep(10)
        assert authorizations(bench) == ["A"]
        assert bench.transcript() == ["Started Authorized Idle"]

    run_on_bench(body, start="Authorized")
