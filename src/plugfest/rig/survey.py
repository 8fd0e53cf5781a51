"""Reads from a station what it reports of itself, for its PICS. Nothing is changed in the station."""

import asyncio
from collections.abc import Sequence
from contextlib import AsyncExitStack
from typing import NamedTuple

import msgspec

from plugfest import clock
from plugfest.lab import events
from plugfest.lab.composition import Lab, compose
from plugfest.lab.csms.runaway_limit import RunawayStation, TooManyClients
from plugfest.lab.settings import LabSettings
from plugfest.lab.verdict import Finding, LabError
from plugfest.products.draft import Draft, blank_product
from plugfest.products.features import OcppVersion
from plugfest.rig.commissioning_guide import Announce, CommissioningGuide
from plugfest.rig.pki_folder import PkiFolder


class NotSurveyed(LabError):
    """No station connected, or it sent without end."""


class Survey(NamedTuple):
    """The answers that follow from the station, and what it did not report."""

    draft: Draft
    findings: tuple[Finding, ...]


async def survey(
    versions: Sequence[OcppVersion],
    settings: LabSettings,
    pki_folder: PkiFolder | None,
    announce: Announce,
    listeners: Sequence[events.Listener] = (),
) -> Survey:
    """Wait for the station and read its configuration. Of several OCPP versions, the station chooses one.

    `announce` is called when the lab listens. The station has the boot timeout of the settings to connect.

    Raises:
        NotSurveyed: no station connected, or it sent without end.
        CannotListen: the lab cannot listen at the address in the settings.
        PkiNotUsable: the folder has no usable root certificate.
    """
    pki = None if pki_folder is None else pki_folder.pki(clock.SystemClock().now())
    settings = msgspec.structs.replace(settings, root_installed=pki_folder is not None)
    lab, *others = (compose(blank_product(version), settings, listeners, pki) for version in versions)
    for other in others:
        lab.csms.add_version(other.csms)
    await lab.commissioner.open_main()
    try:
        guide = CommissioningGuide(lab.commissioner.default, versions, pki_folder)
        guide.write_files()
        announce(guide, settings.boot_timeout)
        return await read_station(lab, *others)
    finally:
        await asyncio.gather(*(one.csms.close() for one in (lab, *others)))


async def read_station(*labs: Lab) -> Survey:
    """What the station that connects to one of these labs reports of itself. Raises NotSurveyed."""
    try:
        async with AsyncExitStack() as stack:
            for one in labs:
                await stack.enter_async_context(one.runaway_limit.enforced())
            lab = await _connected(labs)
            await lab.wait_booted()
            findings = await lab.version.configuration.read_all()
    except (RunawayStation, TooManyClients) as error:
        raise NotSurveyed(f"the station cannot be read: {error}") from error
    return Survey(lab.version.draft(), findings)


async def _connected(labs: Sequence[Lab]) -> Lab:
    """The lab of the version that the station has chosen. Raises NotSurveyed."""
    csms, settings = labs[0].csms, labs[0].settings
    waiting = [asyncio.ensure_future(one.csms.wait_connected(within=settings.boot_timeout)) for one in labs]
    try:
        await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for one in waiting:
            one.cancel()
    connected = next((lab for lab in labs if lab.csms.connected), None)
    if connected is None:
        raise NotSurveyed(
            f"no station connected to {csms.main.url}/{settings.identity} within {settings.boot_timeout:g} s:"
            f" {csms.main.last_refusal()}"
        )
    return connected
