"""A new certificate for the station: when the CSMS asks for it (A02), and when the old one expires soon (A03)."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import NamedTuple

from plugfest.link.errors import LinkError
from plugfest.security.keys import KeyKind, key_from_pem, key_to_pem, new_key, signing_request, subject
from plugfest.security.profile import SecurityProfile
from plugfest.station.blocks.a_security.rules import certificate_problem, renewal_is_due, waits
from plugfest.station.context import Context, Offline
from plugfest.station.model.connectors.availability import Place
from plugfest.station.model.triggerable_messages import TriggerableMessages
from plugfest.station.security.trust_store import CSMS_ROOT
from plugfest.station.setup.capabilities import cipher_suites

_log = logging.getLogger(__name__)

_DAY = 24 * 3600.0


class Rejection(NamedTuple):
    """Why a certificate is not taken: an OCPP reason code, and more in words."""

    reason: str
    detail: str


class CertificateRenewal:
    """Asks for a certificate and takes it. `ask` brings a signing request to the CSMS; False: it does not take it."""

    def __init__(self, context: Context, ask: Callable[[str], Awaitable[bool]]) -> None:
        self._context = context
        self._ask_csms = ask
        self._own = context.trust.own
        self._asking: asyncio.Task[None] | None = None
        self._watching = False

    def begin(self, trigger: str) -> None:
        """Renew the certificate on the trigger message of this name, and before the certificate expires."""
        self._context.shared.get(TriggerableMessages).add(trigger, self.triggered)
        self._context.lifecycle.boot_accepted.add(self.connected)
        self._context.lifecycle.reconnected.add(lambda _: self.connected())

    async def _watch_expiry(self) -> None:
        """A03.FR.02: once a day, until it is renewed."""
        while True:
            asks = self._asking is not None and not self._asking.done()
            if not asks and self._own.key is not None and renewal_is_due(self._own.key.chain, self._context.now()):
                self._renew()
            await asyncio.sleep(_DAY)

    def triggered(self, place: Place) -> bool:
        self._context.handlers.after_response(self._renew)
        return True

    def _renew(self) -> None:
        key = new_key(self._key_kind())  # A02.FR.02
        self._own.store_pending_key(key_to_pem(key))
        self._stop_asking()
        self._asking = self._context.spawn(self._ask(), "certificate renewal")

    def _key_kind(self) -> KeyKind:
        """A key for the cipher suites that the station has."""
        suites = cipher_suites(self._context.product)
        return KeyKind.EC_P256 if not suites or any("ECDSA" in suite for suite in suites) else KeyKind.RSA_2048

    async def _ask(self) -> None:
        pending_key = self._own.pending_key
        assert pending_key is not None
        request = self._signing_request(pending_key)
        for wait in (*self._retry_delays(), None):
            if not await self._is_accepted(request) or wait is None:
                return
            await asyncio.sleep(wait)
            if self._own.pending_key != pending_key:
                return

    def _signing_request(self, key_pem: str) -> str:
        model = self._context.device_model
        name = subject(model.text("ChargingStation", "SerialNumber"), model.text("SecurityCtrlr", "OrganizationName"))
        return signing_request(key_from_pem(key_pem), name)  # A02.FR.03

    def _retry_delays(self) -> tuple[int, ...]:
        model = self._context.device_model
        if not model.has("SecurityCtrlr", "CertSigningWaitMinimum"):
            return ()
        minimum = model.integer("SecurityCtrlr", "CertSigningWaitMinimum")
        return tuple(waits(minimum, model.integer("SecurityCtrlr", "CertSigningRepeatTimes")))

    async def _is_accepted(self, request: str) -> bool:
        """Whether the CSMS will have the certificate signed. If not, it can trigger the station again (A02.FR.12)."""
        try:
            return await self._ask_csms(request)
        except (Offline, LinkError) as error:
            _log.info("no certificate is asked for: %s", error)
            return False

    def _stop_asking(self) -> None:
        if self._asking is not None:
            self._asking.cancel()
            self._asking = None

    # The answer

    def take(self, chain: str) -> Rejection | None:
        """A chain has come, leaf first: use it, or say why not."""
        most = self._context.device_model.integer("SecurityCtrlr", "MaxCertificateChainSize", default=0)
        if most and len(chain) > most:
            return Rejection("TooLargeElement", f"more than {most} characters")  # A02.FR.16
        pending_key = self._own.pending_key
        if pending_key is None:
            return Rejection("InvalidCertificate", "no certificate is awaited")
        self._stop_asking()  # A02.FR.20
        objection = self._objection(chain, pending_key)
        if objection is not None:
            self._context.security_event("InvalidChargingStationCertificate", objection)
            return Rejection("InvalidCertificate", objection)  # A02.FR.07
        self._own.renew(chain)
        if self._profile() is SecurityProfile.TLS_CLIENT_CERTIFICATE:
            self._context.handlers.after_response(self._context.csms.reconnect)  # A02.FR.08
        return None

    def _objection(self, chain: str, pending_key: str) -> str | None:
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
        """The CSMS let the station in: with a certificate, this one works."""
        if not self._watching:
            self._watching = True
            self._context.spawn(self._watch_expiry(), "expiry of the certificate")
        if self._profile() is SecurityProfile.TLS_CLIENT_CERTIFICATE and self._own.confirm():
            self._context.security_event("DiscardedRenewedClientCertificate")  # A02.FR.29
