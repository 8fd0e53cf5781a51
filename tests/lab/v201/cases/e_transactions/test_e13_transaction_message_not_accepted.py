"""TC_E_51: an event that is refused is sent again after the interval, and the case ends when that is known."""

import asyncio
import contextlib

import pytest
from tests.lab.scripted_campaign import campaign
from tests.lab.scripted_station import ScriptedStation

from plugfest import clock
from plugfest.lab.case import case
from plugfest.lab.v201.bench import Bench
from plugfest.lab.v201.cases.e_transactions.e13_transaction_message_not_accepted import accepted_at_the_second_attempt
from plugfest.lab.verdict import CaseResult
from plugfest.link.errors import LinkError
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201 import types as t

INTERVAL = 10


def _result(*pauses: float) -> CaseResult:
    """The result for a station that sends the event, and again after each of these pauses (seconds)."""

    @case("TC_X_01_CS")
    async def retried(bench: Bench) -> None:
        bench.known_state.update(authorized=True)
        await accepted_at_the_second_attempt.body(bench)

    async def acted(station: ScriptedStation, action: str) -> None:
        if action == "plug in":
            attempts.append(asyncio.ensure_future(_attempts(station, pauses)))

    attempts: list[asyncio.Future[None]] = []
    (result,) = campaign(retried, on_action=acted)
    return result


async def _attempts(station: ScriptedStation, pauses: tuple[float, ...]) -> None:
    await station.reports_status("Occupied")
    event = m.TransactionEventRequest(
        event_type=t.TransactionEventEnumType.Started,
        timestamp=clock.utc_now(),
        trigger_reason=t.TriggerReasonEnumType.CablePluggedIn,
        seq_no=0,
        transaction_info=t.TransactionType(transaction_id="T", charging_state=t.ChargingStateEnumType.Charging),
        evse=t.EVSEType(id=1, connector_id=1),
    )
    for pause in (0.0, *pauses):
        await asyncio.sleep(pause)
        with contextlib.suppress(LinkError):
            await station.sends(event)


def _expected(result: CaseResult) -> list[str]:
    return [finding.expected for finding in result.findings if finding.step == "step 5"]


@pytest.mark.parametrize("pause", [INTERVAL - 0.5, INTERVAL, INTERVAL + 3.5])
def test_an_attempt_after_the_interval_is_right(pause: float) -> None:
    assert _expected(_result(pause)) == []


@pytest.mark.parametrize("pause", [INTERVAL - 3.0, INTERVAL + 5.0])
def test_an_attempt_at_another_time_is_a_finding(pause: float) -> None:
    assert _expected(_result(pause)) != []


def test_an_attempt_that_does_not_come_is_not_awaited_longer_than_the_tolerance() -> None:
    result = _result()
    assert _expected(result) == ["the event sent 2 times"]
    assert result.duration_s < INTERVAL + 5


def test_an_attempt_too_many_ends_the_wait() -> None:
    result = _result(INTERVAL, 2.0)
    assert _expected(result) == ["the event sent 2 times"]
    assert result.duration_s < INTERVAL + 5
