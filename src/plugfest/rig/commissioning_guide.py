"""What a person has to configure in a station, as a page of text, as the text of a QR code, and as files."""

import ssl
from collections.abc import Iterator
from hashlib import sha256
from typing import Final

from plugfest.lab.ports import Commissioning
from plugfest.rig.pki_folder import PkiFolder
from plugfest.security.profile import SecurityProfile

PAGE: Final = "README.txt"

PROFILES: Final = {
    SecurityProfile.UNSECURED: "no password, no TLS",
    SecurityProfile.BASIC: "password (HTTP Basic), no TLS",
    SecurityProfile.TLS_BASIC: "TLS, and a password (HTTP Basic)",
    SecurityProfile.TLS_CLIENT_CERTIFICATE: "TLS with a certificate of the station",
}


class CommissioningGuide:
    """The guide for one commissioning and OCPP version. The password is in it only if `shows_password`."""

    def __init__(
        self, commissioning: Commissioning, ocpp_version: str, pki: PkiFolder | None, *, shows_password: bool
    ) -> None:
        self._commissioning = commissioning
        self._ocpp_version = ocpp_version
        self._pki = pki
        self._shows_password = shows_password

    def page(self) -> str:
        """What to configure, one setting a line."""
        return "\n".join(
            ("Configure this as the station's only connection to a CSMS, and restart the station:", *self._settings())
        )

    def _settings(self) -> Iterator[str]:
        one = self._commissioning
        yield f"  URL of the CSMS          {one.csms_url}"
        yield f"  identity                 {one.identity}"
        yield f"  as one URL               {one.csms_url}/{one.identity}"
        yield f"  OCPP version             {self._ocpp_version} (subprotocol ocpp{self._ocpp_version})"
        yield f"  security profile         {one.security_profile:d}: {PROFILES[one.security_profile]}"
        if one.security_profile.uses_password:
            yield f"  user name                {one.identity}"
            hidden = "that of --password, or of the settings of the lab; --show-password prints it"
            yield f"  password                 {one.password if self._shows_password else hidden}"
        yield from self._certificates()

    def _certificates(self) -> Iterator[str]:
        one = self._commissioning
        if one.csms_roots and self._pki is not None:
            der = self._pki.path("root.cer")
            yield f"  root certificate         {self._pki.root} (PEM), {der} (DER), as a root for the CSMS"
            yield f"  its SHA-256              {_fingerprint(one.csms_roots[0])}"
        if one.own_key is not None and self._pki is not None:
            yield f"  station's certificate    {self._pki.path('station.pem')} with {self._pki.path('station.key')},"
            yield "                           or one of its own, under the root that --station-root names"

    def qr_text(self) -> str:
        """The text of a QR code: the URL with the identity first, then what cannot be read from it."""
        one = self._commissioning
        lines = [
            f"{one.csms_url}/{one.identity}",
            f"ocpp{self._ocpp_version}",
            f"security profile {one.security_profile:d}",
        ]
        if self._shows_password and one.security_profile.uses_password:
            lines.append(f"password {one.password}")
        if one.csms_roots:
            lines.append(f"root SHA-256 {_fingerprint(one.csms_roots[0])}")
        return "\n".join(lines)

    def write_files(self) -> None:
        """Write the page and the certificates to install to the folder. Raises PkiNotUsable."""
        if self._pki is None:
            return
        one = self._commissioning
        for root in one.csms_roots or ():
            self._pki.write("root.cer", ssl.PEM_cert_to_DER_cert(root))
        if one.own_key is not None:
            self._pki.write("station.pem", one.own_key.chain)
            self._pki.write("station.key", one.own_key.key, private=True)
        self._pki.write(PAGE, self.page() + "\n", private=self._shows_password)


def _fingerprint(pem: str) -> str:
    digest = sha256(ssl.PEM_cert_to_DER_cert(pem)).hexdigest().upper()
    return ":".join(digest[place : place + 2] for place in range(0, len(digest), 2))
