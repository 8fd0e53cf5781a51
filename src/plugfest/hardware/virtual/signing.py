"""Signed meter readings in the Open Charge Metering Format (OCMF 1.0)."""

import msgspec
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from plugfest import clock
from plugfest.hardware.ports import Reading, SignedReading

_ACTIVE_IMPORT = "1-0:1.8.0*255"
"""OBIS code of the register for active energy import."""


class Signer:
    """Signs the readings of one meter, with its own key."""

    def __init__(self, serial: str) -> None:
        self._serial = serial
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._page = 0

    @property
    def public_key(self) -> bytes:
        return self._key.public_key().public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )

    def sign(self, reading: Reading, note: str) -> SignedReading:
        self._page += 1
        payload = msgspec.json.encode(self._payload(reading, note)).decode()
        signature = self._key.sign(payload.encode(), ec.ECDSA(hashes.SHA256()))
        signature_section = msgspec.json.encode({"SA": "ECDSA-secp256r1-SHA256", "SD": signature.hex()}).decode()
        return SignedReading(
            data=f"OCMF|{payload}|{signature_section}".encode(),
            signing_method="",  # it is in the OCMF data
            encoding_method="OCMF",
        )

    def _payload(self, reading: Reading, note: str) -> dict[str, object]:
        now = clock.utc_now().strftime("%Y-%m-%dT%H:%M:%S,000+0000 S")
        value = {
            "TM": now,
            "RV": round(reading.energy_import / 1000.0, 4),
            "RI": _ACTIVE_IMPORT,
            "RU": "kWh",
            "ST": "G",
        }
        return {"FV": "1.0", "PG": f"T{self._page}", "MS": self._serial, "ID": note, "RD": [value]}
