"""E11 Connection Loss During Transaction."""

from plugfest.lab.case import case
from plugfest.lab.checks.outage import Outage, offline
from plugfest.lab.expectations import differences, present
from plugfest.lab.v201.bench import Bench
from plugfest.lab.v201.cases.e_transactions.configurations import sampled_while_offline, time_offline
from plugfest.lab.v201.states.energy_transfer import energy_transfer_started
from plugfest.lab.v201.states.offline import back_online, queued_events
from plugfest.lab.v201.states.transaction_event import Event


async def offline_period(bench: Bench) -> Outage:
    """The station is offline long enough to queue meter values."""
    bench.step(1)
    await offline(bench)
    bench.step(2)
    await bench.wait(time_offline(bench))
    return await back_online(bench)


async def queued_meter_values(bench: Bench, outage: Outage) -> list[Event]:
    """Take the queued events: each has eventType Updated and meter values."""
    events = await queued_events(bench, outage)
    for event in events:
        comparison = differences(event.message, {"event_type": "Updated", "meter_value": present})
        bench.judge.check_comparison(comparison, frame=event.frame.index, what="TransactionEventRequest")
    return events


@case(
    "TC_E_40_CS",
    requirements=("E11.FR.01", "E11.FR.02", "E11.FR.06"),
    configuration=sampled_while_offline,
    before=energy_transfer_started,
)
async def connection_loss(bench: Bench) -> None:
    outage = await offline_period(bench)
    bench.step(3)
    await queued_meter_values(bench, outage)
