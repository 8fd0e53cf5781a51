"""A PKI for tests: that of a CSO or of a manufacturer, with valid and faulty certificates.

All certificates are valid from ten years ago until ten years ahead: for OpenSSL, which uses real time, and for a
simulated clock that is years away from it.
"""

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum, auto
from typing import ClassVar, Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.asymmetric.types import CertificatePublicKeyTypes

from plugfest.security.certificates import certificate_to_pem
from plugfest.security.keys import CertifiedKey, KeyKind, PrivateKey, key_to_pem, new_key, subject

_YEAR: Final = timedelta(days=365)
_ORGANIZATION: Final = "Plugfest"


class CertificateFault(StrEnum):
    """What is wrong with a faulty certificate, which a station or CSMS should refuse."""

    EXPIRED = auto()
    NOT_YET_VALID = auto()
    WRONG_NAME = auto()
    UNKNOWN_ISSUER = auto()
    WRONG_KEY_USAGE = auto()
    WEAK_KEY = auto()


_VALIDITY: Final = {  # in years from now
    None: (-10, 10),
    CertificateFault.EXPIRED: (-10, -5),
    CertificateFault.NOT_YET_VALID: (5, 10),
}


@dataclass(frozen=True)
class Authority:
    """A CA certificate and its key."""

    certificate: x509.Certificate
    key: PrivateKey


class TestPki:
    """A root CA, a sub CA and the certificates that they issue.

    `now` is the real time. Without `root` a new root is generated. It is self-signed, or signed by the root of
    `successor_of`, which it replaces (M05.FR.10).
    """

    __test__: ClassVar = False  # not a test class for pytest

    def __init__(
        self,
        now: datetime,
        *,
        kind: KeyKind = KeyKind.EC_P256,
        organization: str = _ORGANIZATION,
        successor_of: "TestPki | None" = None,
        root: Authority | None = None,
    ) -> None:
        self._now = now
        self._kind = kind
        self._organization = organization
        self._issued = 0
        self._pairs: dict[str, tuple[CertifiedKey, CertifiedKey]] = {}
        self._generation: int = 1 if successor_of is None else successor_of._generation + 1
        self.root: Authority = root or self._authority("Root CA", None if successor_of is None else successor_of.root)
        self.sub_ca = self._authority("Sub CA", self.root)

    @property
    def root_pem(self) -> str:
        """The root certificate in PEM."""
        return certificate_to_pem(self.root.certificate)

    def csms(self, *hosts: str, kind: KeyKind | None = None, fault: CertificateFault | None = None) -> CertifiedKey:
        """A server certificate for host names and IP addresses; the first is the commonName (A00.FR.510).

        All are subjectAltNames too (allowed by A00.FR.511): many TLS libraries check only these.
        """
        names = ["wrong.invalid"] if fault is CertificateFault.WRONG_NAME else list(hosts)
        return self._certified_key(names[0], self._organization, names, kind, fault)

    def csms_pair(self, host: str) -> tuple[CertifiedKey, CertifiedKey]:
        """An EC and an RSA certificate for a host: with both a server has every cipher suite of A00.FR.318.

        Each call for the same host returns the same pair, because an RSA key takes long to generate.
        """
        if host not in self._pairs:
            self._pairs[host] = self.csms(host, kind=KeyKind.EC_P256), self.csms(host, kind=KeyKind.RSA_2048)
        return self._pairs[host]

    def station(
        self,
        serial_number: str,
        *,
        organization: str | None = None,
        kind: KeyKind | None = None,
        fault: CertificateFault | None = None,
    ) -> CertifiedKey:
        """A client certificate of a charging station; its commonName is the serial number (A00.FR.511)."""
        name = "another station" if fault is CertificateFault.WRONG_NAME else serial_number
        return self._certified_key(name, organization or self._organization, [], kind, fault)

    def firmware_signer(
        self,
        manufacturer: str,
        *,
        kind: KeyKind | None = None,
        key: PrivateKey | None = None,
        fault: CertificateFault | None = None,
    ) -> CertifiedKey:
        """A firmware signing certificate. Each manufacturer has its own PKI (Part 2 A, 1.4.2): use a `TestPki` for it.

        The root signs it directly: the request has no field for an intermediate certificate (remark of L01). `key` is
        certified, unless the fault is that it is weak; without one a new key of this kind.
        """
        return self._certified_key("Firmware signing", manufacturer, [], kind, fault, key, by_root=True)

    def bad_root(self, fault: CertificateFault) -> x509.Certificate:
        """A root certificate that is EXPIRED or NOT_YET_VALID."""
        return self._authority("Root CA", None, fault).certificate

    def sign(
        self, request_pem: str, *, valid_from: datetime | None = None, fault: CertificateFault | None = None
    ) -> str:
        """Sign a CSR: the chain for CertificateSigned, leaf first. Raises ValueError if the CSR is not valid."""
        request = x509.load_pem_x509_csr(request_pem.encode())
        if not request.is_signature_valid:
            raise ValueError("the certificate signing request is not signed with its own key")
        return self._chain(request.subject, request.public_key(), [], fault, valid_from)

    def _certified_key(
        self,
        name: str,
        organization: str,
        hosts: Sequence[str],
        kind: KeyKind | None,
        fault: CertificateFault | None,
        key: PrivateKey | None = None,
        *,
        by_root: bool = False,
    ) -> CertifiedKey:
        if fault is CertificateFault.WEAK_KEY:
            key = new_key(KeyKind.RSA_1024)
        elif key is None:
            key = new_key(kind or self._kind)
        chain = self._chain(subject(name, organization), key.public_key(), hosts, fault, by_root=by_root)
        return CertifiedKey(chain, key_to_pem(key))

    def _chain(
        self,
        name: x509.Name,
        key: CertificatePublicKeyTypes,
        hosts: Sequence[str],
        fault: CertificateFault | None,
        valid_from: datetime | None = None,
        *,
        by_root: bool = False,
    ) -> str:
        pki = (
            TestPki(self._now, kind=self._kind, organization="Unknown")
            if fault is CertificateFault.UNKNOWN_ISSUER
            else self
        )
        issuer = pki.root if by_root else pki.sub_ca
        builder = self._builder(name, key, issuer, fault, valid_from)
        builder = builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        builder = builder.add_extension(_key_usage(key, wrong=fault is CertificateFault.WRONG_KEY_USAGE), critical=True)
        if hosts:
            builder = builder.add_extension(
                x509.SubjectAlternativeName([_alternative_name(host) for host in hosts]), critical=False
            )
        certificate = certificate_to_pem(signed(builder, issuer.key))
        return certificate if by_root else certificate + certificate_to_pem(pki.sub_ca.certificate)

    def _authority(self, title: str, issuer: Authority | None, fault: CertificateFault | None = None) -> Authority:
        key = new_key(self._kind)
        name = subject(f"{self._organization} {title} {self._generation}", self._organization)
        return authority(self._builder(name, key.public_key(), issuer, fault), key, issuer)

    def _builder(
        self,
        name: x509.Name,
        key: CertificatePublicKeyTypes,
        issuer: Authority | None,
        fault: CertificateFault | None,
        valid_from: datetime | None = None,
    ) -> x509.CertificateBuilder:
        self._issued += 1
        return unsigned(name, key, issuer, now=self._now, number=self._issued, fault=fault, valid_from=valid_from)


