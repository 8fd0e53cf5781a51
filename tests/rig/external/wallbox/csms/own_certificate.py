"""The certificate of the wallbox itself, for security profile 3 (Part 2, A02, A03)."""

import asyncio
import contextlib
import ssl
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from cryptography.x509.oid import NameOID
from ocpp.exceptions import OCPPError
from ocpp.routing import on
from ocpp.v201 import call, call_result
from tests.rig.external.wallbox.csms.link import Lost
from tests.rig.external.wallbox.storage import OwnCertificate

if TYPE_CHECKING:
    from tests.rig.external.wallbox.firmware import Firmware

SERIAL_NUMBER = "NL-001234"
KIND = "ChargingStationCertificate"


class OwnCertificates:
    """Has its key certified by the CSMS, and uses the certificate."""

    def __init__(self, firmware: "Firmware") -> None:
        self._firmware = firmware
        self._storage = firmware.storage
        self._new_key: ec.EllipticCurvePrivateKey | None = None
        self._received = asyncio.Event()

    async def request(self) -> None:
        """Send a certificate signing request, again and again until the certificate comes (A02.FR.17 to FR.19)."""
        self._new_key = ec.generate_private_key(ec.SECP256R1())
        self._received.clear()
        model = self._firmware.model
        wait = model.number("SecurityCtrlr.CertSigningWaitMinimum")
        for _ in range(model.number("SecurityCtrlr.CertSigningRepeatTimes") + 2):
            if not await self._send(self._new_key):
                return
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._received.wait(), wait)
                return
            wait *= 2

    async def _send(self, key: ec.EllipticCurvePrivateKey) -> bool:
        """Whether the CSMS has accepted the request."""
        organization = self._firmware.model.value("SecurityCtrlr.OrganizationName")
        subject = x509.Name(
            [
                x509.NameAttribute(NameOID.COMMON_NAME, SERIAL_NUMBER),
                x509.NameAttribute(NameOID.ORGANIZATION_NAME, organization),
            ]
        )
        request = x509.CertificateSigningRequestBuilder().subject_name(subject).sign(key, SHA256())
        pem = request.public_bytes(Encoding.PEM).decode()
        try:
            answer = await self._firmware.request(call.SignCertificate(csr=pem, certificate_type=KIND))
        except (Lost, OCPPError, TimeoutError):
            return True
        return bool(answer.status == "Accepted")  # A02.FR.20

    @on("CertificateSigned")
    async def certificate_signed(
        self, certificate_chain: str, certificate_type: str = KIND, **_: object
    ) -> call_result.CertificateSigned:
        if certificate_type != KIND or not self._is_valid(certificate_chain):
            self._firmware.security_event("InvalidChargingStationCertificate")  # A02.FR.07
            return call_result.CertificateSigned(status="Rejected")
        assert self._new_key is not None
        key = self._new_key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
        self._storage.own_certificate = OwnCertificate(certificate_chain, key)
        self._new_key = None
        self._received.set()
        if self._firmware.network.active.security_profile == 3:
            self._firmware.do(self._firmware.network.reconnect_soon())  # A02.FR.08
        return call_result.CertificateSigned(status="Accepted")

    def _is_valid(self, chain: str) -> bool:
        """Period, names, key and issuer of a new certificate are right (A02.FR.06)."""
        try:
            leaf, *others = x509.load_pem_x509_certificates(chain.encode())
        except ValueError:
            return False
        now = self._firmware.now()
        names = [str(name.value) for name in leaf.subject.get_attributes_for_oid(NameOID.COMMON_NAME)]
        return (
            self._new_key is not None
            and _public(leaf.public_key()) == _public(self._new_key.public_key())
            and names == [SERIAL_NUMBER]
            and leaf.not_valid_before_utc <= now <= leaf.not_valid_after_utc
            and self._is_issued(leaf, others)
        )

    def _is_issued(self, leaf: x509.Certificate, others: list[x509.Certificate]) -> bool:
        """Whether the certificate leads to a root of the CSMS."""
        roots = self._firmware.certificates.roots("CSMSRootCertificate")
        for issuer in [*roots, *others]:
            with contextlib.suppress(ValueError, TypeError, InvalidSignature):
                leaf.verify_directly_issued_by(issuer)
                rest = [one for one in others if one is not issuer]
                return issuer in roots or self._is_issued(issuer, rest)
        return False

    def is_own(self, serial_number: str) -> bool:
        """Whether a certificate with this serial number is that of the wallbox."""
        own = self._storage.own_certificate
        if own is None:
            return False
        leaf = x509.load_pem_x509_certificates(own.chain.encode())[0]
        return serial_number.lower() == f"{leaf.serial_number:x}"

    def load(self, context: ssl.SSLContext) -> None:
        """Show the certificate in TLS handshakes."""
        own = self._storage.own_certificate
        if own is None:
            return
        with tempfile.TemporaryDirectory() as folder:
            chain, key = Path(folder) / "chain.pem", Path(folder) / "key.pem"
            chain.write_text(own.chain)
            key.write_text(own.key)
            context.load_cert_chain(chain, key)


def _public(key: object) -> bytes:
    return key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)  # type: ignore[attr-defined,no-any-return]
