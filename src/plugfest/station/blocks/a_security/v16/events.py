"""SecurityEventNotification of OCPP 1.6 (security whitepaper A04 and section 8)."""

from datetime import datetime
from functools import partial
from typing import Final

from plugfest.ocpp.message import UNSET
from plugfest.ocpp.v16.messages import SecurityEventNotificationRequest
from plugfest.station.blocks.a_security.events import SecurityEvents
from plugfest.station.connection.outbox import Delivery
from plugfest.station.context import Context

_NAMES: Final = {
    "FailedToAuthenticateAtCsms": "FailedToAuthenticateAtCentralSystem",
    "InvalidCsmsCertificate": "InvalidCentralSystemCertificate",
    "InvalidChargingStationCertificate": "InvalidChargePointCertificate",
    "DiscardedRenewedClientCertificate": "InvalidChargePointCertificate",
}


def register(context: Context) -> None:
    SecurityEvents(context, partial(_send, context), names=_NAMES).begin()


def _send(context: Context, kind: str, at: datetime, tech_info: str) -> None:
    """A04.FR.02: until the Central System has it."""
    notification = SecurityEventNotificationRequest(type=kind, timestamp=at, tech_info=tech_info or UNSET)
    context.outbox.send(notification, Delivery.DURABLE)
