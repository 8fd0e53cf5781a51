"""The manufacturer of the station under test: its firmware files and its firmware signing certificate."""

from functools import cached_property

import msgspec
from cryptography import x509

from plugfest import clock
from plugfest.lab.verdict import NotEquipped
from plugfest.security.firmware import sign_firmware
from plugfest.security.keys import CertifiedKey, KeyKind, PrivateKey, key_from_pem
from plugfest.security.pki import CertificateFault, TestPki


class FirmwareFiles(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Firmware for the station under test.

    `image` can be installed repeatedly; the installation of `unusable` fails. `version` is the firmware version that
    the station reports when it runs `image`, None if it is not known.
    """

    image: bytes
    unusable: bytes
    version: str | None = None


class Manufacturer:
    """Has its own PKI (Part 2 A, 1.4.2). Signs with RSA-PSS, which every station has to support (L01.FR.04)."""

    def __init__(self, name: str, files: FirmwareFiles | None) -> None:
        self._name = name
        self._files = files

    @property
    def has_files(self) -> bool:
        """Whether firmware is configured."""
        return self._files is not None

    @property
    def files(self) -> FirmwareFiles:
        """The firmware files. Raises NotEquipped."""
        if self._files is None:
            raise NotEquipped("no firmware for the station is configured")
        return self._files

    @cached_property
    def _pki(self) -> TestPki:
        return TestPki(clock.SystemClock().now(), organization=self._name)  # real time, see Commissioner

    @cached_property
    def _signer(self) -> CertifiedKey:
        return self._pki.firmware_signer(self._name, kind=KeyKind.RSA_2048)

    @cached_property
    def _signing_key(self) -> PrivateKey:
        return key_from_pem(self._signer.key)

    @property
    def root(self) -> x509.Certificate:
        """The ManufacturerRootCertificate."""
        return self._pki.root.certificate

    @property
    def signing_certificate(self) -> str:
        """The firmware signing certificate, in PEM."""
        return self._signer.chain

    def bad_signing_certificate(self, fault: CertificateFault) -> str:
        """An invalid firmware signing certificate, in PEM."""
        return self._pki.firmware_signer(self._name, key=self._signing_key, fault=fault).chain

    def signature(self, image: bytes) -> str:
        """The signature of an image, in base64."""
        return sign_firmware(image, self._signing_key)
