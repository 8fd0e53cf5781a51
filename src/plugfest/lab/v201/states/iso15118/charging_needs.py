"""The negotiation of a charging schedule: what the EV needs, the charging profile of the lab, the plan of the EV."""

from math import inf

import msgspec

from plugfest.lab.checks.smart_charging.limits import Purpose
from plugfest.lab.checks.smart_charging.schedule_check import DEFAULT_PHASES
from plugfest.lab.csms.inbox import ReceivedRequest
from plugfest.lab.v201.bench import Bench
from plugfest.lab.v201.memory.charging_profile import TX, VOLTAGE, charging_profile, charging_profile_set, phases_of
from plugfest.lab.v201.states.transaction_event import transaction_under_test
from plugfest.ocpp.message import UNSET, given
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201 import types as t

Plan = ReceivedRequest[m.NotifyEVChargingScheduleRequest]


async def needs_accepted(bench: Bench) -> None:
    """The CSMS of the lab answers that it will send a charging profile (K15.FR.03)."""
    bench.csms.answers.override(
        m.NotifyEVChargingNeedsRequest,
        lambda _: m.NotifyEVChargingNeedsResponse(status=t.NotifyEVChargingNeedsStatusEnumType.Accepted),
    )


async def needs_received(bench: Bench) -> None:
    """The station sends what the EV needs: of an AC EVSE acChargingParameters, of a DC EVSE dcChargingParameters."""
    direct = _phases(bench) == 0
    request = await bench.expect(m.NotifyEVChargingNeedsRequest, evse_id=bench.settings.evse_id)
    needs = request.message.charging_needs
    parameters = needs.dc_charging_parameters if direct else needs.ac_charging_parameters
    others = needs.ac_charging_parameters if direct else needs.dc_charging_parameters
    bench.check(
        parameters is not UNSET and others is UNSET and (needs.requested_energy_transfer == "DC") is direct,
        "requestedEnergyTransfer DC with dcChargingParameters only"
        if direct
        else "requestedEnergyTransfer AC_... with acChargingParameters only",
        needs.requested_energy_transfer,
        frame=request.frame.index,
    )


def _phases(bench: Bench) -> int:
    return phases_of(bench, bench.settings.evse_id)


def transaction_profile(bench: Bench, amperes: float, *, duration: int | None = None) -> t.ChargingProfileType:
    """A TxProfile with one limit for the transaction under test. It has the id of the one before (K01.FR.39)."""
    profile = charging_profile(
        bench,
        TX,
        [(0, amperes)],
        kind="Relative",
        duration=duration,
        transaction_id=transaction_under_test(bench),
    )
    before = (id for id, each in bench.known_state.profiles.items() if each.purpose is Purpose.TRANSACTION)
    return msgspec.structs.replace(profile, id=next(before, profile.id))


async def profile_set(bench: Bench, profile: t.ChargingProfileType) -> None:
    """The CSMS sends a charging profile; the station accepts. What the station sends next is an answer to it."""
    bench.csms.inbox.set_mark()
    await charging_profile_set(bench, profile)


async def plan_received(bench: Bench, offered: t.ChargingProfileType, *, required: bool = False) -> None:
    """The station sends the plan of the EV, within a schedule. Required if the EV sends one (K15.FR.10, K15.FR.19)."""
    evse_id = bench.settings.evse_id
    if required:
        check_within(bench, await bench.expect(m.NotifyEVChargingScheduleRequest, evse_id=evse_id), offered)
    elif (plan := await plan_optional(bench)) is not None:
        check_within(bench, plan, offered)


async def plan_optional(bench: Bench) -> Plan | None:
    """The plan of the EV, if the station sends one; it names the EVSE."""
    plan = await bench.expect_optional(m.NotifyEVChargingScheduleRequest, within=bench.settings.time_tolerance)
    if plan is not None:
        evse_id = bench.settings.evse_id
        bench.check(plan.message.evse_id == evse_id, f"evseId {evse_id}", plan.message.evse_id, frame=plan.frame.index)
    return plan


def check_within(bench: Bench, plan: Plan, offered: t.ChargingProfileType) -> None:
    """No limit of the plan exceeds that of a schedule with one limit, whatever the unit.

    With a duration: in the first half of it, as a Relative schedule may have begun with the transaction.
    """
    planned, (limiting,) = plan.message.charging_schedule, offered.charging_schedule
    duration = given(limiting.duration)
    end = inf if duration is None else duration / 2
    during = [each for each in planned.charging_schedule_period if each.start_period < end]
    highest = max((_watts(bench, planned, each) for each in during), default=0.0)
    allowed = _watts(bench, limiting, limiting.charging_schedule_period[0])
    bench.check(highest <= allowed + 1, f"a plan of at most {allowed:g} W", f"{highest:g} W", frame=plan.frame.index)


def _watts(bench: Bench, of: t.ChargingScheduleType, period: t.ChargingSchedulePeriodType) -> float:
    if of.charging_rate_unit == "W":
        return period.limit
    return period.limit * VOLTAGE * min(given(period.number_phases) or DEFAULT_PHASES, _phases(bench) or DEFAULT_PHASES)


async def charging_limits_renegotiated(bench: Bench, amperes: float, *, duration: int | None = None) -> None:
    """RenegotiateChargingLimits: from the needs of the EV to its plan. `needs_accepted` comes before."""
    await needs_received(bench)
    offered = transaction_profile(bench, amperes, duration=duration)
    await profile_set(bench, offered)
    await plan_received(bench, offered)


async def rate_changed(bench: Bench) -> None:
    """An event about the other charging rate is optional; then its triggerReason is ChargingRateChanged."""
    await bench.expect_optional(
        m.TransactionEventRequest, within=bench.settings.time_tolerance, trigger_reason="ChargingRateChanged"
    )
