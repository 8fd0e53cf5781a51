"""F01 Remote Start Transaction, with a charging profile."""

from plugfest.lab.case import case
from plugfest.lab.v201.bench import Bench
from plugfest.lab.v201.states.authorized import authorized
from plugfest.lab.v201.states.energy_transfer import energy_transfer_started
from plugfest.lab.v201.states.ev_connected import ev_connected_pre_session
from plugfest.ocpp.v201 import types as t

MIN_CURRENT = 6
"""The minimum current of IEC 61851-1, in A."""

VOLTAGE = 230


def _tx_profile(bench: Bench) -> t.ChargingProfileType:
    """A limit of 6 A per phase, in W for a DC EVSE (erratum 6.2.69)."""
    evse = next(evse for evse in bench.product.evses if evse.id == bench.settings.evse_id)
    phases = evse.phases or 3
    unit = t.ChargingRateUnitEnumType.A if evse.current == "AC" else t.ChargingRateUnitEnumType.W
    period = t.ChargingSchedulePeriodType(
        start_period=0,
        limit=MIN_CURRENT * (1 if unit == "A" else VOLTAGE * phases),
        number_phases=phases,
    )
    return t.ChargingProfileType(
        id=1,
        stack_level=0,
        charging_profile_purpose=t.ChargingProfilePurposeEnumType.TxProfile,
        charging_profile_kind=t.ChargingProfileKindEnumType.Relative,
        charging_schedule=[t.ChargingScheduleType(id=1, charging_rate_unit=unit, charging_schedule_period=[period])],
    )


@case("TC_K_38_CS", requirements=("F01.FR.12", "F01.FR.13"), before=ev_connected_pre_session)
async def ignore_charging_profile(bench: Bench) -> None:
    await authorized(bench.step(1), how="remote", profile=_tx_profile(bench))
    await energy_transfer_started(bench.step(7))
