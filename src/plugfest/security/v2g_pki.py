"""A PKI of ISO 15118 for tests: a root and two sub-CAs, which issue contracts or certificates of charging stations.

As ISO 15118-2 requires: keys on P-256, and below the root every certificate names the OCSP responder. Valid as those of
`pki`: from ten years ago until ten years ahead.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.types import CertificatePublicKeyTypes
from cryptography.x509.oid import AuthorityInformationAccessOID

from plugfest.security.certificates import certificate_to_pem
from plugfest.security.keys import CertifiedKey, key_to_pem, new_key, signing_request_from_pem, subject
from plugfest.security.ocsp import OcspResponder
from plugfest.security.pki import EC_KEY_USAGE, Authority, CertificateFault, authority, signed, unsigned


class V2gPki:
    """A root, Sub-CA 1 and Sub-CA 2. `name`: of the operator of the PKI; `now`: the real time.

    `authorities`: these three, if they exist already.
    """

    def __init__(
        self, now: datetime, name: str, responder_url: str, authorities: Sequence[Authority] | None = None
    ) -> None:
        self._now = now
        self._name = name
        self._responder_url = responder_url
        self._issued = 0
        self.authorities = tuple(authorities or self._new_authorities())
        self.root, self.sub_ca_1, self.sub_ca_2 = self.authorities
        self.responder = OcspResponder({each.certificate: each.key for each in self.authorities})
        for each in (self.sub_ca_1, self.sub_ca_2):
            self.responder.add(each.certificate)

    @property
    def root_pem(self) -> str:
        """The root certificate in PEM."""
        return certificate_to_pem(self.root.certificate)

    def contract(self, emaid: str, *, fault: CertificateFault | None = None) -> CertifiedKey:
        """A contract certificate; its commonName is the eMAID. Of the faults only EXPIRED and NOT_YET_VALID."""
        key = new_key()
        return CertifiedKey(self._chain(subject(emaid, self._name), key.public_key(), fault), key_to_pem(key))

    def sign(self, request_pem: str, *, fault: CertificateFault | None = None) -> str:
        """Sign a CSR: the chain for CertificateSigned, leaf first. Raises ValueError if it cannot be read."""
        request = signing_request_from_pem(request_pem)
        return self._chain(request.subject, request.public_key(), fault)

    def _chain(self, name: x509.Name, key: CertificatePublicKeyTypes, fault: CertificateFault | None) -> str:
        builder = self._builder(name, key, self.sub_ca_2, fault)
        builder = builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        builder = builder.add_extension(EC_KEY_USAGE, critical=True)
        leaf = signed(builder, self.sub_ca_2.key)
        self.responder.add(leaf)
        return "".join(map(certificate_to_pem, (leaf, self.sub_ca_2.certificate, self.sub_ca_1.certificate)))

    def _new_authorities(self) -> Iterator[Authority]:
        issuer = None
        for title in ("Root CA", "Sub-CA 1", "Sub-CA 2"):
            issuer = self._authority(title, issuer)
            yield issuer

    def _authority(self, title: str, issuer: Authority | None) -> Authority:
        key = new_key()
        return authority(
            self._builder(subject(f"{self._name} {title}", self._name), key.public_key(), issuer), key, issuer
        )

    def _builder(
        self,
        name: x509.Name,
        key: CertificatePublicKeyTypes,
        issuer: Authority | None,
        fault: CertificateFault | None = None,
    ) -> x509.CertificateBuilder:
        self._issued += 1
        builder = unsigned(name, key, issuer, now=self._now, number=self._issued, fault=fault)
        return builder if issuer is None else builder.add_extension(self._responder_access(), critical=False)

    def _responder_access(self) -> x509.AuthorityInformationAccess:
        location = x509.UniformResourceIdentifier(self._responder_url)
        return x509.AuthorityInformationAccess([x509.AccessDescription(AuthorityInformationAccessOID.OCSP, location)])
