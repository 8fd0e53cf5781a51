"""What happens while the CSMS cannot be reached is told afterwards."""

from datetime import datetime, timedelta
from typing import NamedTuple

from plugfest import clock
from plugfest.lab.case import case
from plugfest.lab.checks.meter_values import check_interval
from plugfest.lab.checks.outage import back_online, offline
from plugfest.lab.csms.inbox import ReceivedRequest
from plugfest.lab.settings import Token
from plugfest.lab.v16.bench import Bench
from plugfest.lab.v16.cases.core.meter_values import sampled
from plugfest.lab.v16.cases.core.readings import (
    INTERVALS,
    PERIODIC,
    judge_form,
    judge_transaction,
    readings,
)
from plugfest.lab.v16.configuration import Need, needs
from plugfest.lab.v16.memory.id_tag import id_tag_cached, id_tag_local_auth_list
from plugfest.lab.v16.states.charging import authorizes_without_cable, charging, transaction_starts
from plugfest.lab.v16.states.connector_status import connector_becomes
from plugfest.lab.v16.states.stopped import LOCAL_STOP_REASON, stop_reported, stopped, transaction_stops
from plugfest.ocpp.v16 import messages as m

KNOWN_OFFLINE = {
    "LocalAuthorizeOffline": "true",
    "LocalAuthListEnabled": "true",
    "AuthorizationCacheEnabled": "true",
    "AllowOfflineTxForUnknownId": "true",
}


async def known_offline(bench: Bench) -> None:
    """The valid idTag is wherever the station can look while it is offline."""
    if bench.configuration.is_true("AuthorizationCacheEnabled"):
        await id_tag_cached(bench)
    if bench.configuration.is_true("LocalAuthListEnabled"):
        await id_tag_local_auth_list(bench)


async def begun_offline(bench: Bench, token: Token) -> datetime:
    """The link breaks, and a driver starts. When the link broke."""
    await offline(bench.step(1))
    since = clock.utc_now()
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
    return since


class Outage(NamedTuple):
    """A time without connection, by the lab's clock."""

    since: datetime
    until: datetime


async def over(bench: Bench, since: datetime) -> Outage:
    """The link is there again. What the drivers did is older than that by more than the tolerance."""
    await bench.wait(bench.settings.transaction_duration)
    until = clock.utc_now()
    await back_online(bench)
    return Outage(since, until)


def happened_offline(
    bench: Bench,
    seen: ReceivedRequest[m.StartTransactionRequest] | ReceivedRequest[m.StopTransactionRequest],
    outage: Outage,
) -> None:
    """Its time is when it happened, not when it was told (3.7)."""
    tolerance = timedelta(seconds=bench.settings.time_tolerance)
    bench.check(
        outage.since - tolerance <= seen.message.timestamp < outage.until,
        f"a timestamp from {outage.since.isoformat()} to {outage.until.isoformat()}",
        seen.message.timestamp.isoformat(),
        frame=seen.frame.index,
    )


async def told_charging(bench: Bench) -> None:
    """Only the present state is told, not what it was meanwhile (4.9)."""
    seen = await bench.expect(m.StatusNotificationRequest, connector_id=bench.connector_id)
    bench.check(seen.message.status == "Charging", "first of all Charging", seen.message.status, frame=seen.frame.index)


@case("TC_036_CS", requirements=("section 3.7", "section 4.7"), configuration=sampled, before=charging)
async def meter_values_wait(bench: Bench) -> None:
    """No gap, nothing twice, nothing out of order: one interval between each two as they arrive."""
    interval, tolerance = bench.settings.sampled_interval, bench.settings.time_tolerance
    first_frame = bench.csms.last_frame + 1
    await bench.wait(interval + tolerance)
    await offline(bench.step(1))
    since, last_frame = clock.utc_now(), bench.csms.last_frame
    await bench.wait(INTERVALS * interval + tolerance)
    await back_online(bench.step(2))
    online = clock.utc_now()
    await bench.wait(interval + tolerance)
    taken = readings(bench.step(3), PERIODIC, since_frame=first_frame)
    queued = [one for one in taken if one.frame > last_frame and since < one.at <= online]
    bench.check(len(queued) >= INTERVALS, f"{INTERVALS} or more readings of the time offline", len(queued))
    check_interval(bench, [one.at for one in taken], interval, at_least=INTERVALS + 2)  # one before, one after
    judge_transaction(bench, since_frame=first_frame)
    for one in queued:
        for sample in one.samples:
            judge_form(bench, sample, one.frame)


