"""RemoteStartTransaction and RemoteStopTransaction."""

from plugfest.lab.case import case
from plugfest.lab.v16.bench import Bench
from plugfest.lab.v16.cases.core.start_session import connection_timed_out
from plugfest.lab.v16.configuration import Need, needs
from plugfest.lab.v16.states.authorized import (
    AUTHORIZE_REMOTE,
    AUTHORIZE_REMOTE_ENABLED,
    authorized,
    present_token,
    request_start,
)
from plugfest.lab.v16.states.charging import charging, charging_starts, plugged_in, transaction_id
from plugfest.lab.v16.states.configuration_keys import get_configuration
from plugfest.lab.v16.states.connector_status import STATION, connector_becomes
from plugfest.lab.v16.states.stopped import request_stop, stop_reported, unplugged
from plugfest.ocpp.message import given
from plugfest.ocpp.v16 import messages as m


async def authorizes_remote_starts(bench: Bench) -> bool:
    """Whether the station authorizes remote starts, as it reports in AuthorizeRemoteTxRequests."""
    key = (await get_configuration(bench, AUTHORIZE_REMOTE))[AUTHORIZE_REMOTE.lower()]
    value = (given(key.value) or "").lower()
    bench.check(value in ("true", "false"), f"{AUTHORIZE_REMOTE} true or false", value, frame=bench.csms.answer_frame)
    return value == "true"


@case("TC_010_CS", requirements=("section 5.11", "section 4.8", "section 4.9"))
async def cable_plugged_in_first(bench: Bench) -> None:
    expect_authorize = await authorizes_remote_starts(bench.step(1))
    await plugged_in(bench.step(3))
    await present_token(bench.step(5), how="remote", expect_authorize=expect_authorize)
    await charging_starts(bench.step(9))


async def started_from_the_csms(bench: Bench) -> None:
    """RemoteStartTransaction, Authorize if the configuration requires it, and Preparing without a cable."""
    expect_authorize = await authorizes_remote_starts(bench.step(1))
    await authorized(bench.step(3), how="remote", expect_authorize=expect_authorize)


@case("TC_011_1_CS", requirements=("section 5.11", "section 4.8", "section 4.9"))
async def remote_start_first(bench: Bench) -> None:
    await started_from_the_csms(bench)
    await plugged_in(bench.step(8))
    await charging_starts(bench.step(9))


@case("TC_011_2_CS", requirements=("section 5.11", "section 9.1.6"))
async def remote_start_timeout(bench: Bench) -> None:
    await started_from_the_csms(bench)
    await connection_timed_out(bench.step(8))


@case("TC_012_CS", requirements=("section 5.12", "section 4.10"), before=charging)
async def remote_stop(bench: Bench) -> None:
    """Derived: the driver then unplugs the cable, which the station unlocks (5.12)."""
    await request_stop(bench.step(1))
    await stop_reported(bench.step(3), reason="Remote")
    await unplugged(bench.step("post scenario"))


@case("TC_024_CS", requirements=("section 5.11", "section 4.9"))
async def lock_failure(bench: Bench) -> None:
    """The plug is not seated far enough for the lock."""
    await started_from_the_csms(bench)
    bench.step(8)
    await bench.plug_in(seated=False)
    await connector_becomes(bench, "Faulted", error_code="ConnectorLockFailure")
    await bench.silence(m.StartTransactionRequest, seconds=bench.settings.transaction_duration)


# Rejected requests


@case(
    "TC_026_CS",
    requirements=("section 5.11",),
    configuration={"LocalPreAuthorize": "false"},
    before=charging,
)
async def start_during_a_transaction(bench: Bench) -> None:
    await request_start(bench.step(1), bench.tokens.second, status="Rejected")
    await bench.silence(m.StartTransactionRequest, seconds=bench.settings.time_tolerance)


@case("TC_027_CS", requirements=("section 3.8", "section 5.11"))
async def start_at_connector_zero(bench: Bench) -> None:
    """The station answers Rejected or a CALLERROR."""
    request = m.RemoteStartTransactionRequest(id_tag=bench.tokens.valid.id_token, connector_id=STATION)
    await bench.step(1).call_or_error(request, status="Rejected")


@case("TC_028_CS", requirements=("section 5.12",), before=charging)
async def stop_an_unknown_transaction(bench: Bench) -> None:
    request = m.RemoteStopTransactionRequest(transaction_id=transaction_id(bench) + 1000)
    await bench.step(1).call(request, status="Rejected")
    await bench.silence(m.StopTransactionRequest, seconds=bench.settings.time_tolerance)


@case(
    "TC_023_4_CS",
    requirements=("section 4.1", "section 4.9"),
    configuration={"MinimumStatusDuration": "10", "LocalPreAuthorize": "true"},
)
async def invalid_at_the_reader(bench: Bench) -> None:
    await id_tag_invalid(bench, "local")


def authorize_remote_starts(_: Bench) -> tuple[Need, ...]:
    """Remote starts are authorized before StartTransaction."""
    return needs(AUTHORIZE_REMOTE_ENABLED, if_implemented=False)


@case("TC_023_5_CS", requirements=("section 4.1", "section 5.11"), configuration=authorize_remote_starts)
async def invalid_from_the_csms(bench: Bench) -> None:
    """Derived from TC_023_4."""
    await id_tag_invalid(bench, "remote")


async def id_tag_invalid(bench: Bench, how: str) -> None:
    """The CSMS answers Invalid; the EV is connected, and no transaction starts."""
    await present_token(bench.step(1), how=how, token=bench.tokens.invalid, expect_authorize=True)
    bench.known_state.authorized = False
    await bench.settle()
    await no_longer_preparing(bench)
    bench.step(4)
    await bench.plug_in()
    await connector_becomes(bench, "Preparing")
    await bench.silence(m.StartTransactionRequest, seconds=bench.settings.transaction_duration)


async def no_longer_preparing(bench: Bench) -> None:
    """The connector may be Preparing since the idTag was presented, for ConnectionTimeOut at most (4.9, A2 and B1)."""
    within = bench.settings.ev_connection_timeout + bench.settings.time_tolerance
    await bench.until(lambda: bench.ledger.connectors.get(bench.connector_id) != "Preparing", within=within)
