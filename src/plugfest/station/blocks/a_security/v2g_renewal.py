"""Renewal of the V2GCertificate: the certificate of the SECC in the TLS connections with EVs (A02, A03)."""

from cryptography import x509

from plugfest.security.keys import KeyKind, subject
from plugfest.station.blocks.a_security.renewal import CertificateRenewal, PendingKey, Rejection
from plugfest.station.blocks.a_security.rules import certificate_problem
from plugfest.station.model.connectors.availability import Place
from plugfest.station.security.trust_store import V2G_ROOT


class V2gCertificateRenewal(CertificateRenewal):
    """The V2GCertificate, one for each V2G root. The station has one SECC for all EVSEs."""

    def triggered(self, place: Place) -> bool:
        known = place.evse_id is None or place.evse_id in self._context.hardware.evses
        return known and self._enabled and super().triggered(place)

    def install(self, chain: str) -> Rejection | None:
        if not self._enabled:
            return Rejection("NotEnabled", "ISO15118Ctrlr.V2GCertificateInstallationEnabled is false")
        return super().install(chain)

    @property
    def _enabled(self) -> bool:
        """ISO15118Ctrlr.V2GCertificateInstallationEnabled"""
        return self._context.device_model.boolean("ISO15118Ctrlr", "V2GCertificateInstallationEnabled")

    @property
    def _pending(self) -> PendingKey:
        return self._context.trust.v2g

    def _chains(self) -> list[str]:
        return [key.chain for key in self._context.trust.v2g.installed()] if self._enabled else []

    def _key_kind(self) -> KeyKind:
        return KeyKind.EC_P256  # ISO 15118-2 knows no other keys

    def _subject(self) -> x509.Name:
        model = self._context.device_model
        return subject(
            model.text("ISO15118Ctrlr", "SeccId"),
            model.text("ISO15118Ctrlr", "OrganizationName"),
            model.text("ISO15118Ctrlr", "CountryName"),
        )

    def _problem(self, chain: str, pending_key: str) -> str | None:
        return certificate_problem(
            chain,
            key_pem=pending_key,
            roots=self._context.trust.roots(V2G_ROOT),
            serial_number=self._context.device_model.text("ISO15118Ctrlr", "SeccId"),
            now=self._context.now(),
        )

    def _use(self, chain: str) -> None:
        self._context.trust.v2g.renew(chain, self._context.trust.roots(V2G_ROOT), self._context.now())
        self._context.lifecycle.v2g_certificate_renewed.notify()

    def _confirm(self) -> None:
        """Nothing: the CSMS does not use this certificate."""