@case(
    "TC_037_1_CS",
    requirements=("section 3.5", "section 3.7", "section 4.8", "section 4.9"),
    configuration=KNOWN_OFFLINE,
    before=known_offline,
)
async def valid_id_tag(bench: Bench) -> None:
    since = await begun_offline(bench, bench.tokens.valid)
    outage = await over(bench.step(4), since)
    happened_offline(bench, await transaction_starts(bench.step(5)), outage)
    await told_charging(bench.step(7))


def unknown_allowed(stop: str) -> tuple[Need, ...]:
    """Without the first key no stranger starts offline; with the last one at 0 none gets energy once he is known."""
    return (
        *needs({"AllowOfflineTxForUnknownId": "true", "StopTransactionOnInvalidId": stop}, if_implemented=False),
        *needs({"LocalAuthorizeOffline": "true", "MaxEnergyOnInvalidId": "0"}),
    )


def goes_on(_: Bench) -> tuple[Need, ...]:
    """An Invalid idTag only suspends."""
    return unknown_allowed("false")


def stops(_: Bench) -> tuple[Need, ...]:
    """An Invalid idTag stops the transaction."""
    return unknown_allowed("true")


async def invalid_after_all(bench: Bench) -> None:
    """A stranger has started offline; the CSMS calls his idTag Invalid when it hears of it."""
    since = await begun_offline(bench, bench.tokens.invalid)
    outage = await over(bench.step(4), since)
    happened_offline(bench, await transaction_starts(bench.step(5)), outage)
    await told_charging(bench.step(7))


@case(
    "TC_037_2_CS",
    requirements=("section 3.5", "section 4.8", "section 9.1.24"),
    configuration=goes_on,
)
async def invalid_id_tag_suspends(bench: Bench) -> None:
    """Derived: the transaction goes on without energy until the driver ends it, or the CSMS where he cannot."""
    await invalid_after_all(bench)
    await connector_becomes(bench.step(9), "SuspendedEVSE")
    await bench.silence(m.StopTransactionRequest, seconds=bench.settings.time_tolerance)
    await stopped(bench.step(11))


@case(
    "TC_037_3_CS",
    requirements=("section 3.5", "section 4.8", "section 9.1.24"),
    configuration=stops,
)
async def invalid_id_tag_stops(bench: Bench) -> None:
    """Derived from the CSMS's case of the same number."""
    await invalid_after_all(bench)
    await stop_reported(bench.step(9), reason="DeAuthorized")


async def ended_offline(bench: Bench) -> None:
    """The driver stops his transaction."""
    await bench.present(bench.known_state.token or bench.tokens.valid)
    await bench.settle()


@case("TC_038_CS", requirements=("section 3.7", "section 4.9", "section 4.10"), before=charging)
async def stop(bench: Bench) -> None:
    await offline(bench.step(1))
    since = clock.utc_now()
    await bench.wait(bench.settings.transaction_duration)
    await ended_offline(bench.step(2))
    outage = await over(bench.step(3), since)
    seen = await stop_reported(bench.step(4), reason=LOCAL_STOP_REASON, token=bench.known_state.token)
    happened_offline(bench, seen, outage)


@case(
    "TC_039_CS",
    requirements=("section 3.5", "section 3.7", "section 4.8", "section 4.10"),
    configuration=KNOWN_OFFLINE,
    before=known_offline,
)
async def start_and_stop(bench: Bench) -> None:
    since = await begun_offline(bench, bench.tokens.valid)
    await bench.wait(bench.settings.transaction_duration)
    await ended_offline(bench.step(3))
    await bench.unplug()
    bench.known_state.plugged_in = False
    await bench.settle()
    outage = await over(bench.step(5), since)
    happened_offline(bench, await transaction_starts(bench.step(6)), outage)
    seen = await transaction_stops(bench.step(8), reason=LOCAL_STOP_REASON, token=bench.tokens.valid)
    happened_offline(bench, seen, outage)
