"""A campaign that lasts for days, over a network that fails every five minutes."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from plugfest.lab import events
from plugfest.lab.case import CampaignCase, Case, case
from plugfest.lab.engine import Engine
from plugfest.lab.settings import LabSettings
from plugfest.lab.v201.bench import Bench
from plugfest.lab.verdict import CaseResult
from plugfest.products import load_product
from plugfest.rig.virtual import virtual_bench, virtual_lab
from plugfest.runs.entries import SittingBegan
from plugfest.runs.sitting import SittingWriter

PRODUCT = "chargepoint-ct4000"
OUTAGE_EVERY = 300.0


@case("TC_X_01_CS")
async def charge_for_an_hour(bench: Bench) -> None:
    """An EV charges while the connection is lost again and again."""
    await bench.operator.plug_in(1, 1)
    await bench.operator.present_token(bench.settings.tokens.valid, 1)
    for _ in range(12):
        await asyncio.sleep(OUTAGE_EVERY)
        bench.csms.drop_connection()
        bench.check(await bench.csms.wait_connected(within=120), "the station connects again", "it does not")
    await bench.operator.present_token(bench.settings.tokens.valid, 1)
    await asyncio.sleep(5)
    await bench.operator.unplug(1, 1)


async def run(hours: int, folder: Path, after_hour: Callable[[int], None]) -> tuple[CaseResult, ...]:
    """Run the case so many times on one station, kept in a run. `after_hour` is called with the number of the hour."""
    began = SittingBegan(
        started_at=datetime(2030, 1, 1, tzinfo=UTC),
        software="Plugfest",
        clock="simulated",
        operator="virtual",
        settings=LabSettings(),
    )
    writer = SittingWriter(folder / "sitting-1.jsonl", began)
    finished = 0

    def on_event(event: events.Event) -> None:
        nonlocal finished
        if isinstance(event, events.CaseFinished):
            finished += 1
            after_hour(finished)

    lab = virtual_lab(load_product(PRODUCT), LabSettings(), [writer.on_event, on_event], None, writer.frames)
    cases = [_numbered(number, charge_for_an_hour) for number in range(hours)]
    try:
        async with virtual_bench(lab, lab.product) as operator:
            return (await Engine(lab).run(cases, operator)).results
    finally:
        writer.close()


def _numbered(number: int, declared: Case) -> CampaignCase:
    return CampaignCase(f"TC_X_{number:03}_CS", "charge for an hour", "Core", declared)
