"""E08 Transaction stopped while Charging Station is offline."""

from plugfest.lab.case import case
from plugfest.lab.checks.outage import offline
from plugfest.lab.settings import Token
from plugfest.lab.v201.bench import Bench
from plugfest.lab.v201.cases.e_transactions.configurations import reconnect_after_time_offline, time_offline
from plugfest.lab.v201.memory.id_token import id_token_known
from plugfest.lab.v201.states.authorized import authorized
from plugfest.lab.v201.states.energy_transfer import energy_transfer_started
from plugfest.lab.v201.states.offline import back_online, queued_events, stop_with_token
from plugfest.lab.v201.states.transaction_event import check_stopped_reason
from plugfest.ocpp.message import UNSET

OFFLINE_STOP = ("E08.FR.04", "E08.FR.05", "E08.FR.06", "E08.FR.07", "E08.FR.08")


async def _started_local(bench: Bench) -> None:
    await authorized(bench, how="local")
    await energy_transfer_started(bench)


@case(
    "TC_E_44_CS",
    requirements=("E08.FR.01", *OFFLINE_STOP),
    configuration=reconnect_after_time_offline,
    before=_started_local,
)
async def same_id_token(bench: Bench) -> None:
    await _stopped_offline(bench, bench.known_state.token or bench.tokens.valid)


async def _same_group_token_known(bench: Bench) -> None:
    await id_token_known(bench, bench.tokens.same_group)


@case(
    "TC_E_45_CS",
    requirements=("E08.FR.02", *OFFLINE_STOP),
    configuration=reconnect_after_time_offline,
    before=(_same_group_token_known, _started_local),
)
async def same_group_id(bench: Bench) -> None:
    await _stopped_offline(bench, bench.tokens.same_group)


async def _stopped_offline(bench: Bench, token: Token) -> None:
    bench.step(1)
    await offline(bench)
    await stop_with_token(bench, token)
    await bench.wait(time_offline(bench))
    bench.step(2)
    outage = await back_online(bench)
    bench.step(3)
    events = await queued_events(bench, outage)
    ended = [event for event in events if event.message.event_type == "Ended"]
    bench.check(len(ended) == 1, "one TransactionEventRequest with eventType Ended", len(ended))
    check_stopped_reason(bench, ended[0], "Local", UNSET, "EVDisconnected")  # section 2.1, erratum 6.2.51
    stopped = [event for event in events if event.message.trigger_reason == "StopAuthorized"]  # E07.FR.02
    bench.check(len(stopped) == 1, "one TransactionEventRequest with triggerReason StopAuthorized", len(stopped))
