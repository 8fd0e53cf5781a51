"""A campaign against our own virtual station: both in one process, with real sockets and real TLS between them."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import msgspec

from plugfest.clock import SystemClock
from plugfest.lab import events
from plugfest.lab.csms.endpoint import EndpointSettings
from plugfest.lab.engine import Chosen, Engine
from plugfest.lab.record import Frame
from plugfest.lab.settings import LabSettings
from plugfest.lab.verdict import CaseResult
from plugfest.link.tls import server_context
from plugfest.products import Product
from plugfest.rig.virtual_hands import VirtualHands
from plugfest.security.pki import TestPki
from plugfest.security.profile import SecurityProfile
from plugfest.station.equipment import virtual_hardware
from plugfest.station.power import PoweredStation
from plugfest.station.provisioning import Settings
from plugfest.station.store import Store


class CampaignOutcome(msgspec.Struct, frozen=True):
    """What a campaign leaves behind: the verdicts, and every frame as evidence."""

    results: tuple[CaseResult, ...]
    frames: list[Frame]


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
    engine = Engine(product, settings, listeners)
    # OpenSSL judges validity by the real time, whatever the clock of the campaign says.
    pki = TestPki(SystemClock().now())
    profile = SecurityProfile(settings.security_profile)
    tls = server_context(pki.csms(settings.host)) if profile.uses_tls else None
    await engine.csms.open(
        "main",
        EndpointSettings(
            identity=settings.identity,
            password=settings.password,
            profile=profile,
            host=settings.host,
            port=settings.port,
            tls=tls,
        ),
    )
    try:
        async with _station(product, engine.csms.main.url, pki, settings) as (station, hands):
            station.power_on()
            results = await engine.run(chosen, hands)
    finally:
        await engine.csms.close()
    return CampaignOutcome(results, engine.record.frames)


@asynccontextmanager
async def _station(
    product: Product, url: str, pki: TestPki, settings: LabSettings
) -> AsyncIterator[tuple[PoweredStation, VirtualHands]]:
    hardware = virtual_hardware(product)
    station = PoweredStation(
        product,
        Store(":memory:"),
        hardware,
        Settings(
            identity=settings.identity,
            csms_url=url,
            password=settings.password,
            security_profile=SecurityProfile(settings.security_profile),
            csms_roots=(pki.root_pem,),
        ),
    )
    try:
        yield station, VirtualHands(station, hardware)
    finally:
        await station.power_off()
