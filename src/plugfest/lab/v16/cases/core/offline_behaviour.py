"""Offline behaviour: what happens offline is reported after the reconnection."""

from datetime import datetime, timedelta
from typing import NamedTuple

from plugfest import clock
from plugfest.lab.case import case
from plugfest.lab.checks.meter_values import check_interval
from plugfest.lab.checks.outage import back_online, offline
from plugfest.lab.csms.inbox import ReceivedRequest
from plugfest.lab.settings import Token
from plugfest.lab.v16.bench import Bench
from plugfest.lab.v16.cases.core.meter_values import sampled_at
from plugfest.lab.v16.cases.core.readings import (
    INTERVALS,
    PERIODIC,
    check_format,
    check_transaction_id,
    readings,
)
from plugfest.lab.v16.configuration import Need, needs
from plugfest.lab.v16.memory.id_tag import id_tag_cached, id_tag_local_auth_list
from plugfest.lab.v16.states.charging import authorizes_without_cable, charging, transaction_starts
from plugfest.lab.v16.states.connector_status import connector_becomes
from plugfest.lab.v16.states.stopped import LOCAL_STOP_REASON, stop_reported, stopped, transaction_stops
from plugfest.ocpp.v16 import messages as m

OUTAGE_SAMPLE_INTERVAL = 15
"""Seconds between the meter values that the station queues: shorter than `sampled_interval`, because stations wait the
longer before they connect again, the longer the outage of three intervals is."""

OFFLINE_AUTHORIZATION = {
    "LocalAuthorizeOffline": "true",
    "LocalAuthListEnabled": "true",
    "AuthorizationCacheEnabled": "true",
    "AllowOfflineTxForUnknownId": "true",
}


async def id_tag_known_offline(bench: Bench) -> None:
    """The valid idTag is in the cache and in the local authorization list, as far as they are enabled."""
    if bench.configuration.is_true("AuthorizationCacheEnabled"):
        await id_tag_cached(bench)
    if bench.configuration.is_true("LocalAuthListEnabled"):
        await id_tag_local_auth_list(bench)


async def start_offline(bench: Bench, token: Token) -> datetime:
    """The connection is lost, and a driver starts a charging session. Returns the time of the loss."""
    await offline(bench.step(1))
    start = clock.utc_now()
    bench.step(2)
    token_first = authorizes_without_cable(bench, "local")
    if not token_first:
        await bench.plug_in()
    await bench.present(token)
    await bench.settle()
    if token_first:
        await bench.plug_in()
    bench.known_state.plugged_in = bench.known_state.authorized = True
    bench.known_state.token = token
    await bench.settle()
    return start


class OfflinePeriod(NamedTuple):
    """The time without a connection, by the lab's clock."""

    start: datetime
    end: datetime


async def reconnect(bench: Bench, start: datetime) -> OfflinePeriod:
    """The connection is restored, later than the drivers' actions by more than the tolerance."""
    await bench.wait(bench.settings.transaction_duration)
    end = clock.utc_now()
    # A station that doubles its waits between two attempts waits at most as long as all the time before.
    await back_online(bench, extra_time=(end - start).total_seconds())
    return OfflinePeriod(start, end)


def check_timestamp(
    bench: Bench,
    request: ReceivedRequest[m.StartTransactionRequest] | ReceivedRequest[m.StopTransactionRequest],
    period: OfflinePeriod,
) -> None:
    """The timestamp is the time of the event, not of the message (3.7)."""
    tolerance = timedelta(seconds=bench.settings.time_tolerance)
    bench.check(
        period.start - tolerance <= request.message.timestamp < period.end,
        f"a timestamp from {period.start.isoformat()} to {period.end.isoformat()}",
        request.message.timestamp.isoformat(),
        frame=request.frame.index,
    )


async def only_charging_reported(bench: Bench) -> None:
    """The station reports the current status only, not those of the offline period (4.9)."""
    report = await bench.expect(m.StatusNotificationRequest, connector_id=bench.connector_id)
    status = report.message.status
    bench.check(status == "Charging", "Charging as the first status", status, frame=report.frame.index)
    error = report.message.error_code
    bench.check(error == "NoError", "errorCode NoError", error, frame=report.frame.index)


def sampled_in_outage(bench: Bench) -> tuple[Need, ...]:
    """Meter values at an interval of which the outage contains several."""
    return sampled_at(bench, OUTAGE_SAMPLE_INTERVAL)


def _has_reading(bench: Bench, since_frame: int, after: datetime | None = None) -> bool:
    """Whether a sampled reading has come since this frame, taken after this time."""
    received = readings(bench, PERIODIC, since_frame=since_frame)
    return any(after is None or after < reading.at for reading in received)


