"""What an EV takes while a limit holds, as the station's own meter values tell it."""

import math
from datetime import datetime, timedelta

from plugfest.lab.v16.bench import Bench
from plugfest.lab.v16.cases.core.readings import PERIODIC, Reading, readings
from plugfest.lab.v16.composite_schedule import expected
from plugfest.lab.v16.memory.charging_profile import number_of_phases, rate_unit
from plugfest.ocpp.message import UNSET, given
from plugfest.ocpp.v16 import messages as m
from plugfest.ocpp.v16 import types as t

REACTION = 5.0
"""Seconds in which an EV follows a new limit (IEC 61851-1)."""

INACCURACY = 1.1
"""What a meter may show for each that flows."""

MEASURAND = {t.ChargingRateUnitType.A: "Current.Import", t.ChargingRateUnitType.W: "Power.Active.Import"}

THOUSANDS = {"kW": 1000.0}


async def follows_limits(bench: Bench) -> None:
    """Once the EV has had time to follow, it takes no more than was installed. Needs meter values at an interval.

    A product that does not measure what it limits tells nothing, and nothing is judged.
    """
    measurand = MEASURAND[rate_unit(bench)]
    if measurand not in bench.product.measurands("C-09.1"):
        return
    await bench.wait(REACTION)
    bench.csms.inbox.set_mark()
    since = bench.csms.last_frame + 1
    within = bench.settings.sampled_interval + bench.settings.time_tolerance
    await bench.expect(m.MeterValuesRequest, connector_id=bench.connector_id, within=within)
    for reading in readings(bench, PERIODIC, since_frame=since):
        limit, highest = _limit(bench, reading.at), max(_values(bench, reading, measurand), default=None)
        holds = highest is not None and highest <= limit * INACCURACY
        bench.check(holds, f"{measurand} of {limit:g} at most", highest, frame=reading.frame)


def _limit(bench: Bench, moment: datetime) -> float:
    """What the EV may take at a moment, if it has just followed the limit that there was before."""
    begin = moment - timedelta(seconds=REACTION)
    steps = expected(bench.known_state.profiles, bench.connector_id, begin, int(REACTION) + 1, math.inf)
    return max(step.limit for step in steps)


def _values(bench: Bench, reading: Reading, measurand: str) -> list[float]:
    """What was measured, in W, or in A on each phase.

    A current that names no phase is taken for the sum of all: 7.43 calls it an overall value.
    """
    phases = given(number_of_phases(bench)) or 1
    together = phases if rate_unit(bench) is t.ChargingRateUnitType.A else 1
    return [
        float(sample.value) * THOUSANDS.get(str(given(sample.unit)), 1.0) / (together if sample.phase is UNSET else 1)
        for sample in reading.samples
        if given(sample.measurand) == measurand
    ]
