"""GetInstalledCertificateIds: the certificates that the station reports."""

from plugfest.lab.checks.root_certificate import RootCertificate
from plugfest.lab.expectations import every_item, has, one_of
from plugfest.lab.restore.certificates import received_hash
from plugfest.lab.v201.bench import Bench
from plugfest.ocpp.message import UNSET, given
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201 import types as t
from plugfest.security.certificates import HashAlgorithm, certificates_from_pem
from plugfest.security.ocsp import ocsp_data

Chains = list[t.CertificateHashDataChainType]


def certificates_request(*uses: str) -> m.GetInstalledCertificateIdsRequest:
    """GetInstalledCertificateIdsRequest for these uses, by default for all."""
    types = [t.GetCertificateIdUseEnumType(use) for use in uses]
    return m.GetInstalledCertificateIdsRequest(certificate_type=types or UNSET)


async def installed_certificates(bench: Bench, *uses: str) -> Chains:
    """The station reports certificates of these uses, and no others (M03.FR.03, M03.FR.04)."""
    requested = one_of(*uses) if uses else one_of(*t.GetCertificateIdUseEnumType)
    response = await bench.call(
        certificates_request(*uses),
        status="Accepted",
        certificate_hash_data_chain=every_item(has(certificate_type=requested)),
    )
    return given(response.certificate_hash_data_chain) or []


async def certificates_present(bench: Bench, *roots: RootCertificate) -> Chains:
    """Request the certificates of the uses of these roots; each root is among them."""
    chains = await installed_certificates(bench, *dict.fromkeys(root.use for root in roots))
    for root in roots:
        check_present(bench, chains, root)
    return chains


def find_root(chains: Chains, root: RootCertificate) -> t.CertificateHashDataChainType | None:
    """The entry of a root, hashed with the algorithm of the station's choice; None if it is not reported."""
    for chain in chains:
        if chain.certificate_type == root.use and root.has_hashes(chain.certificate_hash_data):
            return chain
    return None


def check_present(bench: Bench, chains: Chains, root: RootCertificate) -> None:
    """The station reports the root."""
    _check(bench, chains, root, installed=True)


def check_absent(bench: Bench, chains: Chains, root: RootCertificate) -> None:
    """The station does not report the root."""
    _check(bench, chains, root, installed=False)


def _check(bench: Bench, chains: Chains, root: RootCertificate, *, installed: bool) -> None:
    serial_number = f"{root.certificate.serial_number:x}"
    listed = ", ".join(f"{one.certificate_type} {one.certificate_hash_data.serial_number}" for one in chains)
    bench.check(
        (find_root(chains, root) is not None) is installed,
        f"{'the' if installed else 'no'} {root.use} with serial number {serial_number} and its hashes",
        listed or "none",
        frame=bench.csms.answer_frame,
    )


def check_chain_present(bench: Bench, chains: Chains, chain: str) -> None:
    """The station reports this V2G chain, leaf first, in PEM: its sub-CAs as children of the leaf (M03.FR.05)."""
    roots = [bench.commissioner.iso15118.v2g.root.certificate]
    certificates = certificates_from_pem(chain)
    serial_numbers = [f"{one.serial_number:x}" for one in certificates]
    found = [one for one in chains if received_hash(one.certificate_hash_data).serial_number == serial_numbers[0]]
    reported = [received_hash(data) for one in found for data in _of_chain(one)]
    algorithm = reported[0].hash_algorithm if reported else HashAlgorithm.SHA256
    leaf, *children = (one.hashes for one in ocsp_data(certificates, roots, algorithm))
    bench.check(
        reported[:1] == [leaf] and set(reported[1:]) == set(children),
        f"a V2GCertificateChain with the hashes of {serial_numbers[0]}, and as its children of"
        f" {' and '.join(serial_numbers[1:])}",
        "; ".join(" > ".join(data.serial_number for data in _of_chain(one)) for one in chains) or "none",
        frame=bench.csms.answer_frame,
    )


def _of_chain(chain: t.CertificateHashDataChainType) -> list[t.CertificateHashDataType]:
    return [chain.certificate_hash_data, *(given(chain.child_certificate_hash_data) or ())]