def unsigned(
    name: x509.Name,
    key: CertificatePublicKeyTypes,
    issuer: Authority | None,
    *,
    now: datetime,
    number: int,
    fault: CertificateFault | None = None,
    valid_from: datetime | None = None,
) -> x509.CertificateBuilder:
    """What every certificate has. `number`: how many its PKI has issued with it; without an issuer it is a root."""
    first, last = _VALIDITY.get(fault, _VALIDITY[None])
    # Each certificate is valid one second later than the one before: the newest one is used (A02.FR.09, A02.FR.15).
    begin = valid_from or now + first * _YEAR + timedelta(seconds=number)
    authority_key = key if issuer is None else issuer.key.public_key()
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name if issuer is None else issuer.certificate.subject)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(begin)
        .not_valid_after(now + last * _YEAR)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(authority_key), critical=False)  # type: ignore[arg-type]
    )


def authority(builder: x509.CertificateBuilder, key: PrivateKey, issuer: Authority | None) -> Authority:
    """A certificate authority with this key; without an issuer it signs itself."""
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    builder = builder.add_extension(CA_KEY_USAGE, critical=True)
    return Authority(signed(builder, key if issuer is None else issuer.key), key)


def signed(builder: x509.CertificateBuilder, key: PrivateKey) -> x509.Certificate:
    """RSA-PSS or ECDSA, with SHA-256 (A00.FR.505, A00.FR.506)."""
    sha256 = hashes.SHA256()
    if isinstance(key, rsa.RSAPrivateKey):
        pss = padding.PSS(padding.MGF1(sha256), padding.PSS.DIGEST_LENGTH)
        return builder.sign(key, sha256, rsa_padding=pss)
    return builder.sign(key, sha256)


def _alternative_name(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)


def _usage(*uses: str) -> x509.KeyUsage:
    every = (
        "digital_signature",
        "content_commitment",
        "key_encipherment",
        "data_encipherment",
        "key_agreement",
        "key_cert_sign",
        "crl_sign",
        "encipher_only",
        "decipher_only",
    )
    return x509.KeyUsage(**{use: use in uses for use in every})


CA_KEY_USAGE: Final = _usage("key_cert_sign", "crl_sign")
EC_KEY_USAGE: Final = _usage("digital_signature", "key_agreement")
_RSA_KEY_USAGE: Final = _usage("digital_signature", "key_encipherment")
_WRONG_KEY_USAGE: Final = _usage("crl_sign")


def _key_usage(key: CertificatePublicKeyTypes, *, wrong: bool) -> x509.KeyUsage:
    if wrong:
        return _WRONG_KEY_USAGE
    return _RSA_KEY_USAGE if isinstance(key, rsa.RSAPublicKey) else EC_KEY_USAGE
