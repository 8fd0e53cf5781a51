"""Diagnostics in OCPP 2.0.1."""

from plugfest.station.blocks.n_diagnostics.v201 import customers, logs, monitoring
from plugfest.station.context import Context


def register(context: Context) -> None:
    """Handle requests for logs, for customer information and for monitors."""
    for part in (logs, customers, monitoring):
        part.register(context)
