"""M05 Install CA certificate in a Charging Station."""

from plugfest.lab.case import ANY_SECURE_CONNECTION, ConnectionRequirement, case
from plugfest.lab.checks.root_certificate import RootCertificate
from plugfest.lab.v201.bench import Bench
from plugfest.lab.v201.cases.b_provisioning.b11_reset_without_ongoing_transaction import reset
from plugfest.lab.v201.memory.certificate_installed import (
    CSMS,
    certificate_installed,
    csms_root,
    install_request,
    manufacturer_root,
    mo_root,
    second_csms_root,
    successor_installed,
    successor_root,
    v2g_root,
)
from plugfest.lab.v201.memory.charging_station_certificate_renewed import charging_station_certificate_renewed
from plugfest.lab.v201.states.booted import boot_reported
from plugfest.lab.v201.states.installed_certificates import (
    certificates_present,
    check_absent,
    check_present,
    installed_certificates,
)
from plugfest.security.pki import CertificateFault
from plugfest.security.profile import SecurityProfile

TLS = ConnectionRequirement((2, 3))


@case("TC_M_01_CS", requirements=("M05.FR.01", "M05.FR.02"))
async def csms_root_certificate(bench: Bench) -> None:
    root = second_csms_root(bench)
    await certificate_installed(bench.step(1), root)
    await certificates_present(bench.step(2), root)


@case("TC_M_02_CS", requirements=("M05.FR.01", "M05.FR.02"))
async def manufacturer_root_certificate(bench: Bench) -> None:
    root = manufacturer_root(bench)
    await certificate_installed(bench.step(1), root)
    await certificates_present(bench.step(2), root)


@case("TC_M_03_CS", requirements=("M05.FR.01", "M05.FR.02"))
async def v2g_root_certificate(bench: Bench) -> None:
    root = v2g_root(bench)
    await certificate_installed(bench.step(1), root)
    await certificates_present(bench.step(2), root)


@case("TC_M_04_CS", requirements=("M05.FR.01", "M05.FR.02"))
async def mo_root_certificate(bench: Bench) -> None:
    root = mo_root(bench)
    await certificate_installed(bench.step(1), root)
    await certificates_present(bench.step(2), root)


@case("TC_M_07_CS", requirements=("M05.FR.01", "M05.FR.07"), connected=ANY_SECURE_CONNECTION)
async def certificate_invalid(bench: Bench) -> None:
    """Edition 4 (after Part 6 of OCPP 2.1 Edition 2) also accepts NotFound in step 4.

    Not used here: the station has at least the root of the lab's CSMS, and has to report it (M03.FR.04).
    """
    expired = RootCertificate.self_signed(CSMS, bench.commissioner.pki.bad_root(CertificateFault.EXPIRED))
    await bench.step(2, "M05.FR.07").call(install_request(expired), status="Rejected")
    check_absent(bench, await installed_certificates(bench.step(4), CSMS), expired)


@case("TC_M_09_CS", requirements=("M05.FR.10", "M05.FR.11"), connected=ANY_SECURE_CONNECTION)
async def not_signed_by_the_old_root(bench: Bench) -> None:
    other = RootCertificate.self_signed(CSMS, bench.commissioner.unrelated_pki().root.certificate)
    await bench.step(2, "M05.FR.11").call(install_request(other), status="Rejected")
    chains = await certificates_present(bench.step(4, "M05.FR.11"), csms_root(bench))
    bench.check(len(chains) == 1, "one CSMSRootCertificate", len(chains), frame=bench.csms.answer_frame)


async def _reset_with_root(bench: Bench, *, new: bool) -> None:
    """Reset the station; the CSMS certificate after the reset chains to the new root or to the old one."""
    profile = bench.commissioner.profile
    pki = bench.commissioner.successor() if new else bench.commissioner.pki
    await bench.csms.main.change_tls(bench.commissioner.tls(profile, pki=pki))
    bench.csms.inbox.set_mark()
    await bench.step(2).call(reset("OnIdle"), status="Accepted")
    await boot_reported(bench.step(5))


async def _charging_station_certificate_renewed(bench: Bench) -> None:
    if bench.commissioner.profile is SecurityProfile.TLS_CLIENT_CERTIFICATE:
        await charging_station_certificate_renewed(bench)


@case(
    "TC_M_30_CS",
    requirements=("M05.FR.13",),
    connected=TLS,
    before=(successor_installed, _charging_station_certificate_renewed),
)
async def reconnect_using_new_root(bench: Bench) -> None:
    await _reset_with_root(bench, new=True)
    bench.step(7, "M05.FR.13")
    chains = await installed_certificates(bench, CSMS)
    check_present(bench, chains, successor_root(bench))
    check_absent(bench, chains, csms_root(bench))


@case("TC_M_31_CS", requirements=("M05.FR.14",), connected=TLS, before=successor_installed)
async def reconnect_using_old_root(bench: Bench) -> None:
    await _reset_with_root(bench, new=False)
    await certificates_present(bench.step(8, "M05.FR.14"), csms_root(bench))
