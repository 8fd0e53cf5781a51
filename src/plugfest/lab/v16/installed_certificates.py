"""The root certificates that are installed at an OCPP 1.6 station (M03, M04, M05 of the whitepaper)."""

from plugfest.lab.restore.certificates import CertificateRestorer, Entry, received_hash
from plugfest.ocpp.message import given
from plugfest.ocpp.v16 import messages as m
from plugfest.ocpp.v16 import types as t
from plugfest.security.certificates import CertificateHash


class InstalledCertificates(CertificateRestorer):
    """The messages of OCPP 1.6 that list, install and delete certificates."""

    changes = (m.InstallCertificateRequest, m.DeleteCertificateRequest)
    installable = frozenset(t.CertificateUseEnumType)

    async def installed(self) -> set[Entry]:
        found: set[Entry] = set()
        for use in t.CertificateUseEnumType:
            request = m.GetInstalledCertificateIdsRequest(certificate_type=use)
            response = await self._csms.call(request, timeout=self._timeout)
            found |= {(use.value, received_hash(one)) for one in given(response.certificate_hash_data) or ()}
        return found

    def install_request(self, use: str, pem: str) -> m.InstallCertificateRequest:
        return m.InstallCertificateRequest(certificate_type=t.CertificateUseEnumType(use), certificate=pem)

    def delete_request(self, data: CertificateHash) -> m.DeleteCertificateRequest:
        return m.DeleteCertificateRequest(
            certificate_hash_data=t.CertificateHashDataType(
                hash_algorithm=t.HashAlgorithmEnumType(data.hash_algorithm),
                issuer_name_hash=data.issuer_name_hash,
                issuer_key_hash=data.issuer_key_hash,
                serial_number=data.serial_number,
            )
        )
