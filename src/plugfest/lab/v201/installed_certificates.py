"""The root certificates that are installed at an OCPP 2.0.1 station (M03, M04, M05)."""

from plugfest.lab.restore.certificates import CertificateRestorer, Entry, received_hash
from plugfest.ocpp.message import given
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201 import types as t
from plugfest.security.certificates import CertificateHash

V2G_CHAIN = t.GetCertificateIdUseEnumType.V2GCertificateChain


def hash_data(data: CertificateHash) -> t.CertificateHashDataType:
    """The hashes of a certificate as a request has them."""
    return t.CertificateHashDataType(
        hash_algorithm=t.HashAlgorithmEnumType(data.hash_algorithm),
        issuer_name_hash=data.issuer_name_hash,
        issuer_key_hash=data.issuer_key_hash,
        serial_number=data.serial_number,
    )


def entries(response: m.GetInstalledCertificateIdsResponse) -> set[Entry]:
    """The root certificates in a response.

    A V2G chain is not among them: CertificateSigned installs it, and it may go with its root (M04.FR.06, M04.FR.08).
    """
    return {
        (one.certificate_type.value, received_hash(one.certificate_hash_data))
        for one in given(response.certificate_hash_data_chain) or ()
        if one.certificate_type != V2G_CHAIN
    }


class InstalledCertificates(CertificateRestorer):
    """The messages of OCPP 2.0.1 that list, install and delete root certificates."""

    changes = (m.InstallCertificateRequest, m.DeleteCertificateRequest)
    installable = frozenset(t.InstallCertificateUseEnumType)

    async def installed(self) -> set[Entry]:
        return entries(await self._csms.call(m.GetInstalledCertificateIdsRequest(), timeout=self._timeout))

    def install_request(self, use: str, pem: str) -> m.InstallCertificateRequest:
        return m.InstallCertificateRequest(certificate_type=t.InstallCertificateUseEnumType(use), certificate=pem)

    def delete_request(self, data: CertificateHash) -> m.DeleteCertificateRequest:
        return m.DeleteCertificateRequest(certificate_hash_data=hash_data(data))
