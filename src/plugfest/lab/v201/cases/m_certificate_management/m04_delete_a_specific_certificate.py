"""M04 Delete a specific certificate from a Charging Station."""

from plugfest.lab.case import ANY_SECURE_CONNECTION, ConnectionRequirement, case
from plugfest.lab.checks.root_certificate import RootCertificate
from plugfest.lab.expectations import one_of
from plugfest.lab.v201.bench import Bench
from plugfest.lab.v201.installed_certificates import hash_data
from plugfest.lab.v201.memory.certificate_installed import (
    CSMS,
    certificate_installed,
    connected_roots,
    csms_root,
    second_csms_root,
)
from plugfest.lab.v201.memory.charging_station_certificate_renewed import charging_station_certificate_renewed
from plugfest.lab.v201.states.installed_certificates import (
    Chains,
    certificates_present,
    certificates_request,
    check_absent,
    check_present,
    find_root,
    installed_certificates,
)
from plugfest.ocpp.message import UNSET, given
from plugfest.ocpp.v201 import messages as m
from plugfest.security.certificates import HashAlgorithm, certificate_hash, certificates_from_pem


def _root_to_delete(bench: Bench) -> RootCertificate:
    """The only CSMS root certificate if the PICS allows deleting it, else a second one."""
    return csms_root(bench) if bench.product.answers("AQ-1") else second_csms_root(bench)


async def _root_to_delete_installed(bench: Bench) -> None:
    root = _root_to_delete(bench)
    response = await bench.ask(certificates_request(CSMS))
    if find_root(given(response.certificate_hash_data_chain) or [], root) is None:
        await certificate_installed(bench, root)


@case("TC_M_20_CS", requirements=("M04.FR.01", "M04.FR.02"), before=_root_to_delete_installed)
async def success(bench: Bench) -> None:
    root = _root_to_delete(bench)
    chains = await certificates_present(bench.step(1), root)
    installed = find_root(chains, root)
    assert installed is not None, "certificates_present checked that"
    bench.step(3, "M04.FR.02")  # with the hash data that the station reported (M04.FR.07)
    await bench.call(
        m.DeleteCertificateRequest(certificate_hash_data=installed.certificate_hash_data), status="Accepted"
    )
    bench.step(4, "M04.FR.02")
    if len(chains) == 1:  # M03.FR.02
        await bench.call(certificates_request(CSMS), status="NotFound", certificate_hash_data_chain=UNSET)
    else:
        check_absent(bench, await installed_certificates(bench, CSMS), root)


def _algorithm(reported: Chains) -> HashAlgorithm:
    """The hash algorithm that the station uses (M04.FR.07)."""
    return HashAlgorithm(reported[0].certificate_hash_data.hash_algorithm)


@case("TC_M_22_CS", requirements=("M04.FR.01", "M04.FR.04"), connected=ANY_SECURE_CONNECTION)
async def no_matching_certificate_found(bench: Bench) -> None:
    before = await installed_certificates(bench.step(1), CSMS)
    for root in connected_roots(bench):
        check_present(bench, before, root)
    pki = bench.commissioner.unrelated_pki()
    data = hash_data(certificate_hash(pki.sub_ca.certificate, pki.root.certificate, _algorithm(before)))
    bench.step(3, "M04.FR.04")
    await bench.call(m.DeleteCertificateRequest(certificate_hash_data=data), status="NotFound")


@case(
    "TC_M_23_CS",
    requirements=("M04.FR.01", "M04.FR.06"),
    connected=ConnectionRequirement((3,)),
    before=charging_station_certificate_renewed,
)
async def charging_station_certificate(bench: Bench) -> None:
    before = await installed_certificates(bench.step(1))
    for root in connected_roots(bench):
        check_present(bench, before, root)
    tls = bench.csms.connection.handshake.tls
    (own,) = certificates_from_pem(tls.client_chain[0] if tls else "")
    data = hash_data(certificate_hash(own, bench.commissioner.pki.sub_ca.certificate, _algorithm(before)))
    bench.step(3, "M04.FR.06")
    await bench.call(m.DeleteCertificateRequest(certificate_hash_data=data), status=one_of("Failed", "NotFound"))
