"""Renewal of a certificate of the station: requested by the CSMS (A02), or because it expires soon (A03)."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import NamedTuple, Protocol

from cryptography import x509

from plugfest.link.errors import LinkError
from plugfest.security.keys import KeyKind, key_from_pem, key_to_pem, new_key, signing_request, subject
from plugfest.security.profile import SecurityProfile
from plugfest.station.blocks.a_security.rules import certificate_problem, renewal_is_due, retry_delays
from plugfest.station.context import Context, Offline
from plugfest.station.model.connectors.availability import Place
from plugfest.station.model.triggerable_messages import TriggerableMessages
from plugfest.station.security.trust_store import CSMS_ROOT
from plugfest.station.setup.capabilities import cipher_suites

_log = logging.getLogger(__name__)

_DAY = 24 * 3600.0


class Rejection(NamedTuple):
    """Why a certificate is rejected: an OCPP reason code, and details in words."""

    reason: str
    detail: str


def rejected(context: Context, reason: str, detail: str) -> Rejection:
    """Reject a chain that is not verified at all."""
    context.security_event("CertificateRejected", f"CertificateSigned: {detail}")
    return Rejection(reason, detail)


class PendingKey(Protocol):
    """The store of a key pair whose certificate is requested. Keys in PEM."""

    @property
    def pending_key(self) -> str | None: ...

    def store_pending_key(self, key_pem: str) -> None: ...


class CertificateRenewal:
    """Requests a certificate and installs it. `request`: sends a CSR, and returns whether the CSMS accepts it.

    This is the ChargingStationCertificate; a subclass is another certificate.
    """

    def __init__(self, context: Context, request: Callable[[str], Awaitable[bool]]) -> None:
        self._context = context
        self._send_csr = request
        self._request_task: asyncio.Task[None] | None = None
        self._watching = False

    def begin(self, trigger: str) -> None:
        """Renew the certificate on the trigger message of this name, and before the certificate expires."""
        self._context.shared.get(TriggerableMessages).add(trigger, self.triggered)
        self._context.lifecycle.boot_accepted.add(self.connected)
        self._context.lifecycle.reconnected.add(lambda _: self.connected())

    async def _watch_expiry(self) -> None:
        """A03.FR.02: checked once a day, and when the clock was set."""
        while True:
            requesting = self._request_task is not None and not self._request_task.done()
            if not requesting and any(renewal_is_due(chain, self._context.now()) for chain in self._chains()):
                self._renew()
            await self._context.clock_wait.sleep(_DAY)

    def triggered(self, place: Place) -> bool:
        self._context.handlers.after_response(self._renew)
        return True

    def _renew(self) -> None:
        key = new_key(self._key_kind())  # A02.FR.02
        self._pending.store_pending_key(key_to_pem(key))
        self._cancel_request()
        self._request_task = self._context.spawn(self._request(), "certificate renewal")

    def _key_kind(self) -> KeyKind:
        """The key type that fits the cipher suites of the station."""
        suites = cipher_suites(self._context.product)
        return KeyKind.EC_P256 if not suites or any("ECDSA" in suite for suite in suites) else KeyKind.RSA_2048

    async def _request(self) -> None:
        pending_key = self._pending.pending_key
        assert pending_key is not None
        csr = self._signing_request(pending_key)
        for delay in (*self._retry_delays(), None):
            if not await self._is_accepted(csr) or delay is None:
                return
            await asyncio.sleep(delay)
            if self._pending.pending_key != pending_key:
                return

    def _signing_request(self, key_pem: str) -> str:
        return signing_request(key_from_pem(key_pem), self._subject())  # A02.FR.03

    def _retry_delays(self) -> tuple[int, ...]:
        model = self._context.device_model
        if not model.has("SecurityCtrlr", "CertSigningWaitMinimum"):
            return ()
        minimum = model.integer("SecurityCtrlr", "CertSigningWaitMinimum")
        return tuple(retry_delays(minimum, model.integer("SecurityCtrlr", "CertSigningRepeatTimes")))

    async def _is_accepted(self, csr: str) -> bool:
        """Whether the CSMS accepts the request. If not, it can trigger the station again (A02.FR.12)."""
        try:
            return await self._send_csr(csr)
        except (Offline, LinkError) as error:
            _log.info("SignCertificate failed: %s", error)
            return False

    def _cancel_request(self) -> None:
        if self._request_task is not None:
            self._request_task.cancel()
            self._request_task = None

    # CertificateSigned

    def install(self, chain: str) -> Rejection | None:
        """Use a received chain, leaf first, unless it is rejected."""
        maximum = self._context.device_model.integer("SecurityCtrlr", "MaxCertificateChainSize", default=0)
        if maximum and len(chain) > maximum:
            return rejected(self._context, "TooLargeElement", f"more than {maximum} characters")  # A02.FR.16
        pending_key = self._pending.pending_key
        if pending_key is None:
            return rejected(self._context, "InvalidCertificate", "no certificate is awaited")
        self._cancel_request()  # A02.FR.20
        problem = self._problem(chain, pending_key)
        if problem is not None:
            self._context.security_event("InvalidChargingStationCertificate", problem)
            return Rejection("InvalidCertificate", problem)  # A02.FR.07
        self._use(chain)
        return None

    # What depends on the certificate

    @property
    def _pending(self) -> PendingKey:
        return self._context.trust.own

    def _chains(self) -> list[str]:
        """The chains in use, leaf first, in PEM."""
        key = self._context.trust.own.key
        return [] if key is None else [key.chain]

    def _subject(self) -> x509.Name:
        model = self._context.device_model
        return subject(model.text("ChargingStation", "SerialNumber"), model.text("SecurityCtrlr", "OrganizationName"))

    def _use(self, chain: str) -> None:
        self._context.trust.own.renew(chain)
        if self._profile() is SecurityProfile.TLS_CLIENT_CERTIFICATE:
            self._context.handlers.after_response(self._context.csms.reconnect)  # A02.FR.08

    def _problem(self, chain: str, pending_key: str) -> str | None:
        return certificate_problem(
            chain,
            key_pem=pending_key,
            roots=self._context.trust.roots(CSMS_ROOT),
            serial_number=self._context.device_model.text("ChargingStation", "SerialNumber"),
            now=self._context.now(),
        )

    def _profile(self) -> SecurityProfile:
        return SecurityProfile(self._context.device_model.integer("SecurityCtrlr", "SecurityProfile"))

    def connected(self) -> None:
        """The CSMS accepted the connection, which confirms the certificate in use."""
        if not self._watching:
            self._watching = True
            self._context.spawn(self._watch_expiry(), "certificate expiry check")
        self._confirm()

    def _confirm(self) -> None:
        if self._profile() is SecurityProfile.TLS_CLIENT_CERTIFICATE and self._context.trust.own.confirm():
            self._context.security_event("DiscardedRenewedClientCertificate")  # A02.FR.29
