"""Reservations and restarts, resets and the clock (B01.FR.13, B11.FR.05, H04)."""

import asyncio
from datetime import timedelta

from tests.station.blocks.h_reservation.reservations import AC, present, reservation_ids, reserve, restart, updates
from tests.station.csms import UNAVAILABLE
from tests.station.station_bench import StationBench, run_on_bench

from plugfest.clock import utc_now
from plugfest.link.server import Admission
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201 import types as t


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
