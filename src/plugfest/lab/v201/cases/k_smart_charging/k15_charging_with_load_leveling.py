"""K15 Charging with load leveling based on High Level Communication."""

from datetime import timedelta

from plugfest.lab.case import case
from plugfest.lab.checks.outage import offline
from plugfest.lab.v201.bench import Bench
from plugfest.lab.v201.cases.e_transactions.configurations import reconnect_settings
from plugfest.lab.v201.cases.k_smart_charging.limits_followed import meter_values_reported, sampled_often
from plugfest.lab.v201.configuration import Need, needs
from plugfest.lab.v201.memory.charging_profile import (
    DEFAULT,
    MIN_CURRENT,
    charging_profile,
    charging_profile_set,
    charging_profiles_cleared,
    now,
    tolerance,
)
from plugfest.lab.v201.states.authorized import authorized
from plugfest.lab.v201.states.energy_transfer import energy_transfer_started
from plugfest.lab.v201.states.ev_connected import ev_connected_pre_session
from plugfest.lab.v201.states.iso15118.authorized import (
    PLUG_AND_CHARGE,
    authorized_15118,
    contract_ev_connected,
    ev_prepared,
    roots_installed,
)
from plugfest.lab.v201.states.iso15118.charging_needs import (
    check_within,
    needs_accepted,
    needs_received,
    plan_optional,
    plan_received,
    profile_set,
    transaction_profile,
)
from plugfest.lab.v201.states.offline import back_online, queued_events
from plugfest.lab.verdict import NotEquipped
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201 import types as t

TIME_OFFLINE = 90

DURATION = 400
"""Seconds, of the TxDefaultProfile in TC_K_56."""

HIGHEST_PLAN = 8
"""A, of the EV in TC_K_56 (erratum 6.2.80)."""


def contract_and_samples(bench: Bench) -> tuple[Need, ...]:
    """An EV with a contract, and meter values that show which limit it follows."""
    return (*needs(PLUG_AND_CHARGE), *sampled_often(bench))


@case(
    "TC_K_53_CS",
    requirements=("K15.FR.01", "K15.FR.06", "K15.FR.09", "K15.FR.10"),
    configuration=contract_and_samples,
    before=(roots_installed, needs_accepted, contract_ev_connected),
    continues=True,
)
async def success(bench: Bench) -> None:
    """In addition to Part 6, the EV follows the limit, which the rule about limits judges."""
    await authorized_15118(bench.step(1))
    await needs_received(bench.step(2, "K15.FR.01, K15.FR.06"))
    offered = transaction_profile(bench, MIN_CURRENT)
    await profile_set(bench.step(5), offered)
    await plan_received(bench.step(6, "K15.FR.09, K15.FR.10"), offered, required=True)
    await energy_transfer_started(bench.step(8))
    await meter_values_reported(bench.step("after step 8", "K01.FR.04"))


@case(
    "TC_K_54_CS",
    requirements=("K15.FR.01", "K17.FR.04"),
    configuration=PLUG_AND_CHARGE,
    before=(roots_installed, contract_ev_connected),
    continues=True,
)
async def no_schedule(bench: Bench) -> None:
    """The CSMS of the lab answers Rejected: the station charges within its own limits."""
    await authorized_15118(bench.step(1))
    await needs_received(bench.step(2, "K15.FR.01, K15.FR.06"))
    await plan_optional(bench.step(3))
    await energy_transfer_started(bench.step(5))


def _offline_settings(bench: Bench) -> tuple[Need, ...]:
    """The station keeps the plan of the EV until it is online."""
    queued = {"OCPPCommCtrlr.QueueAllMessages": "true"}
    return needs({**PLUG_AND_CHARGE, **queued, **reconnect_settings(bench, TIME_OFFLINE)})


async def _default_profile_set(bench: Bench) -> None:
    """A TxDefaultProfile that began before now and holds for the whole case."""
    await charging_profile_set(bench, _default_profile(bench, MIN_CURRENT))


def _default_profile(bench: Bench, amperes: float) -> t.ChargingProfileType:
    return charging_profile(
        bench,
        DEFAULT,
        [(0, amperes)],
        duration=DURATION,
        valid_from=now() - tolerance(bench),
        valid_to=now() + tolerance(bench) + timedelta(seconds=DURATION + 1),
    )


async def _driver_authorized(bench: Bench) -> None:
    """EVConnectedPreSession and Authorized, by a driver who identifies at the station (erratum 6.2.78)."""
    await ev_prepared(bench, contract=False)
    await ev_connected_pre_session(bench)
    await authorized(bench)


@case(
    "TC_K_56_CS",
    requirements=("K15.FR.15", "K17.FR.15"),
    configuration=_offline_settings,
    before=(roots_installed, charging_profiles_cleared, _default_profile_set, _driver_authorized),
)
async def while_offline(bench: Bench) -> None:
    bench.csms.inbox.set_mark()
    await offline(bench.step(1))
    if any(isinstance(one.message, m.NotifyEVChargingNeedsRequest) for one in bench.csms.inbox.unconsumed()):
        raise NotEquipped("the EV has sent its needs before the station was offline")
    await bench.wait(TIME_OFFLINE)
    outage = await back_online(bench.step(2))
    events = await queued_events(bench.step(5, "K15.FR.15"), outage)
    charging = [
        each.message.transaction_info.charging_state
        for each in events
        if each.message.trigger_reason == "ChargingStateChanged" and each.message.offline is True
    ]
    bench.check("Charging" in charging, "chargingState Charging in an event with offline true", charging or "none")
    bench.step(3, "K15.FR.15")
    plan = await plan_optional(bench)
    if plan is not None:
        check_within(bench, plan, _default_profile(bench, HIGHEST_PLAN))
