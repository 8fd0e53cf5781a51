"""Reservations in OCPP 2.0.1 (H01 to H04)."""

import asyncio
from datetime import timedelta

import pytest
from tests.station.csms import UNAVAILABLE
from tests.station.station_bench import CARD, StationBench, run_on_bench

from plugfest.clock import utc_now
from plugfest.link.errors import CallErrorReceived
from plugfest.link.server import Admission
from plugfest.ocpp.message import UNSET, given
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201 import types as t

AC = "reference-ac"


async def reserve(
    bench: StationBench,
    evse_id: int | None = 1,
    *,
    id: int = 5,
    token: str = "A",
    group: str | None = None,
    kind: str | None = None,
    seconds: float = 600,
) -> str:
    request = m.ReserveNowRequest(
        id=id,
        expiry_date_time=utc_now() + timedelta(seconds=seconds),
        id_token=t.IdTokenType(id_token=token, type=t.IdTokenEnumType.ISO14443),
        evse_id=UNSET if evse_id is None else evse_id,
        group_id_token=UNSET if group is None else t.IdTokenType(id_token=group, type=t.IdTokenEnumType.Central),
        connector_type=UNSET if kind is None else t.ConnectorEnumType(kind),
    )
    response = await bench.csms.call(request)
    await asyncio.sleep(1)
    return response.status.value


async def cancel(bench: StationBench, id: int = 5) -> str:
    response = await bench.csms.call(m.CancelReservationRequest(reservation_id=id))
    await asyncio.sleep(1)
    return response.status.value


async def change(bench: StationBench, to: str, evse_id: int | None = 1) -> None:
    evse = UNSET if evse_id is None else t.EVSEType(id=evse_id)
    status = t.OperationalStatusEnumType(to)
    await bench.csms.call(m.ChangeAvailabilityRequest(operational_status=status, evse=evse))
    await asyncio.sleep(1)


async def present(bench: StationBench, token: str, evse_id: int | None = 1) -> None:
    bench.hardware.present_token(token, CARD, evse_id)
    await asyncio.sleep(2)


async def start_remotely(bench: StationBench, token: str, *, group: str | None = None) -> str:
    request = m.RequestStartTransactionRequest(
        id_token=t.IdTokenType(id_token=token, type=t.IdTokenEnumType.ISO14443),
        remote_start_id=1,
        evse_id=1,
        group_id_token=UNSET if group is None else t.IdTokenType(id_token=group, type=t.IdTokenEnumType.Central),
    )
    response = await bench.csms.call(request)
    await asyncio.sleep(2)
    return response.status.value


def updates(bench: StationBench) -> list[tuple[int, str]]:
    sent = bench.csms.all(m.ReservationStatusUpdateRequest)
    return [(each.reservation_id, each.reservation_update_status.value) for each in sent]


def reservation_ids(bench: StationBench) -> list[int | None]:
    return [given(event.reservation_id) for event in bench.events]


async def restart(bench: StationBench, *, off: float = 5) -> None:
    await bench.station.power_off()
    await asyncio.sleep(off)
    bench.station.power_on()
    await bench.csms.expect(m.BootNotificationRequest, 2)
    await asyncio.sleep(10)


# Use


def test_presenting_the_token_uses_the_reservation() -> None:
    async def body(bench: StationBench) -> None:
        assert await reserve(bench) == "Accepted"
        assert bench.connector_statuses(1)[-1] == "Reserved"
        await present(bench, "A")
        assert bench.connector_statuses(1)[-1] == "Available"  # H03.FR.10
        assert await cancel(bench) == "Rejected"
        bench.hardware.plug_in(1, 1)
        await asyncio.sleep(10)
        assert bench.connector_statuses(1)[-1] == "Occupied"
        assert reservation_ids(bench)[0] == 5  # H01.FR.15
        assert set(reservation_ids(bench)[1:]) == {None}
        assert updates(bench) == []

    run_on_bench(body, AC, start="Authorized", stop="Authorized")


