"""Reads from a station what it reports of itself, for its PICS. Nothing is changed in the station."""

from collections.abc import Callable, Sequence
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
from plugfest.rig.external import announcement
from plugfest.rig.pki_folder import PkiFolder


class NotSurveyed(LabError):
    """No station connected, or it sent without end."""


class Survey(NamedTuple):
    """The answers that follow from the station, and what it did not report."""

    draft: Draft
    findings: tuple[Finding, ...]


async def survey(
    version: OcppVersion,
    settings: LabSettings,
    pki_folder: PkiFolder | None,
    print_line: Callable[[str], None],
    listeners: Sequence[events.Listener] = (),
) -> Survey:
    """Wait for the station and read its configuration.

    Raises:
        NotSurveyed: no station connected, or it sent without end.
        CannotListen: the lab cannot listen at the address in the settings.
        PkiNotUsable: the folder has no usable root certificate.
    """
    pki = None if pki_folder is None else pki_folder.pki(clock.SystemClock().now())
    settings = msgspec.structs.replace(settings, root_installed=pki_folder is not None)
    lab = compose(blank_product(version), settings, listeners, pki)
    await lab.commissioner.open_main()
    try:
        for line in announcement(lab.commissioner.default, pki_folder):
            print_line(line)
        return await read_station(lab)
    finally:
        await lab.csms.close()


async def read_station(lab: Lab) -> Survey:
    """What the station that connects to this lab reports of itself. Raises NotSurveyed."""
    csms, settings = lab.csms, lab.settings
    try:
        async with lab.runaway_limit.enforced():
            if not await csms.wait_connected(within=settings.boot_timeout):
                raise NotSurveyed(
                    f"no station connected to {csms.main.url}/{settings.identity} within {settings.boot_timeout:g} s:"
                    f" {csms.main.last_refusal()}"
                )
            await lab.wait_booted()
            findings = await lab.version.configuration.read_all()
    except (RunawayStation, TooManyClients) as error:
        raise NotSurveyed(f"the station cannot be read: {error}") from error
    return Survey(lab.version.draft(), findings)
