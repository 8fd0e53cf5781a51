"""Security in OCPP 2.0.1."""

from plugfest.station.blocks.a_security.v201 import certificates, events
from plugfest.station.context import Context


def register(context: Context) -> None:
    """Report what matters for security, and renew the station's certificate."""
    for part in (events, certificates):
        part.register(context)