def test_the_reservation_is_reported_when_the_transaction_started_at_the_cable() -> None:
    async def body(bench: StationBench) -> None:
        await reserve(bench)
        bench.hardware.plug_in(1, 1)
        await asyncio.sleep(2)
        assert bench.connector_statuses(1)[-1] == "Reserved"  # G01.FR.09
        await present(bench, "A")
        assert bench.connector_statuses(1)[-1] == "Occupied"  # H03.FR.10
        await asyncio.sleep(10)
        authorized = [event.trigger_reason.value for event in bench.events].index("Authorized")
        assert reservation_ids(bench)[authorized] == 5  # E02.FR.03
        assert [each for each in reservation_ids(bench) if each is not None] == [5]

    run_on_bench(body, AC, start="EVConnected", stop="EVConnected")


def test_another_token_does_not_charge_at_a_reserved_evse() -> None:
    async def body(bench: StationBench) -> None:
        await reserve(bench)
        bench.hardware.plug_in(1, 1)
        await present(bench, "B")
        assert await start_remotely(bench, "B") == "Rejected"  # F01.FR.21
        await asyncio.sleep(20)
        assert bench.events == []
        assert bench.hardware.evses[1].meter.read().power == 0
        assert bench.hardware.display is not None
        assert await cancel(bench) == "Accepted"
        assert bench.connector_statuses(1)[-1] == "Occupied"

    run_on_bench(body, AC, start="PowerPathClosed", stop="Authorized")


def test_a_token_of_the_reserved_group_charges() -> None:
    async def body(bench: StationBench) -> None:
        bench.groups["B"] = "FLEET"
        await reserve(bench, group="FLEET")
        await present(bench, "C")
        assert bench.connector_statuses(1)[-1] == "Reserved"
        await present(bench, "B")
        assert bench.connector_statuses(1)[-1] == "Available"
        assert reservation_ids(bench) == [5]

    run_on_bench(body, AC, start="Authorized", stop="Authorized")


def test_a_remote_start_is_judged_by_its_group() -> None:
    async def body(bench: StationBench) -> None:
        await reserve(bench, group="FLEET")
        assert await start_remotely(bench, "B", group="OTHER") == "Rejected"  # F01.FR.22
        assert await start_remotely(bench, "B", group="FLEET") == "Accepted"
        assert reservation_ids(bench) == [5]

    run_on_bench(body, AC, start="Authorized", stop="Authorized", AuthCtrlr__AuthorizeRemoteStart="false")


def test_without_authorization_a_cable_waits_until_the_evse_is_free() -> None:
    async def body(bench: StationBench) -> None:
        await reserve(bench)
        bench.hardware.plug_in(1, 1)
        await asyncio.sleep(10)
        assert bench.events == []
        await cancel(bench)
        await asyncio.sleep(10)
        assert bench.events[0].event_type.value == "Started"
        assert reservation_ids(bench)[0] is None

    run_on_bench(body, AC, start="PowerPathClosed", AuthCtrlr__Enabled="false")


def test_a_driver_who_waits_for_an_evse_does_not_take_the_reserved_one() -> None:
    async def body(bench: StationBench) -> None:
        await present(bench, "B", None)
        await reserve(bench)
        bench.hardware.plug_in(1, 1)
        await asyncio.sleep(10)
        assert bench.events == []
        bench.hardware.plug_in(2, 1)
        await asyncio.sleep(10)
        assert bench.events[0].evse == t.EVSEType(id=2, connector_id=1)

    run_on_bench(body, AC, start="PowerPathClosed")


# Reservations of any EVSE


def test_as_many_reservations_as_evses_reserve_them_all() -> None:
    async def body(bench: StationBench) -> None:
        assert await reserve(bench, None) == "Accepted"
        assert bench.connector_statuses(1) == bench.connector_statuses(2) == ["Available"]
        assert await reserve(bench, None, id=6, token="B") == "Accepted"
        assert bench.connector_statuses(1)[-1] == bench.connector_statuses(2)[-1] == "Reserved"  # H01.FR.20
        assert await reserve(bench, None, id=7, token="C") == "Occupied"  # H01.FR.11
        assert await cancel(bench, 6) == "Accepted"
        assert bench.connector_statuses(1)[-1] == bench.connector_statuses(2)[-1] == "Available"  # H02.FR.06

    run_on_bench(body, AC)


def test_the_last_evse_is_kept_even_with_the_cable_of_another_driver() -> None:
    async def body(bench: StationBench) -> None:
        await reserve(bench, None)
        await present(bench, "B", 1)
        bench.hardware.plug_in(1, 1)
        await asyncio.sleep(10)
        assert bench.connector_statuses(2)[-1] == "Reserved"  # H01.FR.07
        bench.hardware.plug_in(2, 1)
        await present(bench, "C", 2)
        assert bench.connector_statuses(2)[-1] == "Reserved"
        await present(bench, "A", 2)
        assert bench.connector_statuses(2)[-1] == "Occupied"
        assert [each for each in reservation_ids(bench) if each is not None] == [5]

    run_on_bench(body, AC, start="EVConnected", stop="EVConnected")


