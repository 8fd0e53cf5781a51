"""Campaigns against our virtual station, in the process of the lab."""

from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from functools import partial
from hashlib import shake_256

import msgspec

from plugfest.hardware.virtual.ev import Ev
from plugfest.lab import events
from plugfest.lab.case import CampaignCase
from plugfest.lab.composition import Lab, compose
from plugfest.lab.engine import CampaignOutcome, Engine
from plugfest.lab.files.manufacturer import FirmwareFiles
from plugfest.lab.recording.record import Frame
from plugfest.lab.settings import LabSettings
from plugfest.products import Product
from plugfest.rig.operators.virtual import VirtualOperator
from plugfest.security.pki import TestPki
from plugfest.station.files.firmware_image import build_image
from plugfest.station.setup.virtual_hardware import virtual_hardware

PROGRAM_SIZE = 200_000
"""Bytes: a slow file server takes minutes for it, a fast one no noticeable time."""

BATTERY = 60_000.0
CHARGED_WITH_IT = 300.0
"""The battery of the EVs in Wh, and the seconds of a transaction for which it is large enough."""


def firmware_files(product: Product) -> FirmwareFiles:
    """The next firmware version of the product, and an image of it with one wrong bit."""
    version = f"{product.firmware_version[:45]}-next"
    program = shake_256(version.encode()).digest(PROGRAM_SIZE)
    image = build_image(product.vendor, product.model, version, program)
    unusable = image[:-1] + bytes([image[-1] ^ 1])
    return FirmwareFiles(image=image, unusable=unusable, version=version)


async def run_campaign(
    product: Product,
    chosen: Sequence[CampaignCase],
    *,
    settings: LabSettings,
    listeners: Sequence[events.Listener] = (),
    pki: TestPki | None = None,
    archive: Sequence[Frame] = (),
    numbers: Iterator[int] | None = None,
) -> CampaignOutcome:
    """Build a station of this product, put it on the bench and run the chosen cases, in one uninterrupted run.

    The certificates of the lab come from `pki`, from a new PKI if None; `archive` has the frames that a listener keeps.
    `numbers`: which of the cases to run, counted from 1; all of them if None.

    Raises:
        CampaignImpossible: no station connected, or it sent without end.
        CannotListen: the lab cannot listen at the address in the settings.
    """
    lab = virtual_lab(product, settings, listeners, pki, archive)
    async with virtual_bench(lab, product) as operator:
        return await Engine(lab).run(chosen, operator, numbers=numbers)


def virtual_lab(
    product: Product,
    settings: LabSettings,
    listeners: Sequence[events.Listener] = (),
    pki: TestPki | None = None,
    archive: Sequence[Frame] = (),
) -> Lab:
    """A lab with firmware for a virtual station of the product, unless the settings name other firmware."""
    if settings.firmware is None:
        settings = msgspec.structs.replace(settings, firmware=firmware_files(product))
    return compose(product, settings, listeners, pki, archive)


@asynccontextmanager
async def virtual_bench(lab: Lab, product: Product) -> AsyncIterator[VirtualOperator]:
    """The lab listens, and a new station of the product connects to it. Both stop at the end of the block."""
    await lab.commissioner.open_main()
    operator = VirtualOperator(product, virtual_hardware(product, partial(_ev, lab.settings.transaction_duration)))
    try:
        await operator.commission(lab.commissioner.default)
        yield operator
    finally:
        await operator.switch_off()
        await lab.csms.close()


def _ev(transaction_duration: float) -> Ev:
    """An EV that is not full when the transactions of a campaign end."""
    return Ev(capacity=BATTERY * max(1.0, transaction_duration / CHARGED_WITH_IT))
