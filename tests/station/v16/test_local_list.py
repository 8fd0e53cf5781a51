"""The Local Authorization List in OCPP 1.6 (3.5.2, 5.10, 5.15)."""

import asyncio
from datetime import timedelta

import pytest
from tests.station.v16.scene import CARD, OTHER_CARD, Scene, scene

from plugfest.clock import run_simulated, utc_now
from plugfest.ocpp.message import UNSET
from plugfest.ocpp.v16 import messages as m
from plugfest.ocpp.v16 import types as t
from plugfest.station.storage.store import Store

FULL, DIFFERENTIAL = t.SendLocalListUpdateType.Full, t.SendLocalListUpdateType.Differential


def entry(id_tag: str, status: str | None = "Accepted", **more: object) -> t.AuthorizationData:
    if status is None:
        return t.AuthorizationData(id_tag=id_tag)
    info = t.IdTagInfo(status=t.AuthorizationStatus(status), **more)  # type: ignore[arg-type]
    return t.AuthorizationData(id_tag=id_tag, id_tag_info=info)


async def send(it: Scene, version: int, *entries: t.AuthorizationData, kind: t.SendLocalListUpdateType = FULL) -> str:
    request = m.SendLocalListRequest(
        list_version=version, update_type=kind, local_authorization_list=list(entries) or UNSET
    )
    return (await it.csms.call(request)).status.value


async def version(it: Scene) -> int:
    return (await it.csms.call(m.GetLocalListVersionRequest())).list_version


def test_versions() -> None:
    async def scenario() -> None:
        async with scene() as it:
            assert await version(it) == 0
            assert await send(it, 2, entry(CARD)) == "Accepted"
            assert await version(it) == 2
            assert await send(it, 5, entry(OTHER_CARD), kind=DIFFERENTIAL) == "Accepted"
            assert await send(it, 4, entry(OTHER_CARD), kind=DIFFERENTIAL) == "VersionMismatch"
            assert await version(it) == 5
            assert await send(it, 1) == "Accepted"
            assert await version(it) == 0  # 5.10: an empty list

    run_simulated(scenario())


@pytest.mark.parametrize(
    ("number", "entries"),
    [
        (0, [entry(CARD)]),
        (-1, [entry(CARD)]),
        (1, [entry(CARD), entry(CARD.lower())]),
        (1, [entry(CARD, None)]),
        (1, [entry(f"CARD{number}") for number in range(101)]),
    ],
)
def test_a_list_that_cannot_be_kept_is_failed(number: int, entries: list[t.AuthorizationData]) -> None:
    async def scenario() -> None:
        async with scene() as it:
            assert await send(it, number, *entries) == "Failed"
            assert await version(it) == 0

    run_simulated(scenario())


@pytest.mark.parametrize(
    ("number", "entries", "status"),
    [
        (2, [entry(OTHER_CARD)], "VersionMismatch"),  # 7.47: less than or equal to the version of the list
        (1, [entry(OTHER_CARD)], "VersionMismatch"),
        (2, [entry(OTHER_CARD), entry(OTHER_CARD)], "VersionMismatch"),
        (0, [entry(OTHER_CARD)], "Failed"),  # erratum 3.52
        (3, [entry(OTHER_CARD), entry(OTHER_CARD.lower())], "Failed"),  # 6.41: no idTag twice
        (3, [entry(OTHER_CARD), entry(OTHER_CARD, None)], "Failed"),
        (3, [entry(f"CARD{number}") for number in range(101)], "Failed"),  # SendLocalListMaxLength
    ],
)
def test_a_change_that_is_refused_changes_nothing(number: int, entries: list[t.AuthorizationData], status: str) -> None:
    async def scenario() -> None:
        async with scene() as it:
            await it.change("LocalPreAuthorize", "true")
            await send(it, 2, entry(CARD))
            assert await send(it, number, *entries, kind=DIFFERENTIAL) == status
            assert await version(it) == 2
            await it.charge(1, OTHER_CARD)
            await it.charge(2, CARD)
            assert [each.id_tag for each in it.csms.all(m.AuthorizeRequest)] == [OTHER_CARD]

    run_simulated(scenario())


def test_a_full_list_that_is_refused_leaves_the_old_one() -> None:
    async def scenario() -> None:
        async with scene() as it:
            await it.change("LocalPreAuthorize", "true")
            await send(it, 2, entry(CARD))
            assert await send(it, 3, entry(OTHER_CARD), entry(OTHER_CARD)) == "Failed"
            assert await version(it) == 2
            await it.charge()
            assert not it.csms.all(m.AuthorizeRequest)

    run_simulated(scenario())


def test_any_version_will_do_for_a_full_list() -> None:
    async def scenario() -> None:
        async with scene() as it:
            for number in (5, 5, 3):
                assert await send(it, number, entry(CARD)) == "Accepted"
                assert await version(it) == number

    run_simulated(scenario())


