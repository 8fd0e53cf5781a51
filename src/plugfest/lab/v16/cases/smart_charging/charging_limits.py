"""The current or power of the EV under a charging limit, from the station's meter values."""

import math
from datetime import datetime, timedelta

from plugfest.lab.checks.numbers import number
from plugfest.lab.checks.smart_charging.limits import REACTION_TIME
from plugfest.lab.checks.times import moved
from plugfest.lab.v16.bench import Bench
from plugfest.lab.v16.cases.core.readings import PERIODIC, Reading, readings
from plugfest.lab.v16.composite_schedule import expected
from plugfest.lab.v16.memory.charging_profile import number_of_phases, rate_unit
from plugfest.ocpp.message import UNSET, given
from plugfest.ocpp.v16 import messages as m
from plugfest.ocpp.v16 import types as t

METER_TOLERANCE = 1.1
"""The factor by which a meter may exceed the limit."""

MEASURAND = {t.ChargingRateUnitType.A: "Current.Import", t.ChargingRateUnitType.W: "Power.Active.Import"}

THOUSANDS = {"kW": 1000.0}


async def check_limit_followed(bench: Bench) -> None:
    """After its reaction time, the EV takes no more than the installed limit. Requires meter values at an interval.

    Nothing is checked if the product does not measure the limited quantity.
    """
    measurand = MEASURAND[rate_unit(bench)]
    if measurand not in bench.product.measurands("C-09.1"):
        return
    await bench.wait(REACTION_TIME)
    bench.csms.inbox.set_mark()
    since = bench.csms.last_frame + 1
    within = bench.settings.short_sampled_interval + bench.settings.time_tolerance
    await bench.expect(m.MeterValuesRequest, connector_id=bench.connector_id, within=within)
    await bench.until(lambda: bool(_measured(bench, measurand, since)), within=bench.settings.time_tolerance)
    measured = _measured(bench, measurand, since)
    bench.check(bool(measured), f"meter values with {measurand}", "none", frame=bench.csms.last_frame)
    for reading in measured:
        limit, highest = _limit(bench, reading.at), max(_values(bench, reading, measurand))
        holds = highest <= limit * METER_TOLERANCE
        bench.check(holds, f"{measurand} of at most {limit:g}", highest, frame=reading.frame)


def _measured(bench: Bench, measurand: str, since: int) -> list[Reading]:
    """The readings that contain the measurand: the samples of one moment may come in several messages (4.7)."""
    return [one for one in readings(bench, PERIODIC, since_frame=since) if _values(bench, one, measurand)]


def _limit(bench: Bench, moment: datetime) -> float:
    """The highest limit that the EV may still follow at this moment."""
    begin = moved(moment, -timedelta(seconds=REACTION_TIME))
    steps = expected(bench.known_state.profiles, bench.connector_id, begin, int(REACTION_TIME) + 1, math.inf)
    return max(step.limit for step in steps)


def _values(bench: Bench, reading: Reading, measurand: str) -> list[float]:
    """The measured values, in W, or in A per phase.

    A current without a phase is the sum of all phases: 7.43 calls it an overall value.
    """
    phases = given(number_of_phases(bench)) or 1
    divisor = phases if rate_unit(bench) is t.ChargingRateUnitType.A else 1
    return [
        (number(sample.value) or 0.0)
        * THOUSANDS.get(str(given(sample.unit)), 1.0)
        / (divisor if sample.phase is UNSET else 1)
        for sample in reading.samples
        if given(sample.measurand) == measurand
    ]
