"""Root certificates: install, list, delete (Part 2, M03 to M05)."""

from hashlib import sha256
from typing import TYPE_CHECKING, Any

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from ocpp.routing import on
from ocpp.v201 import call_result

if TYPE_CHECKING:
    from tests.rig.external.wallbox.firmware import Firmware

KINDS = ("CSMSRootCertificate", "ManufacturerRootCertificate")


class Certificates:
    """The trust store of the wallbox."""

    def __init__(self, firmware: "Firmware") -> None:
        self._firmware = firmware
        self._stored = firmware.storage.certificates

    def roots(self, kind: str) -> list[x509.Certificate]:
        return [x509.load_pem_x509_certificate(pem.encode()) for pem in self._stored.get(kind, [])]

    @on("InstallCertificate")
    async def install(self, certificate_type: str, certificate: str, **_: object) -> call_result.InstallCertificate:
        return call_result.InstallCertificate(status=self._install(certificate_type, certificate))

    def _install(self, kind: str, pem: str) -> str:
        if kind not in KINDS or not self._is_valid_root(pem):
            return "Rejected"  # M05.FR.07
        stored = self._stored.setdefault(kind, [])
        if any(_hash_data(one) == _hash_data(pem) for one in stored):
            return "Accepted"  # M05.FR.17
        if sum(map(len, self._stored.values())) >= 8:
            return "Rejected"  # M05.FR.06
        stored.append(pem)
        return "Accepted"

    def _is_valid_root(self, pem: str) -> bool:
        try:
            certificate = x509.load_pem_x509_certificate(pem.encode())
            constraints = certificate.extensions.get_extension_for_class(x509.BasicConstraints).value
        except (ValueError, x509.ExtensionNotFound):
            return False
        now = self._firmware.now()
        valid = certificate.not_valid_before_utc <= now <= certificate.not_valid_after_utc
        return valid and constraints.ca

    @on("GetInstalledCertificateIds")
    async def installed(
        self, certificate_type: list[str] | None = None, **_: object
    ) -> call_result.GetInstalledCertificateIds:
        found = [
            {"certificate_type": kind, "certificate_hash_data": _hash_data(pem)}
            for kind in certificate_type or KINDS
            for pem in self._stored.get(kind, [])
        ]
        return call_result.GetInstalledCertificateIds(
            status="Accepted" if found else "NotFound", certificate_hash_data_chain=found or None
        )

    @on("DeleteCertificate")
    async def delete(self, certificate_hash_data: dict[str, Any], **_: object) -> call_result.DeleteCertificate:
        return call_result.DeleteCertificate(status=self._delete(certificate_hash_data))

    def _delete(self, wanted: dict[str, Any]) -> str:
        if self._firmware.own_certificates.is_own(str(wanted["serial_number"])):
            return "Failed"  # M04.FR.06
        for kind, stored in self._stored.items():
            for pem in stored:
                found = _hash_data(pem)
                if all(str(wanted[name]).lower() == value.lower() for name, value in found.items()):
                    last_in_use = kind == "CSMSRootCertificate" and len(stored) == 1
                    if last_in_use and self._firmware.network.active.security_profile > 1:
                        return "Failed"  # M04.FR.03
                    stored.remove(pem)
                    return "Accepted"
        return "NotFound"


def _hash_data(pem: str) -> dict[str, str]:
    """The CertificateHashDataType of a root, which is its own issuer."""
    certificate = x509.load_pem_x509_certificate(pem.encode())
    key = certificate.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return {
        "hash_algorithm": "SHA256",
        "issuer_name_hash": sha256(certificate.issuer.public_bytes()).hexdigest(),
        "issuer_key_hash": sha256(_bit_string(key)).hexdigest(),
        "serial_number": f"{certificate.serial_number:x}",
    }


def _bit_string(subject_public_key_info: bytes) -> bytes:
    """The value of the public key: the BIT STRING at the end, without its tag, its length and the unused bits."""
    body = _value(subject_public_key_info)[0]
    algorithm_length = len(body) - len(_value(body)[1])
    return _value(body[algorithm_length:])[0][1:]


def _value(der: bytes) -> tuple[bytes, bytes]:
    """The value of the first element of DER, and what follows it."""
    length, start = der[1], 2
    if length & 0x80:
        size = length & 0x7F
        length, start = int.from_bytes(der[2 : 2 + size]), 2 + size
    return der[start : start + length], der[start + length :]
