"""M03 Retrieve list of available certificates from a Charging Station."""

from plugfest.lab.case import case
from plugfest.lab.v201.bench import Bench
from plugfest.lab.v201.installed_certificates import V2G_CHAIN
from plugfest.lab.v201.memory.certificate_installed import (
    MO,
    manufacturer_root,
    manufacturer_root_installed,
    mo_root,
    mo_root_installed,
    second_csms_root_installed,
    stored_csms_roots,
    v2g_root,
    v2g_root_installed,
)
from plugfest.lab.v201.memory.v2g_certificate_renewed import v2g_certificate_renewed
from plugfest.lab.v201.states.installed_certificates import (
    certificates_present,
    certificates_request,
    check_chain_present,
    check_present,
    installed_certificates,
)
from plugfest.ocpp.message import UNSET, given
from plugfest.ocpp.v201 import messages as m

FOUND = ("M03.FR.01", "M03.FR.03", "M03.FR.04")


@case("TC_M_12_CS", requirements=FOUND, before=second_csms_root_installed)
async def csms_root_certificate(bench: Bench) -> None:
    await certificates_present(bench.step(1), *stored_csms_roots(bench))


@case("TC_M_13_CS", requirements=FOUND, before=manufacturer_root_installed)
async def manufacturer_root_certificate(bench: Bench) -> None:
    await certificates_present(bench.step(1), manufacturer_root(bench))


@case("TC_M_14_CS", requirements=FOUND, before=v2g_root_installed)
async def v2g_root_certificate(bench: Bench) -> None:
    await certificates_present(bench.step(1), v2g_root(bench))


@case("TC_M_15_CS", requirements=(*FOUND, "M03.FR.05"), before=v2g_root_installed)
async def v2g_certificate_chain(bench: Bench) -> None:
    installed = await v2g_certificate_renewed(bench.step("RenewV2GChargingStationCertificate"))  # erratum 6.2.84
    chains = await installed_certificates(bench.step(1, "M03.FR.05"), V2G_CHAIN)
    for chain in installed:
        check_chain_present(bench, chains, chain)


@case("TC_M_16_CS", requirements=FOUND, before=mo_root_installed)
async def mo_root_certificate(bench: Bench) -> None:
    await certificates_present(bench.step(1), mo_root(bench))


@case("TC_M_17_CS", requirements=FOUND, before=(second_csms_root_installed, manufacturer_root_installed))
async def csms_and_manufacturer_root_certificate(bench: Bench) -> None:
    await certificates_present(bench.step(1), *stored_csms_roots(bench), manufacturer_root(bench))


@case("TC_M_18_CS", requirements=FOUND, before=(second_csms_root_installed, manufacturer_root_installed))
async def all_certificate_types(bench: Bench) -> None:
    chains = await installed_certificates(bench.step(2))
    for root in (*stored_csms_roots(bench), manufacturer_root(bench)):
        check_present(bench, chains, root)


async def _no_mo_root(bench: Bench) -> None:
    """Delete all MO root certificates; Part 6 does not restore them."""
    response = await bench.ask(certificates_request(MO))
    chains = given(response.certificate_hash_data_chain) or []
    for data in (chain.certificate_hash_data for chain in chains if chain.certificate_type == MO):
        await bench.call(m.DeleteCertificateRequest(certificate_hash_data=data), status="Accepted")
    bench.certificates.reset()


@case("TC_M_19_CS", requirements=("M03.FR.01", "M03.FR.02"), before=_no_mo_root)
async def no_matching_certificate_found(bench: Bench) -> None:
    bench.step(2)
    await bench.call(certificates_request(MO), status="NotFound", certificate_hash_data_chain=UNSET)
