"""The root certificates of an OCPP 2.0.1 station: which are there, by their hashes."""

from typing import TypeAlias

from cryptography import x509

from plugfest.lab.csms.csms import Csms
from plugfest.lab.restore.certificates import CertificateRestorer
from plugfest.ocpp.message import given
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201 import types as t
from plugfest.security.certificates import HashAlgorithm, certificate_hash, certificates_from_pem

Entry: TypeAlias = tuple[str, t.CertificateHashDataType]
"""A certificate that a station says it has: its use, and its hashes in the form that `normal` gives them."""


def hash_data(
    certificate: x509.Certificate, issuer: x509.Certificate, algorithm: str = "SHA256"
) -> t.CertificateHashDataType:
    """A certificate by its hashes, as OCPP names it. The issuer of a root is the root itself."""
    found = certificate_hash(certificate, issuer, HashAlgorithm(algorithm))
    return t.CertificateHashDataType(
        hash_algorithm=t.HashAlgorithmEnumType(found.hash_algorithm),
        issuer_name_hash=found.issuer_name_hash,
        issuer_key_hash=found.issuer_key_hash,
        serial_number=found.serial_number,
    )


def normal(data: t.CertificateHashDataType) -> t.CertificateHashDataType:
    """The same with small letters: what is hexadecimal may be written with large ones."""
    return t.CertificateHashDataType(
        hash_algorithm=data.hash_algorithm,
        issuer_name_hash=data.issuer_name_hash.lower(),
        issuer_key_hash=data.issuer_key_hash.lower(),
        serial_number=data.serial_number.lower(),
    )


def entries(response: m.GetInstalledCertificateIdsResponse) -> set[Entry]:
    """What a station says that it has."""
    return {
        (one.certificate_type.value, normal(one.certificate_hash_data))
        for one in given(response.certificate_hash_data_chain) or ()
    }


class InstalledCertificates(CertificateRestorer[t.CertificateHashDataType]):
    """Those of an OCPP 2.0.1 station."""

    changes = (m.InstallCertificateRequest, m.DeleteCertificateRequest)

    def __init__(self, csms: Csms, *, timeout: float) -> None:
        super().__init__()
        self._csms = csms
        self._timeout = timeout

    def names(self, data: t.CertificateHashDataType, pem: str) -> bool:
        (root,) = certificates_from_pem(pem)
        return normal(hash_data(root, root, data.hash_algorithm)) == data

    async def installed(self) -> set[Entry]:
        return entries(await self._csms.call(m.GetInstalledCertificateIdsRequest(), timeout=self._timeout))

    async def install(self, use: str, pem: str) -> None:
        request = m.InstallCertificateRequest(certificate_type=t.InstallCertificateUseEnumType(use), certificate=pem)
        await self._csms.call(request, timeout=self._timeout)

    async def delete(self, data: t.CertificateHashDataType) -> str:
        request = m.DeleteCertificateRequest(certificate_hash_data=data)
        return (await self._csms.call(request, timeout=self._timeout)).status
