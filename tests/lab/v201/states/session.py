"""A charging session of a scripted station: the transaction events that it sends when the EV leaves the bay."""

from collections.abc import Awaitable, Callable
from typing import NamedTuple

from tests.lab.scripted_campaign import campaign
from tests.lab.scripted_station import ScriptedStation, variable

from plugfest import clock
from plugfest.lab.case import case
from plugfest.lab.v201.bench import Bench
from plugfest.ocpp.message import UNSET
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201 import types as t

STATE = "state"


class Sent(NamedTuple):
    """A transaction event; None omits a field."""

    trigger: str
    state: str | None = None
    type: str = "Updated"
    reason: str | None = None


def _request(seq_no: int, sent: Sent) -> m.TransactionEventRequest:
    return m.TransactionEventRequest(
        event_type=t.TransactionEventEnumType(sent.type),
        timestamp=clock.utc_now(),
        trigger_reason=t.TriggerReasonEnumType(sent.trigger),
        seq_no=seq_no,
        transaction_info=t.TransactionType(
            transaction_id="T",
            charging_state=UNSET if sent.state is None else t.ChargingStateEnumType(sent.state),
            stopped_reason=UNSET if sent.reason is None else t.ReasonEnumType(sent.reason),
        ),
        evse=t.EVSEType(id=1, connector_id=1),
        id_token=t.IdTokenType(id_token="10000001", type=t.IdTokenEnumType.ISO14443),
    )


def findings(
    events: list[Sent],
    check: Callable[[Bench], Awaitable[object]],
    *,
    start_point: str = "EVConnected",
    stop_point: str = "EVConnected",
    ongoing: bool = True,
    **conditions: bool,
) -> list[str]:
    """What the lab expects in vain when the station sends these events in a charging session.

    `ongoing`: whether a transaction is; `conditions`: those before the events.
    """

    @case("TC_X_01_CS")
    async def session(bench: Bench) -> None:
        bench.known_state.update(**conditions)
        bench.known_state.ongoing, bench.known_state.transaction_id = ongoing, "T" if ongoing else None
        bench.step(STATE)
        await bench.operator.leave(1)
        await bench.settle()
        await check(bench)

    async def acted(station: ScriptedStation, action: str) -> None:
        if action == "leave":
            for number, event in enumerate(events):
                await station.sends(_request(number, event))

    def prepare(station: ScriptedStation) -> None:
        points = {"TxStartPoint": start_point, "TxStopPoint": stop_point}
        station.variables = [variable("TxCtrlr", name, point, "ReadOnly") for name, point in points.items()]

    (result,) = campaign(session, on_action=acted, prepare=prepare)
    return [finding.expected for finding in result.findings if finding.step == f"step {STATE}"]
