"""What a person has to configure in a station, as a page of text, as the text of a QR code, and as files.

The password of the lab is in it: a person has to type it, and everyone knows it. A password of the user is in it only
on request.
"""

from __future__ import annotations

import ssl
from collections.abc import Callable, Iterator, Sequence
from hashlib import sha256
from typing import Final, TypeAlias

from plugfest.lab.ports import Commissioning
from plugfest.lab.settings import LabSettings
from plugfest.ocpp.versions import by_name
from plugfest.rig.pki_folder import PkiFolder
from plugfest.security.profile import SecurityProfile

PAGE: Final = "README.txt"

PROFILES: Final = {
    SecurityProfile.UNSECURED: "no password, no TLS",
    SecurityProfile.BASIC: "password (HTTP Basic), no TLS",
    SecurityProfile.TLS_BASIC: "TLS, and a password (HTTP Basic)",
    SecurityProfile.TLS_CLIENT_CERTIFICATE: "TLS with a certificate of the station",
}


HEADING: Final = "Configure this as the station's only connection to a CSMS, and restart the station"

HIDDEN: Final = "the one that you have given to the lab"


class CommissioningGuide:
    """The guide for one commissioning and these OCPP versions. `shows_password`: also that of the user."""

    def __init__(
        self,
        commissioning: Commissioning,
        ocpp_versions: Sequence[str],
        pki: PkiFolder | None,
        *,
        shows_password: bool = False,
    ) -> None:
        self.commissioning = commissioning
        self._ocpp_versions = ocpp_versions
        self._pki = pki
        self._is_secret = commissioning.password != LabSettings().password
        self._shows_password = shows_password or not self._is_secret

    def page(self) -> str:
        """What to configure, one setting a line."""
        return "\n".join((f"{HEADING}:", *(f"  {line}" for line in self.settings())))

    def settings(self) -> list[str]:
        """The settings, one a line."""
        return [f"{name + ':':24} {value}" for name, value in self._settings()]

    def _settings(self) -> Iterator[tuple[str, str]]:
        one = self.commissioning
        subprotocols = " or ".join(by_name(name).subprotocol for name in self._ocpp_versions)
        yield "URL of the CSMS", one.csms_url
        yield "identity", one.identity
        yield "as one URL", f"{one.csms_url}/{one.identity}"
        yield "OCPP version", f"{' or '.join(self._ocpp_versions)} (subprotocol {subprotocols})"
        yield "security profile", f"{one.security_profile:d}: {PROFILES[one.security_profile]}"
        if one.security_profile.uses_password:
            yield "user name", one.identity
            yield "password", one.password if self._shows_password else HIDDEN
        yield from self._roots()
        if one.own_key is not None and self._pki is not None:
            files = f"{self._pki.path('station.pem')} with {self._pki.path('station.key')}"
            yield "station's certificate", f"{files}, or one of its own, under the root that --station-root names"

    def _roots(self) -> Iterator[tuple[str, str]]:
        """The root certificates for the CSMS. With any of them, nothing is to be done."""
        roots = self.commissioning.csms_roots
        if roots == ():
            yield "root certificate", "none for the CSMS: remove all that are installed"
        elif roots and self._pki is not None:
            der = self._pki.path("root.cer")
            yield "root certificate", f"{self._pki.root} (PEM), {der} (DER), as the only root for the CSMS"
            yield "its SHA-256", _fingerprint(roots[0])

    def qr_text(self) -> str:
        """The text of a QR code: the URL with the identity first, then what cannot be read from it."""
        one = self.commissioning
        lines = [
            f"{one.csms_url}/{one.identity}",
            *(by_name(name).subprotocol for name in self._ocpp_versions),
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
        one = self.commissioning
        for root in one.csms_roots or ():
            self._pki.write("root.cer", ssl.PEM_cert_to_DER_cert(root))
        if one.own_key is not None:
            self._pki.write("station.pem", one.own_key.chain)
            self._pki.write("station.key", one.own_key.key, private=True)
        self._pki.write(PAGE, self.page() + "\n", private=self._is_secret)


Announce: TypeAlias = Callable[[CommissioningGuide, float], None]
"""Shows to a person what has to be configured in the station, and for how many seconds the lab waits for it."""

ShowCode: TypeAlias = Callable[[CommissioningGuide], None]
"""Shows the QR code of what has to be configured in the station."""


def _fingerprint(pem: str) -> str:
    digest = sha256(ssl.PEM_cert_to_DER_cert(pem)).hexdigest().upper()
    return ":".join(digest[place : place + 2] for place in range(0, len(digest), 2))
