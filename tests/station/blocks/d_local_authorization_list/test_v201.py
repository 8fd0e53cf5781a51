"""The Local Authorization List in OCPP 2.0.1 (C13, C14, D01, D02)."""

import asyncio
from datetime import timedelta

import pytest
from tests.station.powered_station import powered_station
from tests.station.station_bench import CARD, StationBench, run_on_bench

from plugfest.clock import run_simulated, utc_now
from plugfest.link.errors import CallErrorReceived
from plugfest.ocpp.message import UNSET, given
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201 import types as t
from plugfest.station.storage.store import Store

PRODUCT = "reference-ac"
FULL, DIFFERENTIAL = t.UpdateEnumType.Full, t.UpdateEnumType.Differential
SETTINGS = {"start": "Authorized", "AuthCtrlr__LocalPreAuthorize": "true"}


def entry(token: str, status: str | None = "Accepted", *, kind: str = CARD, **more: object) -> t.AuthorizationData:
    id_token = t.IdTokenType(id_token=token, type=t.IdTokenEnumType(kind))
    if status is None:
        return t.AuthorizationData(id_token=id_token)
    info = t.IdTokenInfoType(status=t.AuthorizationStatusEnumType(status), **more)  # type: ignore[arg-type]
    return t.AuthorizationData(id_token=id_token, id_token_info=info)


def group(name: str) -> t.IdTokenType:
    return t.IdTokenType(id_token=name, type=t.IdTokenEnumType.Central)


def request(version: int, *entries: t.AuthorizationData, kind: t.UpdateEnumType = FULL) -> m.SendLocalListRequest:
    return m.SendLocalListRequest(
        version_number=version, update_type=kind, local_authorization_list=list(entries) or UNSET
    )


async def send(
    bench: StationBench, version: int, *entries: t.AuthorizationData, kind: t.UpdateEnumType = FULL
) -> tuple[str, str | None]:
    """The status and the reason code of the answer."""
    response = await bench.csms.call(request(version, *entries, kind=kind))
    info = given(response.status_info)
    return response.status.value, None if info is None else info.reason_code


async def version(bench: StationBench) -> int:
    return (await bench.csms.call(m.GetLocalListVersionRequest())).version_number


async def value(bench: StationBench, name: str) -> str:
    data = t.GetVariableDataType(
        component=t.ComponentType(name="LocalAuthListCtrlr"), variable=t.VariableType(name=name)
    )
    response = await bench.csms.call(m.GetVariablesRequest(get_variable_data=[data]))
    return given(response.get_variable_result[0].attribute_value) or ""


async def present(bench: StationBench, token: str, evse_id: int = 1) -> None:
    bench.hardware.present_token(token, CARD, evse_id)
    await asyncio.sleep(15)


def authorizations(bench: StationBench) -> list[str]:
    return [each.id_token.id_token for each in bench.csms.all(m.AuthorizeRequest)]


ACCEPTED = ("Accepted", None)


def test_versions() -> None:
    async def body(bench: StationBench) -> None:
        assert await version(bench) == 0  # D02.FR.02
        assert await send(bench, 2, entry("A")) == ACCEPTED
        assert await version(bench) == 2  # D02.FR.01
        assert await send(bench, 5, entry("B"), kind=DIFFERENTIAL) == ACCEPTED
        assert await send(bench, 6, kind=DIFFERENTIAL) == ACCEPTED  # D01.FR.05
        assert await version(bench) == 6
        assert await send(bench, 3) == ACCEPTED  # D01.FR.04
        assert await version(bench) == 3  # D02, remark: an emptied list has a version

    run_on_bench(body, PRODUCT)


