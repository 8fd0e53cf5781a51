"""Renewal of the V2GCertificate: the certificate of the SECC in the TLS connections with EVs (A02, A03).

A combined certificate is also the ChargingStationCertificate (A00.FR.428).
"""

from collections.abc import Awaitable, Callable

from cryptography import x509

from plugfest.security.keys import KeyKind, subject
from plugfest.station.blocks.a_security.renewal import CertificateRenewal, PendingKey, Rejection, rejected
from plugfest.station.blocks.a_security.rules import certificate_problem
from plugfest.station.context import Context
from plugfest.station.model.connectors.availability import Place
from plugfest.station.security.trust_store import V2G_ROOT
from plugfest.station.storage.store import Store


class V2gCertificateRenewal(CertificateRenewal):
    """The V2GCertificate, one for each V2G root. The station has one SECC for all EVSEs."""

    def triggered(self, place: Place) -> bool:
        known = place.evse_id is None or place.evse_id in self._context.hardware.evses
        return known and self._enabled and super().triggered(place)

    def install(self, chain: str) -> Rejection | None:
        if not self._enabled:
            return rejected(self._context, "NotEnabled", "ISO15118Ctrlr.V2GCertificateInstallationEnabled is false")
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


class CombinedPendingKey:
    """The key pair for which a combined certificate is requested, stored. Keys in PEM."""

    def __init__(self, store: Store) -> None:
        self._keys = store.records("combined_pending_key", str)

    @property
    def pending_key(self) -> str | None:
        return self._keys.get("awaited")

    def store_pending_key(self, key_pem: str) -> None:
        """Store a new private key until its certificate is received. The key never leaves the station (A02.FR.05)."""
        self._keys.put("awaited", key_pem)

    def delete(self) -> None:
        self._keys.clear()


class CombinedCertificateRenewal(V2gCertificateRenewal):
    """A certificate under a V2G root for EVs and for the CSMS, with the names that the CSMS needs (A00.FR.511)."""

    def __init__(self, context: Context, request: Callable[[str], Awaitable[bool]]) -> None:
        super().__init__(context, request)
        self._key = CombinedPendingKey(context.store)

    @property
    def awaited(self) -> bool:
        """Whether a combined certificate is requested."""
        return self._key.pending_key is not None

    @property
    def _pending(self) -> PendingKey:
        return self._key

    def _chains(self) -> list[str]:
        return []  # the renewals of its two uses watch when it expires

    def _subject(self) -> x509.Name:
        return CertificateRenewal._subject(self)

    def _problem(self, chain: str, pending_key: str) -> str | None:
        return certificate_problem(
            chain,
            key_pem=pending_key,
            roots=self._context.trust.roots(V2G_ROOT),
            serial_number=self._context.device_model.text("ChargingStation", "SerialNumber"),
            now=self._context.now(),
        )

    def _use(self, chain: str) -> None:
        key = self._key.pending_key
        assert key is not None, "no certificate is requested"
        with self._context.store.transaction():
            self._key.delete()
            self._context.trust.v2g.store_pending_key(key)
            V2gCertificateRenewal._use(self, chain)
            self._context.trust.own.store_pending_key(key)
            CertificateRenewal._use(self, chain)
