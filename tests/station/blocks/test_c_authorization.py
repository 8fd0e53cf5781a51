"""Authorization on the wire (C01 to C12, C16)."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from tests.station.csms import refuse
from tests.station.scene import HYC, Scene, play, variant

from plugfest.ocpp.message import UNSET
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201 import types as t

CARD = "ISO14443"


async def present(it: Scene, token: str, evse_id: int | None = None) -> None:
    it.operator.present_token(token, CARD, evse_id)
    await asyncio.sleep(15)


def authorizations(it: Scene) -> list[str]:
    return [request.id_token.id_token for request in it.csms.all(m.AuthorizeRequest)]


@pytest.mark.parametrize("status", ["Invalid", "Blocked", "Expired", "Unknown", "NotAtThisLocation"])
def test_token_that_is_not_accepted_changes_nothing(status: str) -> None:
    async def body(it: Scene) -> None:
        it.statuses["A"] = status
        it.operator.plug_in(1, 1)
        await asyncio.sleep(2)
        await present(it, "A")
        assert authorizations(it) == ["A"]  # C01.FR.02
        assert it.story() == ["Started CablePluggedIn EVConnected"]  # E02.FR.20 note

    play(body, start="EVConnected")


def test_start_needs_the_csms_and_stop_does_not() -> None:
    async def body(it: Scene) -> None:
        it.operator.plug_in(1, 1)
        await present(it, "A")
        await present(it, "a")
        assert authorizations(it) == ["A"]  # C01.FR.03; tokens are case insensitive
        assert it.story()[-1].startswith("Ended StopAuthorized")

    play(body, start="EVConnected")


def test_different_token_neither_stops_nor_starts_at_the_same_evse() -> None:
    async def body(it: Scene) -> None:
        it.operator.plug_in(1, 1)
        await present(it, "A", 1)
        before = len(it.events)
        await present(it, "B", 1)
        assert authorizations(it) == ["A", "B"]
        assert len(it.events) == before

    play(body, start="EVConnected")


def test_second_driver_at_a_shared_reader_charges_at_the_other_evse() -> None:
    async def body(it: Scene) -> None:
        it.operator.plug_in(1, 1)
        await present(it, "A")
        it.operator.plug_in(2, 1)
        await present(it, "B")
        by_token = {event.id_token.id_token: event for event in it.events if event.id_token is not UNSET}
        first = by_token["A"].transaction_info.transaction_id
        second = by_token["B"].transaction_info.transaction_id
        assert first != second
        assert it.operator.evses[1].meter.read().power > 0
        assert it.operator.evses[2].meter.read().power > 0

    play(body, start="EVConnected")


def test_accepted_token_in_the_cache_starts_without_asking() -> None:
    async def body(it: Scene) -> None:
        await _cached(it, "A")
        await present(it, "A")
        assert authorizations(it) == ["A"]  # C12.FR.02
        assert it.events[-1].trigger_reason is t.TriggerReasonEnumType.Authorized

    play(body, start="Authorized", AuthCtrlr__LocalPreAuthorize="true")


def test_cached_token_is_asked_for_where_pre_authorization_is_off() -> None:
    async def body(it: Scene) -> None:
        await _cached(it, "A")
        await present(it, "A")
        assert authorizations(it) == ["A", "A"]

    play(body, start="Authorized", AuthCtrlr__LocalPreAuthorize="false")


def test_cached_token_that_was_not_accepted_is_asked_for_again() -> None:
    async def body(it: Scene) -> None:
        it.statuses["A"] = "Blocked"
        await present(it, "A")
        await present(it, "A")
        assert authorizations(it) == ["A", "A"]  # C10.FR.03, C12.FR.05

    play(body, AuthCtrlr__LocalPreAuthorize="true")


def test_what_a_transaction_event_brings_back_is_learned() -> None:
    async def body(it: Scene) -> None:
        await _cached(it, "A")
        it.statuses["A"] = "Invalid"
        await present(it, "A")
        assert it.story()[-1] == "Ended Deauthorized Idle because DeAuthorized"
        await present(it, "A")
        assert authorizations(it) == ["A", "A"]  # C10.FR.05

    play(body, start="Authorized", stop="Authorized", AuthCtrlr__LocalPreAuthorize="true")


def test_cache_survives_a_power_cut() -> None:
    async def body(it: Scene) -> None:
        await _cached(it, "A")
        await it.station.power_off()
        it.station.power_on()
        await it.csms.expect(m.SecurityEventNotificationRequest, 2)
        await present(it, "A")
        assert authorizations(it) == ["A"]  # C10.FR.02

    play(body, start="Authorized", AuthCtrlr__LocalPreAuthorize="true")


def test_cached_token_expires() -> None:
    async def body(it: Scene) -> None:
        await _cached(it, "A")
        await asyncio.sleep(60)
        await present(it, "A")
        assert authorizations(it) == ["A", "A"]  # C10.FR.10

    play(body, start="Authorized", AuthCtrlr__LocalPreAuthorize="true", AuthCacheCtrlr__LifeTime="50")


@pytest.mark.parametrize(("enabled", "status"), [("true", "Accepted"), ("false", "Rejected")])
def test_cache_is_cleared_only_while_it_is_enabled(enabled: str, status: str) -> None:
    async def body(it: Scene) -> None:
        await _cached(it, "A")
        await it.set("AuthCacheCtrlr.Enabled", enabled)
        response = await it.csms.call(m.ClearCacheRequest())
        assert response.status.value == status  # C11.FR.03, C11.FR.04
        await it.set("AuthCacheCtrlr.Enabled", "true")
        await present(it, "A")
        assert authorizations(it) == (["A", "A"] if enabled == "true" else ["A"])

    play(body, start="Authorized", AuthCtrlr__LocalPreAuthorize="true")


def test_token_of_the_same_group_stops_after_the_csms_has_said_so() -> None:
    async def body(it: Scene) -> None:
        it.groups |= {"A": "FAMILY", "B": "FAMILY"}
        it.operator.plug_in(1, 1)
        await present(it, "A")
        await present(it, "B")
        assert authorizations(it) == ["A", "B"]  # C09.FR.05
        assert it.story()[-1] == "Ended StopAuthorized EVConnected because Local"  # C09.FR.03
        assert it.events[-1].id_token == t.IdTokenType(id_token="B", type=t.IdTokenEnumType.ISO14443)

    play(body, start="EVConnected")


def test_cached_token_of_the_same_group_stops_without_asking() -> None:
    async def body(it: Scene) -> None:
        it.groups |= {"A": "FAMILY", "B": "FAMILY"}
        await _cached(it, "B")
        it.operator.plug_in(1, 1)
        await present(it, "A")
        await present(it, "B")
        assert authorizations(it) == ["B", "A"]  # C01.FR.03 (b), C09.FR.07
        assert it.story()[-1] == "Ended StopAuthorized EVConnected because Local"

    play(body, start="EVConnected")


def test_token_of_the_group_that_is_not_accepted_stops_nothing() -> None:
    async def body(it: Scene) -> None:
        it.groups |= {"A": "FAMILY", "B": "FAMILY"}
        it.statuses["B"] = "Invalid"
        it.operator.plug_in(1, 1)
        await present(it, "A")
        await present(it, "B")
        assert it.story()[-1] == "Updated ChargingStateChanged Charging"  # C09.FR.11
        assert it.operator.evses[1].meter.read().power > 0

    play(body, start="EVConnected")


def test_token_may_be_good_for_some_evses_only() -> None:
    async def body(it: Scene) -> None:
        def only_two(_: Any) -> m.AuthorizeResponse:
            return m.AuthorizeResponse(
                id_token_info=t.IdTokenInfoType(status=t.AuthorizationStatusEnumType.Accepted, evse_id=[2])
            )

        it.csms.replies["Authorize"] = only_two
        it.operator.plug_in(1, 1)
        await present(it, "A")
        assert it.operator.evses[1].meter.read().power == 0  # C01.FR.21
        it.operator.plug_in(2, 1)
        await asyncio.sleep(15)
        assert it.operator.evses[2].meter.read().power > 0

    play(body, start="PowerPathClosed")


def test_master_pass_stops_every_transaction_and_starts_none(tmp_path: Path) -> None:
    async def body(it: Scene) -> None:
        it.groups["POLICE"] = "MASTER"
        await present(it, "POLICE")
        assert it.events == []  # C16.FR.03
        for evse_id in (1, 2):
            it.operator.plug_in(evse_id, 1)
            await present(it, f"CARD{evse_id}")
        await present(it, "POLICE")
        ended = [line for line in it.story() if line.startswith("Ended")]
        assert ended == ["Ended StopAuthorized EVConnected because MasterPass"] * 2  # C16.FR.02, C16.FR.07

    product = variant(tmp_path, HYC, {"C-08": True})
    play(body, product, start="Authorized", stop="Authorized", AuthCtrlr__MasterPassGroupId="MASTER")


def test_start_button_needs_no_token(tmp_path: Path) -> None:
    async def body(it: Scene) -> None:
        it.operator.plug_in(1, 1)
        it.operator.press_start_button(1)
        await asyncio.sleep(15)
        assert authorizations(it) == []
        tokens = [event.id_token for event in it.events if event.id_token is not UNSET]
        assert tokens == [t.IdTokenType(id_token="", type=t.IdTokenEnumType.NoAuthorization)]  # C02.FR.01
        it.operator.press_start_button(1)
        await asyncio.sleep(2)
        assert it.story()[-1] == "Ended StopAuthorized EVConnected because Local"

    play(body, variant(tmp_path, HYC, {"C-35": True, "C-75": True}), start="EVConnected")


def test_plugging_in_is_enough_where_nobody_is_authorized(tmp_path: Path) -> None:
    async def body(it: Scene) -> None:
        it.operator.plug_in(1, 1)
        await asyncio.sleep(15)
        assert it.story()[-1] == "Updated ChargingStateChanged Charging"
        assert authorizations(it) == []

    play(body, variant(tmp_path, HYC, {"C-35": True}), start="EVConnected", AuthCtrlr__Enabled="false")


def test_unknown_token_is_refused_where_the_csms_is_never_asked(tmp_path: Path) -> None:
    async def body(it: Scene) -> None:
        it.operator.plug_in(1, 1)
        await present(it, "A")
        assert authorizations(it) == []  # AuthCtrlr.DisableRemoteAuthorization
        assert it.story() == ["Started CablePluggedIn EVConnected"]

    product = variant(tmp_path, HYC, {"C-58": True})
    play(body, product, start="EVConnected", AuthCtrlr__DisableRemoteAuthorization="true")


def test_nobody_takes_over_a_transaction_that_lost_its_authorization() -> None:
    async def body(it: Scene) -> None:
        it.operator.plug_in(1, 1)
        await present(it, "A", 1)
        await present(it, "A", 1)
        assert it.story()[-1] == "Updated ChargingStateChanged EVConnected"
        await present(it, "B", 1)
        assert authorizations(it) == ["A"]  # C01.FR.23
        await present(it, "A", 1)
        assert it.story()[-2:] == ["Updated Authorized", "Updated ChargingStateChanged Charging"]

    play(body, start="EVConnected", stop="EVConnected")


async def _cached(it: Scene, token: str) -> None:
    """The CSMS has accepted the token, and nothing came of it."""
    it.operator.present_token(token, CARD)
    await asyncio.sleep(1)
    it.operator.present_token(token, CARD)
    await asyncio.sleep(5)


def test_refusal_that_the_csms_did_not_speak_is_not_learned() -> None:
    async def body(it: Scene) -> None:
        answers = it.csms.replies["Authorize"]
        it.csms.replies["Authorize"] = refuse
        await present(it, "A")
        assert it.events == []
        it.csms.replies["Authorize"] = answers
        it.station.network_off()
        await present(it, "A")
        it.station.network_on()
        await asyncio.sleep(60)
        assert it.events[0].offline is True  # nothing was known about the token: C15.FR.08

    play(body, start="Authorized", AuthCtrlr__OfflineTxForUnknownIdEnabled="true")


def test_token_that_is_presented_again_while_it_is_asked_about_means_nothing() -> None:
    async def body(it: Scene) -> None:
        it.operator.present_token("A", CARD)
        it.operator.present_token("A", CARD)
        await asyncio.sleep(10)
        assert authorizations(it) == ["A"]
        assert it.story() == ["Started Authorized Idle"]

    play(body, start="Authorized")
