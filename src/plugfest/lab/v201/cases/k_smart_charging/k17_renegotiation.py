"""K16 Renegotiation initiated by CSMS, and K17 Renegotiation initiated by EV."""

from plugfest.lab.case import case
from plugfest.lab.v201.bench import Bench
from plugfest.lab.v201.cases.k_smart_charging.k15_charging_with_load_leveling import contract_and_samples
from plugfest.lab.v201.cases.k_smart_charging.limits_followed import meter_values_reported
from plugfest.lab.v201.states.authorized import authorized
from plugfest.lab.v201.states.energy_transfer import energy_transfer_started, power_path_closed
from plugfest.lab.v201.states.ev_connected import ev_connected_pre_session
from plugfest.lab.v201.states.iso15118.authorized import (
    PLUG_AND_CHARGE,
    contract_authorized,
    ev_prepared,
    roots_installed,
)
from plugfest.lab.v201.states.iso15118.charging_needs import (
    charging_limits_renegotiated,
    needs_accepted,
    needs_received,
    plan_received,
    profile_set,
    rate_changed,
    transaction_profile,
)

FIRST_LIMIT = 10
"""A, of the charging profile in the state RenegotiateChargingLimits; for 300 s."""

OTHER_ENERGY, OTHER_DEPARTURE = 5000, 3600
"""The needs with which the EV renegotiates: Wh, and seconds until the departure."""


async def _limits_negotiated(bench: Bench) -> None:
    await charging_limits_renegotiated(bench, FIRST_LIMIT, duration=300)
    await energy_transfer_started(bench)


async def _driver_charging(bench: Bench) -> None:
    """EVConnectedPreSession, Authorized (local) and RenegotiateChargingLimits (erratum 6.2.79)."""
    await needs_accepted(bench)
    await ev_prepared(bench, contract=False)
    await ev_connected_pre_session(bench)
    await authorized(bench)
    await power_path_closed(bench, after="Authorized")
    await _limits_negotiated(bench)


@case(
    "TC_K_57_CS",
    requirements=("K17.FR.01", "K17.FR.06", "K17.FR.09", "K17.FR.10"),
    configuration=PLUG_AND_CHARGE,
    before=(roots_installed, _driver_charging),
)
async def initiated_by_ev(bench: Bench) -> None:
    await bench.operator.ev_renegotiate(bench.settings.evse_id, energy=OTHER_ENERGY, departure=OTHER_DEPARTURE)
    await needs_received(bench.step(1, "K17.FR.01, K17.FR.06"))
    offered = transaction_profile(bench, 15)
    await profile_set(bench.step(4), offered)
    await plan_received(bench.step(5, "K17.FR.09, K17.FR.10"), offered)
    await rate_changed(bench.step(7))


async def _contract_charging(bench: Bench) -> None:
    """EVConnectedPreSession, Authorized15118, RenegotiateChargingLimits and EnergyTransferStarted (erratum 6.2.81)."""
    await needs_accepted(bench)
    await contract_authorized(bench)
    await _limits_negotiated(bench)


@case(
    "TC_K_58_CS",
    requirements=("K16.FR.01", "K16.FR.02", "K16.FR.03", "K16.FR.04", "K16.FR.05"),
    configuration=contract_and_samples,
    before=(roots_installed, _contract_charging),
)
async def initiated_by_csms(bench: Bench) -> None:
    """In addition to Part 6, the EV follows the limit (K16.FR.11), which the rule about limits judges."""
    offered = transaction_profile(bench, 8)
    await profile_set(bench.step(2, "K16.FR.01"), offered)
    await plan_received(bench.step(3, "K16.FR.04, K16.FR.05"), offered)
    await rate_changed(bench.step(5))
    await meter_values_reported(bench.step("after step 5", "K16.FR.11"))
