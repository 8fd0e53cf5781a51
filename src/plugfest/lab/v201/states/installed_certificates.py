"""GetInstalledCertificates: what the station says of the certificates that it has."""

from plugfest.lab.checks.root_certificate import RootCertificate
from plugfest.lab.expectations import every_item, has, one_of
from plugfest.lab.v201.bench import Bench
from plugfest.ocpp.message import UNSET, given
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201 import types as t

Chains = list[t.CertificateHashDataChainType]


def certificates_request(*uses: str) -> m.GetInstalledCertificateIdsRequest:
    """GetInstalledCertificateIds for these uses, for all if none is named."""
    wanted = [t.GetCertificateIdUseEnumType(use) for use in uses]
    return m.GetInstalledCertificateIdsRequest(certificate_type=wanted or UNSET)


async def installed_certificates(bench: Bench, *uses: str) -> Chains:
    """Ask for them; the station has some, and tells of no others (M03.FR.03, M03.FR.04)."""
    wanted = one_of(*uses) if uses else one_of(*t.GetCertificateIdUseEnumType)
    response = await bench.call(
        certificates_request(*uses),
        status="Accepted",
        certificate_hash_data_chain=every_item(has(certificate_type=wanted)),
    )
    return given(response.certificate_hash_data_chain) or []


async def certificates_present(bench: Bench, *roots: RootCertificate) -> Chains:
    """Ask for certificates of the uses of these roots; each of these is among them."""
    chains = await installed_certificates(bench, *dict.fromkeys(root.use for root in roots))
    for root in roots:
        check_present(bench, chains, root)
    return chains


def find_root(chains: Chains, root: RootCertificate) -> t.CertificateHashDataChainType | None:
    """What the station says of a root, with the hash algorithm of its choice."""
    for chain in chains:
        if chain.certificate_type == root.use and root.has_hashes(chain.certificate_hash_data):
            return chain
    return None


def check_present(bench: Bench, chains: Chains, root: RootCertificate) -> None:
    """A root is among what the station has."""
    _check(bench, chains, root, there=True)


def check_absent(bench: Bench, chains: Chains, root: RootCertificate) -> None:
    """A root is not among what the station has."""
    _check(bench, chains, root, there=False)


def _check(bench: Bench, chains: Chains, root: RootCertificate, *, there: bool) -> None:
    serial_number = f"{root.certificate.serial_number:x}"
    listed = ", ".join(f"{one.certificate_type} {one.certificate_hash_data.serial_number}" for one in chains)
    bench.check(
        (find_root(chains, root) is not None) is there,
        f"{'the' if there else 'no'} {root.use} with the hashes of serial number {serial_number}",
        listed or "none",
        frame=bench.csms.last_frame,
    )