def test_entries_and_storage_are_those_of_the_list() -> None:
    async def body(bench: StationBench) -> None:
        sizes = []
        for number, update in enumerate(
            (
                request(1, entry("A"), entry("B")),
                request(2, entry("C"), entry("B", "Blocked"), kind=DIFFERENTIAL),
                request(3, entry("A", None), entry("X", None), kind=DIFFERENTIAL),
                request(4, entry("A")),
                request(5),
            ),
            1,
        ):
            assert (await bench.csms.call(update)).status == "Accepted"
            assert await version(bench) == number
            sizes.append((int(await value(bench, "Entries")), int(await value(bench, "Storage")) > 0))
        assert sizes == [(2, True), (3, True), (2, True), (1, True), (0, False)]

    run_on_bench(body, PRODUCT)


ENTRY_TWICE = [entry("B"), entry("b")]


@pytest.mark.parametrize(
    ("number", "kind", "entries", "answer"),
    [
        (2, DIFFERENTIAL, [entry("B")], ("VersionMismatch", "ValueTooLow")),  # D01.FR.19
        (1, DIFFERENTIAL, [entry("B")], ("VersionMismatch", "ValueTooLow")),
        (2, DIFFERENTIAL, [], ("VersionMismatch", "ValueTooLow")),
        (0, FULL, [entry("B")], ("Failed", "ValuePositiveOnly")),  # D01.FR.18
        (-1, DIFFERENTIAL, [entry("B")], ("Failed", "ValuePositiveOnly")),
        (3, FULL, ENTRY_TWICE, ("Failed", "InvalidValue")),  # D01.FR.06
        (3, DIFFERENTIAL, [entry("B"), entry("B", None)], ("Failed", "InvalidValue")),
        (3, FULL, [entry("B"), entry("C", None)], ("Failed", "MissingParam")),
        (3, FULL, [entry(f"T{number}") for number in range(101)], ("Failed", "TooManyElements")),  # D01.FR.11
    ],
)
def test_a_refused_update_has_no_effect(
    number: int, kind: t.UpdateEnumType, entries: list[t.AuthorizationData], answer: tuple[str, str]
) -> None:
    async def body(bench: StationBench) -> None:
        await send(bench, 2, entry("A"))
        assert await send(bench, number, *entries, kind=kind) == answer
        assert await version(bench) == 2
        assert await value(bench, "Entries") == "1"
        await present(bench, "A")
        assert not authorizations(bench)

    run_on_bench(body, PRODUCT, **SETTINGS)


def test_a_message_has_at_most_bytes_per_message() -> None:
    async def body(bench: StationBench) -> None:
        message = t.MessageContentType(format=t.MessageFormatEnumType.UTF8, content="x" * 500)
        entries = [entry(f"T{number}", personal_message=message) for number in range(100)]
        assert int(await value(bench, "BytesPerMessage")) > 50_000
        assert await send(bench, 1, *entries) == ACCEPTED
        wide = t.MessageContentType(format=t.MessageFormatEnumType.UTF8, content="€" * 500)
        entries = [entry(f"T{number}", personal_message=wide) for number in range(100)]
        assert await send(bench, 2, *entries) == ("Failed", "TooLargeElement")  # D01.FR.11

    run_on_bench(body, PRODUCT)


def test_the_list_has_at_most_as_many_entries_as_it_reports() -> None:
    async def body(bench: StationBench) -> None:
        for number in range(10):
            entries = [entry(f"{number}-{each}") for each in range(100)]
            assert await send(bench, number + 1, *entries, kind=DIFFERENTIAL) == ACCEPTED
        assert await value(bench, "Entries") == "1000"
        assert await send(bench, 20, entry("more"), kind=DIFFERENTIAL) == ("Failed", "OutOfStorage")
        assert await send(bench, 21, entry("0-0", "Blocked"), kind=DIFFERENTIAL) == ACCEPTED
        assert await send(bench, 22, entry("0-0", None), entry("more"), kind=DIFFERENTIAL) == ACCEPTED

    run_on_bench(body, PRODUCT)


