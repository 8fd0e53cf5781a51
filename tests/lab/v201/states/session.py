"""A charging session of a scripted station: the transaction events that it sends when the EV leaves the bay."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import NamedTuple

from tests.lab.scripted_campaign import campaign
from tests.lab.scripted_station import ScriptedStation, variable

from plugfest import clock
from plugfest.lab.case import case
from plugfest.lab.v201.bench import Bench
from plugfest.ocpp.message import UNSET
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201 import types as t

STEPS = ("step state", "step 1", "step post scenario")
"""The steps of the state, or of the body of a case. Rules for every case have none."""


class Sent(NamedTuple):
    """A transaction event; None omits a field. It happens `at` seconds after the EV has left, with a register value."""

    trigger: str
    state: str | None = None
    type: str = "Updated"
    reason: str | None = None
    at: float = 0.0
    register: float | None = None


def _request(seq_no: int, sent: Sent, left: datetime) -> m.TransactionEventRequest:
    happened = left + timedelta(seconds=sent.at)
    register = [t.MeterValueType(timestamp=happened, sampled_value=[t.SampledValueType(value=sent.register or 0.0)])]
    return m.TransactionEventRequest(
        event_type=t.TransactionEventEnumType(sent.type),
        timestamp=happened,
        meter_value=UNSET if sent.register is None else register,
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
        bench.step("state")
        await bench.operator.leave(1)
        await bench.settle()
        await check(bench)

    async def acted(station: ScriptedStation, action: str) -> None:
        if action == "leave":
            left = clock.utc_now()
            for number, event in enumerate(events):
                await station.sends(_request(number, event, left))

    def prepare(station: ScriptedStation) -> None:
        points = {"TxStartPoint": start_point, "TxStopPoint": stop_point}
        station.variables = [variable("TxCtrlr", name, point, "ReadOnly") for name, point in points.items()]

    (result,) = campaign(session, on_action=acted, prepare=prepare)
    return [finding.expected for finding in result.findings if finding.step in STEPS]
