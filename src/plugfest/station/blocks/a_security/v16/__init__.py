"""Security in OCPP 1.6, by the security whitepaper Edition 3."""

from plugfest.station.blocks.a_security.v16 import certificates, events, upgrade
from plugfest.station.context import Context


def register(context: Context) -> None:
    """Report what matters for security, renew the station's certificate, and raise the security profile."""
    for part in (events, certificates, upgrade):
        part.register(context)
