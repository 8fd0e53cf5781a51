"""The root certificates that are installed at an OCPP 2.0.1 station (M03, M04, M05)."""

from plugfest.lab.csms.csms import Csms
from plugfest.lab.restore.certificates import CertificateRestorer, Entry, received_hash
from plugfest.ocpp.message import given
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201 import types as t
from plugfest.security.certificates import CertificateHash


def hash_data(data: CertificateHash) -> t.CertificateHashDataType:
    """The hashes of a certificate as a request has them."""
    return t.CertificateHashDataType(
        hash_algorithm=t.HashAlgorithmEnumType(data.hash_algorithm),
        issuer_name_hash=data.issuer_name_hash,
        issuer_key_hash=data.issuer_key_hash,
        serial_number=data.serial_number,
    )


def entries(response: m.GetInstalledCertificateIdsResponse) -> set[Entry]:
    """The certificates in a response."""
    return {
        (one.certificate_type.value, received_hash(one.certificate_hash_data))
        for one in given(response.certificate_hash_data_chain) or ()
    }


class InstalledCertificates(CertificateRestorer):
    """The messages of OCPP 2.0.1 that list, install and delete certificates."""

    changes = (m.InstallCertificateRequest, m.DeleteCertificateRequest)

    def __init__(self, csms: Csms, *, timeout: float) -> None:
        super().__init__()
        self._csms = csms
        self._timeout = timeout

    async def installed(self) -> set[Entry]:
        return entries(await self._csms.call(m.GetInstalledCertificateIdsRequest(), timeout=self._timeout))

    async def install(self, use: str, pem: str) -> None:
        request = m.InstallCertificateRequest(certificate_type=t.InstallCertificateUseEnumType(use), certificate=pem)
        await self._csms.call(request, timeout=self._timeout)

    async def delete(self, data: CertificateHash) -> str:
        request = m.DeleteCertificateRequest(certificate_hash_data=hash_data(data))
        return (await self._csms.call(request, timeout=self._timeout)).status
