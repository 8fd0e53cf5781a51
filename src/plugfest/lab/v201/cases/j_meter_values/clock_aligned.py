"""Clock-aligned meter values as they come in."""

from collections.abc import Iterator
from datetime import timedelta

from plugfest import clock
from plugfest.lab.v201.bench import Bench
from plugfest.lab.v201.cases.j_meter_values.readings import Reading, Round, in_event, in_meter_values, rounds
from plugfest.lab.v201.metering import measurands
from plugfest.ocpp.v201 import messages as m

CLOCK = "Sample.Clock"
SENT_ALWAYS = {"AlignedDataCtrlr.SendDuringIdle": "false", "SampledDataCtrlr.RegisterValuesWithoutPhases": "false"}


def aligned(bench: Bench) -> dict[str, str]:
    """The configuration for meter values at each interval of the clock."""
    return {
        "AlignedDataCtrlr.Enabled": "true",
        "AlignedDataCtrlr.Interval": str(bench.settings.aligned_interval),
        "AlignedDataCtrlr.Measurands": ",".join(measurands(bench, "C-40.4")),
    }


def aligned_in_the_end(bench: Bench) -> dict[str, str]:
    """The configuration for clock-aligned meter values in the last event of a transaction, and no others there."""
    return {
        "AlignedDataCtrlr.Enabled": "true",
        "AlignedDataCtrlr.TxEndedInterval": str(bench.settings.aligned_interval),
        "AlignedDataCtrlr.TxEndedMeasurands": ",".join(measurands(bench, "C-40.5")),
        "AlignedDataCtrlr.SendDuringIdle": "false",
    }


def wanted_of(bench: Bench, *, ev: bool) -> frozenset[str]:
    """The measurands that each EVSE has to report. No EV, no state of charge (J01.FR.14)."""
    return frozenset(measurands(bench, "C-40.4")) - (frozenset() if ev else {"SoC"})


async def whole_rounds(bench: Bench, number: int) -> list[Round]:
    """Wait for so many intervals of the clock, and return the rounds that began and were all told meanwhile."""
    interval, tolerance = bench.settings.aligned_interval, bench.settings.time_tolerance
    began = clock.utc_now()
    await bench.wait(interval * (number + 1) + tolerance)
    over = clock.utc_now() - timedelta(seconds=tolerance)
    found = [one for one in rounds(taken(bench), tolerance) if began < one.at <= over]
    bench.check(len(found) >= number, f"clock-aligned meter values of {number} intervals", len(found))
    return found


def taken(bench: Bench) -> Iterator[Reading]:
    """Take every clock-aligned reading that has come so far, of either message (J01.FR.22)."""
    for seen in list(bench.csms.inbox.untaken()):
        message, frame = seen.message, seen.frame.index
        if isinstance(message, m.MeterValuesRequest):
            seen.taken = True
            yield from in_meter_values(message, frame)
        elif isinstance(message, m.TransactionEventRequest) and message.trigger_reason == "MeterValueClock":
            seen.taken = True
            yield from in_event(bench, message, frame)
