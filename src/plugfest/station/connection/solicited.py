"""Messages that the CSMS has asked for."""

import logging
from typing import Any

from plugfest.link.errors import LinkError
from plugfest.ocpp.message import Request
from plugfest.station.context import Context, Offline

_log = logging.getLogger(__name__)


def send_solicited(context: Context, request: Request[Any]) -> None:
    """Send an ordinary message; also while the CSMS has the station pending, if it asked for it (B02.FR.02)."""
    if context.csms.online or not context.csms.connected:
        context.outbox.send(request)
    else:
        context.spawn(_call(context, request), request.action)


async def _call(context: Context, request: Request[Any]) -> None:
    try:
        await context.csms.call(request, solicited=True)
    except (Offline, LinkError) as error:
        _log.info("%s was not sent: %s", request.action, error)
