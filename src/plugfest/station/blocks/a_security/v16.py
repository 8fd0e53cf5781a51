"""Security in OCPP 1.6 (security whitepaper, Edition 3): security events, certificate renewal, profile upgrade.

`events` and `renewal` hold what both versions share; the messages are those of OCPP 1.6.
"""

import asyncio
from datetime import datetime
from functools import partial
from typing import Final

import msgspec

from plugfest.ocpp.message import UNSET
from plugfest.ocpp.v16.messages import (
    CertificateSignedRequest,
    CertificateSignedResponse,
    SecurityEventNotificationRequest,
    SignCertificateRequest,
)
from plugfest.ocpp.v16.types import CertificateSignedStatusEnumType, GenericStatusEnumType
from plugfest.security.profile import SecurityProfile
from plugfest.station.blocks.a_security.events import SecurityEvents
from plugfest.station.blocks.a_security.renewal import CertificateRenewal
from plugfest.station.connection.network_profiles import supported_profiles
from plugfest.station.connection.outbox import Delivery
from plugfest.station.context import Context
from plugfest.station.device_model.model import SetResult, SetStatus
from plugfest.station.setup.capabilities import Capability, has_capability

_EVENT_NAMES: Final = {
    "FailedToAuthenticateAtCsms": "FailedToAuthenticateAtCentralSystem",
    "InvalidCsmsCertificate": "InvalidCentralSystemCertificate",
    "InvalidChargingStationCertificate": "InvalidChargePointCertificate",
    "DiscardedRenewedClientCertificate": "InvalidChargePointCertificate",
}

RECONNECT_DELAY: Final = 30.0
"""Seconds until the station reconnects by itself. Until then the CSMS can reset it for the same purpose."""

_REJECTED: Final = SetResult(SetStatus.REJECTED)


def register(context: Context) -> None:
    SecurityEvents(context, partial(_send_event, context), names=_EVENT_NAMES).begin()
    if has_capability(context.product, Capability.CLIENT_CERTIFICATE):
        renewal = CertificateRenewal(context, partial(_request_certificate, context))
        renewal.begin("SignChargePointCertificate")
        context.handlers.add(CertificateSignedRequest, partial(_certificate_signed, renewal))
    upgrade = ProfileUpgrade(context)
    context.device_model.guard("SecurityCtrlr", "SecurityProfile", upgrade.change)
    context.lifecycle.boot_accepted.add(upgrade.registered)
    context.lifecycle.disconnected.add(upgrade.connect)


def _send_event(context: Context, kind: str, at: datetime, tech_info: str) -> None:
    """Security whitepaper A04 and section 8. A04.FR.02: with guaranteed delivery."""
    notification = SecurityEventNotificationRequest(type=kind, timestamp=at, tech_info=tech_info or UNSET)
    context.outbox.send(notification, Delivery.DURABLE)


# A02, A03


async def _request_certificate(context: Context, signing_request: str) -> bool:
    response = await context.csms.call(SignCertificateRequest(csr=signing_request), solicited=True)
    return response.status is GenericStatusEnumType.Accepted


def _certificate_signed(renewal: CertificateRenewal, request: CertificateSignedRequest) -> CertificateSignedResponse:
    status = CertificateSignedStatusEnumType
    rejection = renewal.install(request.certificate_chain)
    return CertificateSignedResponse(status=status.Accepted if rejection is None else status.Rejected)


# A05


class ProfileUpgrade:
    """Raises the security profile.

    As in OCPP 2.0.1, the new profile goes into a slot of its own, with priority over the one in use.
    """

    def __init__(self, context: Context) -> None:
        self._context = context
        self._model = context.device_model
        self._pending = False

    def change(self, value: str) -> SetResult:
        """Called before SecurityProfile is set. The variable changes with the next connection (A05.FR.05)."""
        if not self._is_allowed(int(value)):
            return _REJECTED
        slot = self._store_profile(SecurityProfile(int(value)))
        self._model.put("OCPPCommCtrlr", "NetworkConfigurationPriority", f"{slot},{self._active_slot}")
        self._pending = True
        self._context.handlers.after_response(self._reconnect_soon)
        return SetResult(SetStatus.ACCEPTED)

    def registered(self) -> None:
        """A new connection is accepted. If it uses the old profile, the new one is deleted (A05.FR.08)."""
        self._pending = False
        self._context.profiles.delete_above(self._active)

    def connect(self) -> None:
        """Use the new profile for the next connection, whatever the reason for it. A05.FR.07"""
        if self._pending:
            self._context.csms.reconnect(by_priority=True)

    def _is_allowed(self, requested: int) -> bool:
        """A05.FR.01 to A05.FR.04"""
        if requested <= self._active or requested not in tuple(supported_profiles(self._context.product)):
            return False
        profile = SecurityProfile(requested)
        if profile.uses_password and not self._model.text("SecurityCtrlr", "BasicAuthPassword"):
            return False
        return self._context.trust.missing_certificate(profile) is None

    def _store_profile(self, requested: SecurityProfile) -> int:
        """Store the same URL with the requested security profile in a free slot."""
        profiles = self._context.profiles
        present = profiles.get(self._active_slot)
        assert present is not None
        slot = next(each for each in profiles.slots if each != self._active_slot)
        address = present.url.partition(":")[2]
        scheme = "wss" if requested.uses_tls else "ws"
        url = f"{scheme}:{address}"
        profiles.put(slot, msgspec.structs.replace(present, url=url, security_profile=requested.value))
        return slot

    def _reconnect_soon(self) -> None:
        self._context.spawn(self._reconnect(), "upgrade of the security profile")

    async def _reconnect(self) -> None:
        await asyncio.sleep(RECONNECT_DELAY)
        self.connect()

    @property
    def _active(self) -> int:
        return self._model.integer("SecurityCtrlr", "SecurityProfile")

    @property
    def _active_slot(self) -> int:
        return self._model.integer("OCPPCommCtrlr", "ActiveNetworkProfile")
