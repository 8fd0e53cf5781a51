"""A campaign against our own virtual station: both in one process, with real sockets and real TLS between them."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import msgspec

from plugfest.lab import events
from plugfest.lab.case import CampaignCase
from plugfest.lab.composition import Lab, compose
from plugfest.lab.engine import Engine
from plugfest.lab.settings import LabSettings
from plugfest.products import Product
from plugfest.rig.operators.virtual import VirtualOperator
from plugfest.rig.outcome import CampaignOutcome
from plugfest.rig.virtual_firmware import firmware_files
from plugfest.station.setup.virtual_hardware import virtual_hardware


async def run_campaign(
    product: Product,
    chosen: Sequence[CampaignCase],
    *,
    settings: LabSettings,
    listeners: Sequence[events.Listener] = (),
) -> CampaignOutcome:
    """Build a station of this product, put it on the bench and run the chosen cases, in one uninterrupted run.

    Raises:
        CampaignImpossible: the station did not come to the point where cases can begin.
        CannotListen: the address of the settings is taken.
    """
    lab = virtual_lab(product, settings, listeners)
    async with bench_of(lab, product) as operator:
        results = await Engine(lab).run(chosen, operator)
    return CampaignOutcome(results, lab.record.frames)


def virtual_lab(product: Product, settings: LabSettings, listeners: Sequence[events.Listener] = ()) -> Lab:
    """A lab that has firmware for a virtual station of the product."""
    if settings.firmware is None:
        settings = msgspec.structs.replace(settings, firmware=firmware_files(product))
    return compose(product, settings, listeners)


@asynccontextmanager
async def bench_of(lab: Lab, product: Product) -> AsyncIterator[VirtualOperator]:
    """The lab listens, and a new station of the product is on its way to it. Both are gone afterwards."""
    await lab.commissioner.open_main()
    operator = VirtualOperator(product, virtual_hardware(product))
    try:
        await operator.commission(lab.commissioner.usual)
        yield operator
    finally:
        await operator.switch_off()
        await lab.csms.close()