def test_a_specific_reservation_does_not_take_the_place_of_another() -> None:
    async def body(bench: StationBench) -> None:
        assert await reserve(bench, 1, id=1) == "Accepted"
        assert await reserve(bench, None, id=2, token="B") == "Accepted"
        assert bench.connector_statuses(2)[-1] == "Reserved"
        assert await reserve(bench, 1, id=2, token="B") == "Occupied"
        assert await reserve(bench, 2, id=2, token="B") == "Accepted"  # H01.FR.02

    run_on_bench(body, AC)


def test_connector_types() -> None:
    async def body(bench: StationBench) -> None:
        assert await reserve(bench, None, kind="cCCS2") == "Rejected"
        assert await reserve(bench, 1, kind="cCCS2") == "Rejected"
        assert await reserve(bench, None, kind="sType2") == "Accepted"  # H01.FR.06
        assert await reserve(bench, None, id=6, token="B", kind="sType2") == "Accepted"
        assert bench.connector_statuses(1)[-1] == bench.connector_statuses(2)[-1] == "Reserved"  # H01.FR.24
        assert await reserve(bench, None, id=7, token="C", kind="sType2") == "Occupied"
        await present(bench, "B", 2)
        assert reservation_ids(bench) == [6]  # H03.FR.02

    run_on_bench(body, AC, start="Authorized")


# Answers


def test_rejections() -> None:
    async def body(bench: StationBench) -> None:
        assert await reserve(bench, 9) == "Rejected"
        assert await reserve(bench, 1, seconds=-5) == "Rejected"
        await bench.set("ReservationCtrlr.Enabled", "false")
        assert await reserve(bench, 1) == "Rejected"  # H01.FR.01
        assert bench.connector_statuses(1) == ["Available"]
        assert await cancel(bench) == "Rejected"  # H02.FR.01

    run_on_bench(body, AC)


def test_statuses_of_evses_that_are_not_available() -> None:
    async def body(bench: StationBench) -> None:
        bench.hardware.plug_in(1, 1)
        await asyncio.sleep(1)
        assert await reserve(bench, 1) == "Occupied"
        bench.hardware.fault(1, 1, present=True)
        await asyncio.sleep(1)
        assert await reserve(bench, 1) == "Faulted"  # H01.FR.12
        await change(bench, "Inoperative", 2)
        assert await reserve(bench, 2) == "Unavailable"  # H01.FR.14
        await change(bench, "Inoperative", None)
        bench.hardware.fault(1, 1, present=False)
        await asyncio.sleep(1)
        assert await reserve(bench, None) == "Unavailable"

    run_on_bench(body, AC)


def test_a_reservation_is_replaced_even_while_a_cable_is_plugged_in() -> None:
    async def body(bench: StationBench) -> None:
        await reserve(bench)
        bench.hardware.plug_in(1, 1)
        await asyncio.sleep(1)
        assert await reserve(bench, token="B") == "Accepted"  # H01.FR.02
        await present(bench, "A")
        assert bench.connector_statuses(1)[-1] == "Reserved"
        await present(bench, "B")
        assert bench.connector_statuses(1)[-1] == "Occupied"

    run_on_bench(body, AC, start="Authorized")


def test_a_station_without_reservations_supports_none_of_the_requests() -> None:
    async def body(bench: StationBench) -> None:
        with pytest.raises(CallErrorReceived, match="NotSupported"):
            await reserve(bench)
        with pytest.raises(CallErrorReceived, match="NotSupported"):
            await cancel(bench)

    run_on_bench(body)


# End


def test_an_unused_reservation_expires() -> None:
    async def body(bench: StationBench) -> None:
        await reserve(bench, seconds=60)
        await asyncio.sleep(50)
        assert bench.connector_statuses(1)[-1] == "Reserved"
        await asyncio.sleep(12)
        assert bench.connector_statuses(1)[-1] == "Available"  # H04.FR.03
        assert updates(bench) == [(5, "Expired")]  # H04.FR.01

    run_on_bench(body, AC)


