"""A05 Upgrade Charge Point Security Profile, and no downgrade."""

from plugfest.lab.case import ConnectionRequirement, case
from plugfest.lab.checks.handshake import check_no_downgrade, check_reconnects
from plugfest.lab.v16.bench import Bench
from plugfest.lab.v16.memory.certificate_installed import csms_root_installed
from plugfest.lab.v16.memory.charge_point_certificate_renewed import charge_point_certificate_renewed
from plugfest.lab.v16.states.booted import boot_reported, optional_boot, reset
from plugfest.lab.v16.states.configuration_keys import get_configuration
from plugfest.ocpp.v16 import messages as m
from plugfest.security.profile import SecurityProfile

SECURITY_PROFILE = "SecurityProfile"

ADVANCED = "Advanced Security"
"""The certification profile that includes client certificates, and so security profile 3."""


async def _below_highest_profile(bench: Bench) -> None:
    """The station uses a security profile below its highest. OCPP cannot restore it later (A00.FR.005)."""
    requirement = ConnectionRequirement((2, 1) if ADVANCED in bench.product.profiles else (1,), root_installed=None)
    await bench.commissioner.ensure_connection(bench.operator, requirement)
    bench.commissioner.check_can_recommission(bench.operator)


async def _prerequisite(bench: Bench) -> None:
    """What the next higher profile requires: the CSMS root certificate, or the charge point certificate."""
    if bench.commissioner.profile is SecurityProfile.BASIC:
        await csms_root_installed(bench)
    else:
        await charge_point_certificate_renewed(bench)


def _security_profile_request(profile: int) -> m.ChangeConfigurationRequest:
    return m.ChangeConfigurationRequest(key=SECURITY_PROFILE, value=str(int(profile)))


async def _check_profile(bench: Bench, profile: SecurityProfile) -> None:
    """The station reports this security profile."""
    value = (await get_configuration(bench, SECURITY_PROFILE))[SECURITY_PROFILE.lower()].value
    bench.check(value == str(int(profile)), f"{SECURITY_PROFILE} {profile:d}", value, frame=bench.csms.answer_frame)


@case(
    "TC_083_CS",
    requirements=("A05.FR.05", "A05.FR.06", "A05.FR.07"),
    before=(_below_highest_profile, _prerequisite),
)
async def upgraded(bench: Bench) -> None:
    """The document resets the station. By the whitepaper it may already have disconnected by itself (A05.FR.06)."""
    lower = bench.commissioner.profile
    higher = SecurityProfile(lower + 1)
    bench.commissioner.invalidate()
    await bench.step(1, "A05.FR.05").call(_security_profile_request(higher), status="Accepted")
    await bench.csms.main.serve(higher, bench.commissioner.tls(higher))
    bench.step(3)
    await _optional_reconnect(bench)
    await reset(bench, "Hard")
    await boot_reported(bench.step(5, "A05.FR.07"))
    await _check_profile(bench, higher)
    if lower is SecurityProfile.BASIC:
        await check_no_downgrade(bench, steps=(9, 11), seconds=bench.settings.reconnect_timeout)
        await optional_boot(bench)


async def _optional_reconnect(bench: Bench) -> None:
    """The station may reconnect with the new security profile before the reset."""
    connections_before = bench.csms.connection_count
    if await bench.csms.wait_disconnected(within=bench.settings.time_tolerance):
        await check_reconnects(bench, connections_before)
        await optional_boot(bench)


@case("TC_084_CS", requirements=("A00.FR.005", "A05.FR.01"), connected=ConnectionRequirement((2, 3)))
async def downgrade_rejected(bench: Bench) -> None:
    profile, connections_before = bench.commissioner.profile, bench.csms.connection_count
    await bench.step(1).call(_security_profile_request(profile - 1), status="Rejected")
    bench.step(2, "A05.FR.01")
    await _check_profile(bench, profile)
    await bench.wait(bench.settings.time_tolerance)
    stayed = bench.csms.connection_count == connections_before
    bench.check(stayed, "the station stays connected", "the station connected again")
