"""SecurityEventNotification of OCPP 2.0.1 (A04)."""

from datetime import datetime
from functools import partial

from plugfest.ocpp.message import UNSET
from plugfest.ocpp.v201.messages import SecurityEventNotificationRequest
from plugfest.station.blocks.a_security.events import SecurityEvents
from plugfest.station.connection.outbox import Delivery
from plugfest.station.context import Context


def register(context: Context) -> None:
    SecurityEvents(context, partial(_send, context), names={}).begin()


def _send(context: Context, kind: str, at: datetime, tech_info: str) -> None:
    """A04.FR.02: until the CSMS has it."""
    notification = SecurityEventNotificationRequest(type=kind, timestamp=at, tech_info=tech_info or UNSET)
    context.outbox.send(notification, Delivery.DURABLE)
