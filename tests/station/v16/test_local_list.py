"""The Local Authorization List in OCPP 1.6 (3.5.2, 5.10, 5.15)."""

import asyncio
from datetime import timedelta

import pytest
from tests.station.v16.station_bench import CARD, OTHER_CARD, StationBench, station_bench

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


async def send(
    bench: StationBench, version: int, *entries: t.AuthorizationData, kind: t.SendLocalListUpdateType = FULL
) -> str:
    request = m.SendLocalListRequest(
        list_version=version, update_type=kind, local_authorization_list=list(entries) or UNSET
    )
    return (await bench.csms.call(request)).status.value


async def version(bench: StationBench) -> int:
    return (await bench.csms.call(m.GetLocalListVersionRequest())).list_version


def test_versions() -> None:
    async def scenario() -> None:
        async with station_bench() as bench:
            assert await version(bench) == 0
            assert await send(bench, 2, entry(CARD)) == "Accepted"
            assert await version(bench) == 2
            assert await send(bench, 5, entry(OTHER_CARD), kind=DIFFERENTIAL) == "Accepted"
            assert await send(bench, 4, entry(OTHER_CARD), kind=DIFFERENTIAL) == "VersionMismatch"
            assert await version(bench) == 5
            assert await send(bench, 1) == "Accepted"
            assert await version(bench) == 0  # 5.10: an empty list

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
def test_an_invalid_list_is_failed(number: int, entries: list[t.AuthorizationData]) -> None:
    async def scenario() -> None:
        async with station_bench() as bench:
            assert await send(bench, number, *entries) == "Failed"
            assert await version(bench) == 0

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
def test_a_rejected_change_has_no_effect(number: int, entries: list[t.AuthorizationData], status: str) -> None:
    async def scenario() -> None:
        async with station_bench() as bench:
            await bench.change("LocalPreAuthorize", "true")
            await send(bench, 2, entry(CARD))
            assert await send(bench, number, *entries, kind=DIFFERENTIAL) == status
            assert await version(bench) == 2
            await bench.charge(1, OTHER_CARD)
            await bench.charge(2, CARD)
            assert [each.id_tag for each in bench.csms.all(m.AuthorizeRequest)] == [OTHER_CARD]

    run_simulated(scenario())


def test_a_rejected_full_list_leaves_the_old_one() -> None:
    async def scenario() -> None:
        async with station_bench() as bench:
            await bench.change("LocalPreAuthorize", "true")
            await send(bench, 2, entry(CARD))
            assert await send(bench, 3, entry(OTHER_CARD), entry(OTHER_CARD)) == "Failed"
            assert await version(bench) == 2
            await bench.charge()
            assert not bench.csms.all(m.AuthorizeRequest)

    run_simulated(scenario())


def test_a_full_list_may_have_any_version() -> None:
    async def scenario() -> None:
        async with station_bench() as bench:
            for number in (5, 5, 3):
                assert await send(bench, number, entry(CARD)) == "Accepted"
                assert await version(bench) == number

    run_simulated(scenario())


def test_the_list_has_at_most_local_auth_list_max_length_entries() -> None:
    async def scenario() -> None:
        async with station_bench("reference-16-ac") as bench:
            most = int(await bench.value("LocalAuthListMaxLength") or 0)
            at_once = int(await bench.value("SendLocalListMaxLength") or 0)
            cards = [f"CARD{number}" for number in range(most + 1)]
            for number, first in enumerate(range(0, most, at_once), 1):
                some = [entry(card) for card in cards[first : min(first + at_once, most)]]
                assert await send(bench, number, *some, kind=DIFFERENTIAL) == "Accepted"
            assert await send(bench, 100, entry(cards[-1]), kind=DIFFERENTIAL) == "Failed"
            assert await send(bench, 101, entry(cards[0], "Blocked"), kind=DIFFERENTIAL) == "Accepted"
            assert await send(bench, 102, entry(cards[0], None), entry(cards[-1]), kind=DIFFERENTIAL) == "Accepted"

    run_simulated(scenario())


