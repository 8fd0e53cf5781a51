"""The end of a charging session: the charging state after the stop, and the stoppedReason when the EV is unplugged."""

from collections.abc import Awaitable, Callable

import pytest
from tests.lab.v201.states.session import Sent, findings

from plugfest.lab.v201.bench import Bench
from plugfest.lab.v201.states.authorized import stop_reported
from plugfest.lab.v201.states.session_ended import disconnection_reported, end_of_energy_reported

STOPPED = Sent("StopAuthorized")
NO_ENERGY = Sent("ChargingStateChanged", "EVConnected")


async def _stopped(bench: Bench) -> None:
    await stop_reported(bench, "local", bench.tokens.valid)
    await end_of_energy_reported(bench)


async def _unplugged(bench: Bench) -> None:
    await _stopped(bench)
    await disconnection_reported(bench)


def _after(events: list[Sent], check: Callable[[Bench], Awaitable[object]]) -> list[str]:
    return findings(events, check, ev_connected=True, authorized=True, energy_transfer=True)


@pytest.mark.parametrize(
    "events",
    [[STOPPED, NO_ENERGY], [NO_ENERGY, STOPPED], [Sent("StopAuthorized", "EVConnected")]],
    ids=["after the stop", "before the stop", "with the stop"],
)
def test_the_charging_state_may_be_reported_with_the_stop_or_in_an_event_of_its_own(events: list[Sent]) -> None:
    assert _after(events, _stopped) == []


@pytest.mark.parametrize("events", [[STOPPED], [STOPPED, Sent("ChargingStateChanged", "SuspendedEVSE")]])
def test_a_stop_without_the_charging_state_ev_connected_is_a_finding(events: list[Sent]) -> None:
    assert _after(events, _stopped) != []


@pytest.mark.parametrize("reason", ["Local", None, "EVDisconnected"])
def test_after_a_local_stop_unplugging_ends_the_transaction_with_reason_local_or_the_unplugging(
    reason: str | None,
) -> None:
    unplugged = Sent("EVCommunicationLost", "Idle", "Ended", reason)
    assert _after([STOPPED, NO_ENERGY, unplugged], _unplugged) == []


def test_after_a_local_stop_unplugging_does_not_end_the_transaction_with_another_reason() -> None:
    unplugged = Sent("EVCommunicationLost", "Idle", "Ended", "Remote")
    assert _after([STOPPED, NO_ENERGY, unplugged], _unplugged) == [
        "transactionInfo.stoppedReason Local or omitted or EVDisconnected"
    ]
