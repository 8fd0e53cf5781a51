"""Requests about reservations, and what the station has reported of them."""

import asyncio
from datetime import timedelta

from tests.station.station_bench import CARD, StationBench

from plugfest.clock import utc_now
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