def test_tokens_with_other_additional_info_are_the_same_token() -> None:
    async def body(bench: StationBench) -> None:
        extra = [t.AdditionalInfoType(additional_id_token="more", type="vendor")]
        info = t.IdTokenInfoType(status=t.AuthorizationStatusEnumType.Accepted)
        listed = t.AuthorizationData(
            id_token=t.IdTokenType(id_token="A", type=t.IdTokenEnumType.ISO14443, additional_info=extra),
            id_token_info=info,
        )
        assert await send(bench, 1, listed, entry("A")) == ("Failed", "InvalidValue")  # D01.FR.06, C01.FR.25
        assert await send(bench, 1, listed, entry("A", "Blocked", kind="KeyCode")) == ACCEPTED
        await present(bench, "a")
        assert not authorizations(bench)

    run_on_bench(body, PRODUCT, **SETTINGS)


def test_a_disabled_list_has_version_0_is_not_updated_and_authorizes_no_token() -> None:
    async def body(bench: StationBench) -> None:
        await send(bench, 4, entry("A"))
        await bench.set("LocalAuthListCtrlr.Enabled", "false")
        assert await version(bench) == 0  # D02.FR.03
        assert await send(bench, 5, entry("B")) == ("Failed", "NotEnabled")
        await present(bench, "A")
        assert authorizations(bench) == ["A"]
        await bench.set("LocalAuthListCtrlr.Enabled", "true")
        assert await version(bench) == 4

    run_on_bench(body, PRODUCT, **SETTINGS)


def test_a_product_without_the_list_does_not_support_the_requests() -> None:
    async def body(bench: StationBench) -> None:
        for message in (m.GetLocalListVersionRequest(), request(1, entry("A"))):
            with pytest.raises(CallErrorReceived, match="NotSupported"):
                await bench.csms.call(message)

    run_on_bench(body, "reference-dc")


def test_it_survives_a_power_loss() -> None:
    async def scenario() -> None:
        store = Store()
        async with powered_station(PRODUCT, store=store) as (station, csms):
            bench = StationBench(station, csms)
            await csms.expect(m.SecurityEventNotificationRequest)
            assert await send(bench, 7, entry("A")) == ACCEPTED
        async with powered_station(PRODUCT, store=store) as (station, csms):
            bench = StationBench(station, csms)
            await csms.expect(m.SecurityEventNotificationRequest)
            assert await version(bench) == 7  # D01.FR.10
            assert await value(bench, "Entries") == "1"

    run_simulated(scenario())


@pytest.mark.parametrize(
    ("status", "variables", "asked"),
    [
        ("Accepted", {"AuthCtrlr__LocalPreAuthorize": "true"}, False),  # C14.FR.02
        ("Accepted", {"AuthCtrlr__LocalPreAuthorize": "false"}, True),
        ("Blocked", {"AuthCtrlr__LocalPreAuthorize": "true"}, True),  # C14.FR.03
        (
            "Blocked",
            {"AuthCtrlr__LocalPreAuthorize": "true", "LocalAuthListCtrlr__DisablePostAuthorize": "true"},
            False,
        ),
    ],
)
def test_the_csms_is_asked_about_a_listed_token(status: str, variables: dict[str, str], asked: bool) -> None:
    async def body(bench: StationBench) -> None:
        await send(bench, 1, entry("A", status))
        await present(bench, "A")
        assert bool(authorizations(bench)) is asked
        assert bool(bench.events) is (status == "Accepted" or asked)

    run_on_bench(body, PRODUCT, start="Authorized", **variables)


def test_the_list_has_priority_over_the_cache() -> None:
    async def body(bench: StationBench) -> None:
        await present(bench, "A")
        await present(bench, "A")
        await send(bench, 1, entry("A", "Blocked"))
        bench.statuses["A"] = "Blocked"
        await present(bench, "A")
        assert authorizations(bench) == ["A", "A"]  # C14.FR.01: A is accepted in the cache

    run_on_bench(body, PRODUCT, **SETTINGS)


def test_a_group_in_the_list_stops_the_transaction_without_a_request() -> None:
    async def body(bench: StationBench) -> None:
        bench.groups = {"A": "FAMILY", "B": "FAMILY"}
        family = group("FAMILY")
        await send(bench, 1, entry("A", group_id_token=family), entry("B", group_id_token=family))
        bench.hardware.plug_in(1, 1)
        await present(bench, "A")
        await present(bench, "B")
        assert not authorizations(bench)  # C09.FR.07
        assert bench.transcript()[-1].startswith("Ended StopAuthorized")

    run_on_bench(body, PRODUCT, stop="Authorized", **SETTINGS)