@case("TC_036_CS", requirements=("section 3.7", "section 4.7"), configuration=sampled_in_outage, before=charging)
async def meter_values_queued(bench: Bench) -> None:
    """All meter values arrive, once and in order: one interval between each two."""
    interval, tolerance = OUTAGE_SAMPLE_INTERVAL, bench.settings.time_tolerance
    first_frame = bench.csms.last_frame + 1
    await bench.until(lambda: _has_reading(bench, first_frame), within=interval + tolerance)
    await offline(bench.step(1))
    start, last_frame = clock.utc_now(), bench.csms.last_frame
    await bench.wait(INTERVALS * interval + tolerance)
    await back_online(bench.step(2))
    end, back_frame = clock.utc_now(), bench.csms.last_frame + 1
    await bench.until(lambda: _has_reading(bench, back_frame, after=end), within=interval + tolerance)
    received = readings(bench.step(3), PERIODIC, since_frame=first_frame)
    queued = [reading for reading in received if reading.frame > last_frame and start < reading.at <= end]
    bench.check(len(queued) >= INTERVALS, f"at least {INTERVALS} readings from the offline period", len(queued))
    moments = [reading.at for reading in received]
    check_interval(bench, moments, interval, at_least=INTERVALS + 2)  # one before, one after
    check_transaction_id(bench, since_frame=first_frame)
    for reading in queued:
        for sample in reading.samples:
            check_format(bench, sample, reading.frame)


@case(
    "TC_037_1_CS",
    requirements=("section 3.5", "section 3.7", "section 4.8", "section 4.9"),
    configuration=OFFLINE_AUTHORIZATION,
    before=id_tag_known_offline,
)
async def valid_id_tag(bench: Bench) -> None:
    start = await start_offline(bench, bench.tokens.valid)
    period = await reconnect(bench.step(4), start)
    check_timestamp(bench, await transaction_starts(bench.step(5)), period)
    await only_charging_reported(bench.step(7))


def offline_tx_for_unknown_id(stop: str) -> tuple[Need, ...]:
    """Unknown idTags may start offline, and get no energy once they are known to be invalid."""
    return (
        *needs({"AllowOfflineTxForUnknownId": "true", "StopTransactionOnInvalidId": stop}, if_implemented=False),
        *needs({"LocalAuthorizeOffline": "true", "MaxEnergyOnInvalidId": "0"}),
    )


def suspend_on_invalid_id(_: Bench) -> tuple[Need, ...]:
    """An invalid idTag suspends the transaction."""
    return offline_tx_for_unknown_id("false")


def stop_on_invalid_id(_: Bench) -> tuple[Need, ...]:
    """An invalid idTag stops the transaction."""
    return offline_tx_for_unknown_id("true")


async def id_tag_invalid_after_reconnect(bench: Bench) -> None:
    """An unknown idTag starts a transaction offline; after the reconnection the CSMS answers Invalid."""
    start = await start_offline(bench, bench.tokens.invalid)
    period = await reconnect(bench.step(4), start)
    check_timestamp(bench, await transaction_starts(bench.step(5)), period)
    await only_charging_reported(bench.step(7))


@case(
    "TC_037_2_CS",
    requirements=("section 3.5", "section 4.8", "section 9.1.24"),
    configuration=suspend_on_invalid_id,
)
async def invalid_id_tag_suspends(bench: Bench) -> None:
    """Derived: the transaction continues without energy until the driver or the CSMS stops it."""
    await id_tag_invalid_after_reconnect(bench)
    await connector_becomes(bench.step(9), "SuspendedEVSE")
    await bench.silence(m.StopTransactionRequest, seconds=bench.settings.time_tolerance)
    await stopped(bench.step(11))


@case(
    "TC_037_3_CS",
    requirements=("section 3.5", "section 4.8", "section 9.1.24"),
    configuration=stop_on_invalid_id,
)
async def invalid_id_tag_stops(bench: Bench) -> None:
    """Derived from the case for a CSMS with the same number."""
    await id_tag_invalid_after_reconnect(bench)
    await stop_reported(bench.step(9), reason="DeAuthorized")


async def stop_offline(bench: Bench) -> None:
    """The driver stops the transaction."""
    await bench.present(bench.known_state.token or bench.tokens.valid)
    await bench.settle()


@case("TC_038_CS", requirements=("section 3.7", "section 4.9", "section 4.10"), before=charging)
async def stop_while_offline(bench: Bench) -> None:
    await offline(bench.step(1))
    start = clock.utc_now()
    await bench.wait(bench.settings.transaction_duration)
    await stop_offline(bench.step(2))
    period = await reconnect(bench.step(3), start)
    stop = await stop_reported(bench.step(4), reason=LOCAL_STOP_REASON, token=bench.known_state.token)
    check_timestamp(bench, stop, period)


@case(
    "TC_039_CS",
    requirements=("section 3.5", "section 3.7", "section 4.8", "section 4.10"),
    configuration=OFFLINE_AUTHORIZATION,
    before=id_tag_known_offline,
)
async def start_and_stop_while_offline(bench: Bench) -> None:
    start = await start_offline(bench, bench.tokens.valid)
    await bench.wait(bench.settings.transaction_duration)
    await stop_offline(bench.step(3))
    await bench.unplug()
    bench.known_state.plugged_in = False
    await bench.settle()
    period = await reconnect(bench.step(5), start)
    check_timestamp(bench, await transaction_starts(bench.step(6)), period)
    stop = await transaction_stops(bench.step(8), reason=LOCAL_STOP_REASON, token=bench.tokens.valid)
    check_timestamp(bench, stop, period)