def test_a_cancelled_reservation_is_not_reported() -> None:
    async def body(bench: StationBench) -> None:
        await reserve(bench)
        assert await cancel(bench) == "Accepted"
        assert bench.connector_statuses(1) == ["Available", "Reserved", "Available"]  # H02.FR.04
        assert updates(bench) == []

    run_on_bench(body, AC)


@pytest.mark.parametrize("evse_id", [1, None])
def test_a_reservation_that_cannot_be_kept_is_removed(evse_id: int | None) -> None:
    async def body(bench: StationBench) -> None:
        await reserve(bench, evse_id)
        bench.hardware.fault(1, 1, present=True)
        await change(bench, "Inoperative", 2)
        assert updates(bench) == [(5, "Removed")]  # H01.FR.16, H01.FR.17
        assert await cancel(bench) == "Rejected"

    run_on_bench(body, AC)


def test_the_latest_of_several_reservations_of_any_evse_is_removed() -> None:
    async def body(bench: StationBench) -> None:
        await reserve(bench, None, id=5)
        await reserve(bench, None, id=6, token="B")
        await change(bench, "Inoperative", 1)
        assert updates(bench) == [(6, "Removed")]
        assert bench.connector_statuses(2)[-1] == "Reserved"

    run_on_bench(body, AC)


# Restarts


def test_a_reservation_survives_a_power_loss() -> None:
    async def body(bench: StationBench) -> None:
        await reserve(bench)
        await restart(bench)
        assert bench.connector_statuses(1)[-1] == "Reserved"  # B01.FR.13
        await present(bench, "A")
        assert reservation_ids(bench)[-1] == 5

    run_on_bench(body, AC, start="Authorized")


def test_a_reservation_that_expires_without_power_is_reported_after_the_start() -> None:
    async def body(bench: StationBench) -> None:
        await reserve(bench, seconds=60)
        await restart(bench, off=120)
        assert updates(bench) == [(5, "Expired")]
        assert bench.connector_statuses(1)[-1] == "Available"

    run_on_bench(body, AC)


def test_an_expiry_is_reported_after_a_power_loss_while_offline() -> None:
    async def body(bench: StationBench) -> None:
        await reserve(bench, seconds=60)
        bench.csms.admission = lambda _: UNAVAILABLE
        assert bench.csms.peer is not None
        await bench.csms.peer.close()
        await asyncio.sleep(70)
        await bench.station.power_off()
        bench.csms.admission = lambda _: Admission.accept()
        bench.station.power_on()
        await bench.csms.expect(m.ReservationStatusUpdateRequest)
        assert updates(bench) == [(5, "Expired")]

    run_on_bench(body, AC)


def test_a_reset_on_idle_waits_for_the_reservation() -> None:
    async def body(bench: StationBench) -> None:
        await reserve(bench, seconds=120)
        response = await bench.csms.call(m.ResetRequest(type=t.ResetEnumType.OnIdle))
        assert response.status.value == "Scheduled"  # erratum 2.14
        await asyncio.sleep(10)
        assert bench.connector_statuses(1)[-1] == "Reserved"
        assert bench.connector_statuses(2)[-1] == "Unavailable"
        assert updates(bench) == []
        await bench.csms.expect(m.BootNotificationRequest, 2)
        assert updates(bench) == [(5, "Expired")]

    run_on_bench(body, AC)


def test_the_driver_of_a_reservation_charges_while_a_reset_waits() -> None:
    async def body(bench: StationBench) -> None:
        await reserve(bench, None)
        await bench.csms.call(m.ResetRequest(type=t.ResetEnumType.OnIdle))
        await present(bench, "B", 1)
        assert bench.events == []
        await present(bench, "A", 1)
        assert reservation_ids(bench) == [5]

    run_on_bench(body, AC, start="Authorized")


def test_a_reservation_expires_by_the_clock_of_the_csms() -> None:
    async def body(bench: StationBench) -> None:
        await reserve(bench, seconds=3600)
        bench.csms.replies["Heartbeat"] = lambda _: m.HeartbeatResponse(current_time=utc_now() + timedelta(hours=2))
        await bench.csms.call(m.TriggerMessageRequest(requested_message=t.MessageTriggerEnumType.Heartbeat))
        await asyncio.sleep(5)
        assert updates(bench) == [(5, "Expired")]

    run_on_bench(body, AC)
