"""A campaign against our own virtual station: both in one process, with real sockets and real TLS between them."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import msgspec

from plugfest.lab import events
from plugfest.lab.engine import Chosen, Engine
from plugfest.lab.settings import LabSettings
from plugfest.products import Product
from plugfest.rig.outcome import CampaignOutcome
from plugfest.rig.virtual_firmware import firmware_files
from plugfest.rig.virtual_hands import VirtualHands
from plugfest.station.equipment import virtual_hardware


async def run_campaign(
    product: Product,
    chosen: Sequence[Chosen],
    *,
    settings: LabSettings,
    listeners: Sequence[events.Listener] = (),
) -> CampaignOutcome:
    """Build a station of this product, put it on the bench and run the chosen cases, in one uninterrupted run.

    Raises:
        CampaignImpossible: the station did not come to the point where cases can begin.
        CannotListen: the address of the settings is taken.
    """
    engine = virtual_engine(product, settings, listeners)
    async with bench_of(engine, product) as hands:
        results = await engine.run(chosen, hands)
    return CampaignOutcome(results, engine.record.frames)


def virtual_engine(product: Product, settings: LabSettings, listeners: Sequence[events.Listener] = ()) -> Engine:
    """A lab that has firmware for a virtual station of the product."""
    if settings.firmware is None:
        settings = msgspec.structs.replace(settings, firmware=firmware_files(product))
    return Engine(product, settings, listeners)


@asynccontextmanager
async def bench_of(engine: Engine, product: Product) -> AsyncIterator[VirtualHands]:
    """The lab listens, and a new station of the product is on its way to it. Both are gone afterwards."""
    await engine.commissioner.open_main()
    hands = VirtualHands(product, virtual_hardware(product))
    try:
        await hands.commission(engine.commissioner.usual)
        yield hands
    finally:
        await hands.switch_off()
        await engine.csms.close()
