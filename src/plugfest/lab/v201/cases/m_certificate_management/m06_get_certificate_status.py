"""M06 Get V2G Charging Station Certificate status."""

from plugfest.lab.case import case
from plugfest.lab.csms.alternatives import Alternative
from plugfest.lab.expectations import meets
from plugfest.lab.iso15118.certificates import OCSP_RESPONDER
from plugfest.lab.v201.bench import Bench
from plugfest.lab.v201.installed_certificates import V2G_CHAIN
from plugfest.lab.v201.memory.certificate_installed import mo_root_installed, v2g_root_installed
from plugfest.lab.v201.memory.v2g_certificate_renewed import v2g_certificate_renewed
from plugfest.lab.v201.rules.iso15118.known_certificates import requested_hash
from plugfest.lab.v201.states.installed_certificates import check_chain_present, installed_certificates
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201 import types as t
from plugfest.security.certificates import CertificateHash, HashAlgorithm, certificates_from_pem
from plugfest.security.ocsp import ocsp_data

ROOTS = (v2g_root_installed, mo_root_installed)

RESPONDER = f"{OCSP_RESPONDER}/v2g"

Hashes = dict[HashAlgorithm, CertificateHash]
"""The hashes of a certificate by the algorithm."""


def _certificates(bench: Bench, chain: str) -> list[Hashes]:
    """The hashes of each certificate of a chain, leaf first, by the algorithm of the station's choice."""
    roots = [bench.commissioner.iso15118.v2g.root.certificate]
    certificates = certificates_from_pem(chain)
    by_algorithm = {each: [one.hashes for one in ocsp_data(certificates, roots, each)] for each in HashAlgorithm}
    return [{each: hashes[position] for each, hashes in by_algorithm.items()} for position in range(len(certificates))]


def _is_about(data: t.OCSPRequestDataType, certificate: Hashes) -> bool:
    asked = requested_hash(data)
    return data.responder_url == RESPONDER and asked == certificate[asked.hash_algorithm]


def _request_about(certificate: Hashes) -> Alternative:
    """GetCertificateStatusRequest about a certificate, with the address of its responder."""
    serial_number = certificate[HashAlgorithm.SHA256].serial_number
    what = meets(
        f"the hashes of the certificate with serial number {serial_number} and the URL {RESPONDER}",
        lambda data: isinstance(data, t.OCSPRequestDataType) and _is_about(data, certificate),
    )
    return m.GetCertificateStatusRequest, {"ocsp_request_data": what}


async def _every_status_requested(bench: Bench, chains: list[str]) -> None:
    """For the leaf and the two sub-CAs (erratum 6.2.85), in any order."""
    left = [certificate for chain in chains for certificate in _certificates(bench, chain)]
    while left:
        seen = await bench.expect_any(*map(_request_about, left))
        assert isinstance(seen.message, m.GetCertificateStatusRequest), "there is no other alternative"
        data = seen.message.ocsp_request_data
        left = [certificate for certificate in left if not _is_about(data, certificate)]


@case("TC_M_24_CS", requirements=("M06.FR.06", "M06.FR.07"), before=ROOTS)
async def success(bench: Bench) -> None:
    chains = await v2g_certificate_renewed(bench.step("RenewV2GChargingStationCertificate"))
    await _every_status_requested(bench.step(1, "M06.FR.07"), chains)


@case("TC_M_25_CS", requirements=("M06.FR.04", "M06.FR.07"), before=ROOTS)
async def rejected(bench: Bench) -> None:
    """The status is not about the validity of the certificate (remark of M06): the station keeps it."""
    bench.csms.answers.override(
        m.GetCertificateStatusRequest,
        lambda _: m.GetCertificateStatusResponse(status=t.GetCertificateStatusEnumType.Failed),
    )
    chains = await v2g_certificate_renewed(bench.step("RenewV2GChargingStationCertificate"))
    await _every_status_requested(bench.step(1, "M06.FR.07"), chains)
    await bench.settle()
    listed = await installed_certificates(bench.step(2, "M03.FR.05"), V2G_CHAIN)
    for chain in chains:
        check_chain_present(bench, listed, chain)
