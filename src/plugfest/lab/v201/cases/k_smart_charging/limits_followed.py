"""Meter values that show the limit which the EV follows; the rule about charging limits judges them."""

from plugfest.lab.checks.smart_charging.limits import REACTION_TIME
from plugfest.lab.v201.bench import Bench
from plugfest.lab.v201.configuration import Need, needs
from plugfest.lab.v201.metering import sampled_updates, short_sampled_interval
from plugfest.lab.v201.rules.smart_charging.limits import UNITS
from plugfest.ocpp.v201 import messages as m


def sampled_often(bench: Bench) -> tuple[Need, ...]:
    """Meter values at short intervals while a transaction is ongoing."""
    return needs(sampled_updates(bench, short_sampled_interval(bench)))


async def meter_values_reported(bench: Bench) -> None:
    """Wait for meter values after the EV has had time to react. Products that measure no current have none."""
    if not set(UNITS) & set(bench.product.measurands("C-40.2")):
        return
    await bench.wait(REACTION_TIME + bench.settings.time_tolerance)
    bench.csms.inbox.set_mark()
    within = short_sampled_interval(bench) + bench.settings.time_tolerance
    await bench.expect(m.TransactionEventRequest, trigger_reason="MeterValuePeriodic", within=within)