def test_an_empty_change_and_one_of_an_unlisted_token_change_no_entry() -> None:
    async def scenario() -> None:
        async with station_bench() as bench:
            await bench.change("LocalPreAuthorize", "true")
            await send(bench, 1, entry(CARD))
            assert await send(bench, 2, kind=DIFFERENTIAL) == "Accepted"
            assert await send(bench, 3, entry(OTHER_CARD, None), kind=DIFFERENTIAL) == "Accepted"
            assert await version(bench) == 3
            await bench.charge()
            assert not bench.csms.all(m.AuthorizeRequest)

    run_simulated(scenario())


def test_a_token_blocked_in_the_list_is_authorized_by_the_csms() -> None:
    async def scenario() -> None:
        async with station_bench() as bench:
            await bench.change("LocalPreAuthorize", "true")
            await send(bench, 1, entry(CARD, "Blocked"))
            await bench.charge()
            assert [each.id_tag for each in bench.csms.all(m.AuthorizeRequest)] == [CARD]

    run_simulated(scenario())


def test_it_survives_a_power_loss() -> None:
    async def scenario() -> None:
        store = Store()
        async with station_bench(store=store) as bench:
            await send(bench, 7, entry(CARD))
        async with station_bench(store=store) as bench:
            assert await version(bench) == 7

    run_simulated(scenario())


def test_a_listed_token_charges_without_an_authorize_request() -> None:
    async def scenario() -> None:
        async with station_bench() as bench:
            await bench.change("LocalPreAuthorize", "true")
            await send(bench, 1, entry(CARD))
            bench.clear_messages()
            await bench.charge()
            assert not bench.csms.all(m.AuthorizeRequest)

    run_simulated(scenario())


def test_a_change_can_remove_a_token() -> None:
    async def scenario() -> None:
        async with station_bench() as bench:
            await bench.change("LocalPreAuthorize", "true")
            await send(bench, 1, entry(CARD), entry(OTHER_CARD))
            await send(bench, 2, entry(CARD, None), kind=DIFFERENTIAL)
            await bench.charge()
            assert [each.id_tag for each in bench.csms.all(m.AuthorizeRequest)] == [CARD]

    run_simulated(scenario())


def test_while_offline_a_listed_token_charges_unless_it_has_expired() -> None:
    async def scenario() -> None:
        async with station_bench() as bench:
            await send(bench, 1, entry(CARD), entry(OTHER_CARD, expiry_date=utc_now() + timedelta(seconds=30)))
            bench.station.network_off()
            await asyncio.sleep(60)
            bench.hardware.plug_in(1, 1)
            bench.hardware.present_token(OTHER_CARD, "ISO14443", 1)
            await asyncio.sleep(30)
            bench.hardware.present_token(CARD, "ISO14443", 1)
            await asyncio.sleep(30)
            bench.station.network_on()
            assert (await bench.csms.expect(m.StartTransactionRequest)).id_tag == CARD

    run_simulated(scenario())


def test_a_conflict_with_the_list_is_reported() -> None:
    async def scenario() -> None:
        async with station_bench() as bench:
            await bench.change("LocalPreAuthorize", "true")
            await send(bench, 1, entry(CARD))
            bench.csms.statuses_of[CARD] = "Blocked"
            bench.hardware.plug_in(1, 1)
            bench.hardware.present_token(CARD, "ISO14443", 1)
            await bench.csms.expect(m.StopTransactionRequest)
            conflicts = [
                each.connector_id
                for each in bench.csms.all(m.StatusNotificationRequest)
                if each.error_code is t.StatusNotificationErrorCode.LocalListConflict
            ]
            assert conflicts == [0]  # 3.5.2

    run_simulated(scenario())


def test_a_disabled_list_does_not_exist() -> None:
    async def scenario() -> None:
        async with station_bench() as bench:
            await bench.change("LocalAuthListEnabled", "false")
            assert await version(bench) == -1
            assert await send(bench, 1, entry(CARD)) == "NotSupported"

    run_simulated(scenario())


def test_a_station_without_a_list_answers_not_supported() -> None:
    async def scenario() -> None:
        async with station_bench("reference-16-plain") as bench:
            assert await version(bench) == -1
            assert await send(bench, 1, entry(CARD)) == "NotSupported"

    run_simulated(scenario())
