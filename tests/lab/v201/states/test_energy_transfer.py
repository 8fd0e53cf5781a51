"""EnergyTransferStarted and EnergyTransferSuspended accept the triggerReasons that Part 6 has, and no others."""

import pytest
from tests.lab.v201.states.session import Sent, findings

from plugfest.lab.v201.bench import Bench
from plugfest.lab.v201.states.energy_transfer import energy_transfer_started, suspension_reported

CHARGING = Sent("ChargingStateChanged", "Charging")


async def _suspended(bench: Bench) -> None:
    await suspension_reported(bench)


def _started(*events: Sent) -> list[str]:
    """With TxStartPoint PowerPathClosed, after the authorization of a driver whose EV is connected."""
    return findings(
        list(events),
        energy_transfer_started,
        start_point="PowerPathClosed",
        ongoing=False,
        ev_connected=True,
        authorized=True,
    )


def _ended(event: Sent) -> list[str]:
    conditions = {"ev_connected": True, "authorized": True, "energy_transfer": True}
    return findings([event], _suspended, stop_point="EnergyTransfer", **conditions)


@pytest.mark.parametrize("trigger", ["ChargingStateChanged", "Authorized"])
def test_the_closed_power_path_is_reported_by_the_charging_state_or_by_the_act_that_closed_it(trigger: str) -> None:
    assert _started(Sent(trigger, "SuspendedEVSE", "Started"), CHARGING) == []


def test_the_closed_power_path_is_not_reported_by_another_act() -> None:
    assert _started(Sent("CablePluggedIn", "SuspendedEVSE", "Started"), CHARGING) != []


def test_a_suspension_that_ends_the_transaction_has_trigger_charging_state_changed_and_reason_stopped_by_ev() -> None:
    assert _ended(Sent("ChargingStateChanged", "SuspendedEV", "Ended", "StoppedByEV")) == []
    assert _ended(Sent("EnergyLimitReached", "SuspendedEV", "Ended", "StoppedByEV")) != []
    assert _ended(Sent("ChargingStateChanged", "SuspendedEV", "Ended", "Local")) != []