def test_no_more_than_local_auth_list_max_length_are_kept() -> None:
    async def scenario() -> None:
        async with scene("reference-16-ac") as it:
            most = int(await it.value("LocalAuthListMaxLength") or 0)
            at_once = int(await it.value("SendLocalListMaxLength") or 0)
            cards = [f"CARD{number}" for number in range(most + 1)]
            for number, first in enumerate(range(0, most, at_once), 1):
                some = [entry(card) for card in cards[first : min(first + at_once, most)]]
                assert await send(it, number, *some, kind=DIFFERENTIAL) == "Accepted"
            assert await send(it, 100, entry(cards[-1]), kind=DIFFERENTIAL) == "Failed"
            assert await send(it, 101, entry(cards[0], "Blocked"), kind=DIFFERENTIAL) == "Accepted"
            assert await send(it, 102, entry(cards[0], None), entry(cards[-1]), kind=DIFFERENTIAL) == "Accepted"

    run_simulated(scenario())


def test_a_change_without_entries_and_one_of_somebody_who_is_not_there_change_nobody() -> None:
    async def scenario() -> None:
        async with scene() as it:
            await it.change("LocalPreAuthorize", "true")
            await send(it, 1, entry(CARD))
            assert await send(it, 2, kind=DIFFERENTIAL) == "Accepted"
            assert await send(it, 3, entry(OTHER_CARD, None), kind=DIFFERENTIAL) == "Accepted"
            assert await version(it) == 3
            await it.charge()
            assert not it.csms.all(m.AuthorizeRequest)

    run_simulated(scenario())


def test_who_is_blocked_in_the_list_is_asked_about_and_may_charge_if_the_csms_says_so() -> None:
    async def scenario() -> None:
        async with scene() as it:
            await it.change("LocalPreAuthorize", "true")
            await send(it, 1, entry(CARD, "Blocked"))
            await it.charge()
            assert [each.id_tag for each in it.csms.all(m.AuthorizeRequest)] == [CARD]

    run_simulated(scenario())


def test_it_outlives_a_power_cut() -> None:
    async def scenario() -> None:
        store = Store()
        async with scene(store=store) as it:
            await send(it, 7, entry(CARD))
        async with scene(store=store) as it:
            assert await version(it) == 7

    run_simulated(scenario())


def test_who_is_in_the_list_charges_without_anybody_being_asked() -> None:
    async def scenario() -> None:
        async with scene() as it:
            await it.change("LocalPreAuthorize", "true")
            await send(it, 1, entry(CARD))
            it.forget()
            await it.charge()
            assert not it.csms.all(m.AuthorizeRequest)

    run_simulated(scenario())


def test_a_change_can_take_somebody_out() -> None:
    async def scenario() -> None:
        async with scene() as it:
            await it.change("LocalPreAuthorize", "true")
            await send(it, 1, entry(CARD), entry(OTHER_CARD))
            await send(it, 2, entry(CARD, None), kind=DIFFERENTIAL)
            await it.charge()
            assert [each.id_tag for each in it.csms.all(m.AuthorizeRequest)] == [CARD]

    run_simulated(scenario())


def test_while_offline_who_is_in_the_list_charges_unless_he_has_expired() -> None:
    async def scenario() -> None:
        async with scene() as it:
            await send(it, 1, entry(CARD), entry(OTHER_CARD, expiry_date=utc_now() + timedelta(seconds=30)))
            it.station.network_off()
            await asyncio.sleep(60)
            it.operator.plug_in(1, 1)
            it.operator.present_token(OTHER_CARD, "ISO14443", 1)
            await asyncio.sleep(30)
            it.operator.present_token(CARD, "ISO14443", 1)
            await asyncio.sleep(30)
            it.station.network_on()
            assert (await it.csms.expect(m.StartTransactionRequest)).id_tag == CARD

    run_simulated(scenario())


def test_a_conflict_with_the_list_is_told() -> None:
    async def scenario() -> None:
        async with scene() as it:
            await it.change("LocalPreAuthorize", "true")
            await send(it, 1, entry(CARD))
            it.csms.statuses_of[CARD] = "Blocked"
            it.operator.plug_in(1, 1)
            it.operator.present_token(CARD, "ISO14443", 1)
            await it.csms.expect(m.StopTransactionRequest)
            conflicts = [
                each.connector_id
                for each in it.csms.all(m.StatusNotificationRequest)
                if each.error_code is t.StatusNotificationErrorCode.LocalListConflict
            ]
            assert conflicts == [0]  # 3.5.2

    run_simulated(scenario())


def test_a_list_that_is_switched_off_is_none() -> None:
    async def scenario() -> None:
        async with scene() as it:
            await it.change("LocalAuthListEnabled", "false")
            assert await version(it) == -1
            assert await send(it, 1, entry(CARD)) == "NotSupported"

    run_simulated(scenario())


def test_a_station_without_a_list_says_so() -> None:
    async def scenario() -> None:
        async with scene("reference-16-plain") as it:
            assert await version(it) == -1
            assert await send(it, 1, entry(CARD)) == "NotSupported"

    run_simulated(scenario())
