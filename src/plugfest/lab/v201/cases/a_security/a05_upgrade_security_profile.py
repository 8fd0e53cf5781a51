"""A05 Upgrade Charging Station Security Profile."""

from plugfest.lab.case import ConnectionRequirement, case
from plugfest.lab.checks.handshake import check_no_downgrade
from plugfest.lab.expectations import one_of, split
from plugfest.lab.v201.bench import Bench
from plugfest.lab.v201.cases.b_provisioning.b11_reset_without_ongoing_transaction import reset
from plugfest.lab.v201.cases.b_provisioning.network_profiles import (
    PRIORITY,
    only_the_active_slot,
    set_priority,
    set_profile,
    slots,
)
from plugfest.lab.v201.cases.b_provisioning.variables import result, set_request
from plugfest.lab.v201.configuration import Variable
from plugfest.lab.v201.memory.certificate_installed import certificate_installed, csms_root
from plugfest.lab.v201.memory.charging_station_certificate_renewed import charging_station_certificate_renewed
from plugfest.lab.v201.states.booted import boot_reported
from plugfest.security.profile import SecurityProfile

SECURITY_PROFILE = Variable("SecurityCtrlr", "SecurityProfile")


ADVANCED = "Advanced Security"
"""The certification profile that includes client certificates, and so security profile 3."""


async def _below_highest_profile(bench: Bench) -> None:
    """The station uses a security profile below its highest. OCPP cannot restore it later (A00.FR.005)."""
    requirement = ConnectionRequirement((2, 1) if ADVANCED in bench.product.profiles else (1,))
    await bench.commissioner.ensure_connection(bench.operator, requirement)
    bench.commissioner.check_can_recommission(bench.operator)


async def _prerequisite(bench: Bench) -> None:
    """What the next higher profile requires: the CSMS root certificate, or the Charging Station certificate."""
    if bench.commissioner.profile is SecurityProfile.BASIC:
        await certificate_installed(bench, csms_root(bench))
    else:
        await charging_station_certificate_renewed(bench)


@case(
    "TC_A_19_CS",
    requirements=("A05.FR.04", "A05.FR.05", "A05.FR.06"),
    before=(_below_highest_profile, _prerequisite),
)
async def accepted(bench: Bench) -> None:
    lower = bench.commissioner.profile
    higher = SecurityProfile(lower + 1)
    free, active = await slots(bench)
    bench.step(2)
    await set_profile(bench, free, bench.commissioner.commissioning(higher).csms_url, higher)
    bench.step(4, "A05.FR.04")
    await set_priority(bench, free, active)
    bench.step(6)
    bench.csms.inbox.set_mark()
    await bench.call(reset("OnIdle"), status="Accepted")
    bench.commissioner.invalidate()
    bench.step(8, "A05.FR.05")
    await bench.csms.main.serve(higher, bench.commissioner.tls(higher))
    await boot_reported(bench)
    bench.step(12, "A05.FR.06")
    profile, priority = await bench.configuration.read([SECURITY_PROFILE, PRIORITY])
    bench.check(profile == str(int(higher)), f"SecurityProfile {higher:d}", profile)
    bench.step(14, "A05.FR.06")
    bench.check(
        str(active) not in split(priority or ""), f"NetworkConfigurationPriority without slot {active}", priority
    )
    if lower is SecurityProfile.BASIC:
        await check_no_downgrade(bench, steps=(16, 18), seconds=bench.settings.reconnect_timeout)  # erratum 6.2.7


async def _priority_rejected(bench: Bench, free: int, active: int) -> None:
    await bench.call(
        set_request((PRIORITY, f"{free},{active}")),
        set_variable_result=[result(PRIORITY, "Rejected")],
    )


@case(
    "TC_A_20_CS",
    requirements=("A05.FR.02",),
    configuration=only_the_active_slot,
    connected=ConnectionRequirement((1,), root_installed=False),
)
async def without_csms_root(bench: Bench) -> None:
    second = await bench.commissioner.open_second(SecurityProfile.TLS_BASIC)
    free, active = await slots(bench)
    bench.step(2)  # erratum 6.2.9: a station may reject it here already
    await set_profile(bench, free, second.url, SecurityProfile.TLS_BASIC, status=one_of("Accepted", "Rejected"))
    bench.step(4, "A05.FR.02")
    await _priority_rejected(bench, free, active)


@case("TC_A_21_CS", requirements=("A05.FR.03",), connected=ConnectionRequirement((2,)))
async def without_charging_station_certificate(bench: Bench) -> None:
    second = await bench.commissioner.open_second(SecurityProfile.TLS_CLIENT_CERTIFICATE)
    free, active = await slots(bench)
    bench.step(2)
    await set_profile(bench, free, second.url, SecurityProfile.TLS_CLIENT_CERTIFICATE)
    bench.step(4, "A05.FR.03")
    await _priority_rejected(bench, free, active)


@case("TC_A_22_CS", requirements=("B09.FR.04",), connected=ConnectionRequirement((2, 3)))
async def downgrade_rejected(bench: Bench) -> None:
    second = await bench.commissioner.open_second(SecurityProfile.BASIC)
    free, _ = await slots(bench)
    bench.step(2)
    await set_profile(bench, free, second.url, SecurityProfile.BASIC, status="Rejected")