def test_a_listed_token_charges_only_where_its_entry_allows_and_its_message_is_shown() -> None:
    async def body(bench: StationBench) -> None:
        message = t.MessageContentType(format=t.MessageFormatEnumType.UTF8, content="Hello A")
        await send(bench, 1, entry("A", evse_id=[2], personal_message=message))
        await present(bench, "A", 1)
        assert not bench.events  # C01.FR.21
        await present(bench, "A", 2)
        assert bench.transcript() == ["Started Authorized Idle"]
        assert bench.hardware.display is not None
        assert "EVSE 2: Hello A" in bench.hardware.display.lines

    run_on_bench(body, PRODUCT, **SETTINGS)


def test_the_message_of_a_listed_token_that_may_not_charge_is_shown_without_asking_the_csms() -> None:
    async def body(bench: StationBench) -> None:
        message = t.MessageContentType(format=t.MessageFormatEnumType.UTF8, content="Call us")
        await send(bench, 1, entry("A", "Blocked", personal_message=message))
        await present(bench, "A")
        assert authorizations(bench) == []
        assert not bench.events
        assert bench.hardware.display is not None
        assert bench.hardware.display.lines == ["Call us"]

    run_on_bench(body, PRODUCT, LocalAuthListCtrlr__DisablePostAuthorize="true", **SETTINGS)


def test_an_expired_entry_needs_the_csms_even_if_the_list_decides_about_refused_tokens() -> None:
    async def body(bench: StationBench) -> None:
        await send(bench, 1, entry("A", cache_expiry_date_time=utc_now() + timedelta(seconds=30)))
        await asyncio.sleep(60)
        await present(bench, "A")
        assert authorizations(bench) == ["A"]  # C14.FR.05
        assert bench.events

    run_on_bench(body, PRODUCT, LocalAuthListCtrlr__DisablePostAuthorize="true", **SETTINGS)


@pytest.mark.parametrize(
    ("token", "unknown", "starts"),
    [
        ("ACCE", "false", True),  # C13.FR.02
        ("B10C", "true", False),  # C13.FR.04
        ("DEAD", "true", False),  # C13.FR.06
        ("07E4", "true", True),  # C15.FR.08
        ("07E4", "false", False),
    ],
)
def test_while_offline_the_list_decides(token: str, unknown: str, starts: bool) -> None:
    async def body(bench: StationBench) -> None:
        expiry = utc_now() + timedelta(seconds=30)
        entries = (entry("ACCE"), entry("B10C", "Blocked"), entry("DEAD", cache_expiry_date_time=expiry))
        await send(bench, 1, *entries)
        bench.station.network_off()
        await asyncio.sleep(60)
        await present(bench, token)
        bench.station.network_on()
        await asyncio.sleep(60)
        assert bool(bench.events) is starts

    run_on_bench(
        body,
        PRODUCT,
        AuthCtrlr__LocalAuthorizeOffline="true",
        AuthCtrlr__OfflineTxForUnknownIdEnabled=unknown,
        **SETTINGS,
    )


def test_customer_information_neither_omits_nor_clears_the_list() -> None:
    async def body(bench: StationBench) -> None:
        await send(bench, 1, entry("A"))
        id_token = t.IdTokenType(id_token="A", type=t.IdTokenEnumType.ISO14443)
        message = m.CustomerInformationRequest(request_id=1, report=True, clear=True, id_token=id_token)
        assert (await bench.csms.call(message)).status == "Accepted"
        report = await bench.csms.expect(m.NotifyCustomerInformationRequest)
        assert "localAuthorizationList" in report.data
        assert await value(bench, "Entries") == "1"  # D01.FR.09, N10.FR.06

    run_on_bench(body, PRODUCT)
