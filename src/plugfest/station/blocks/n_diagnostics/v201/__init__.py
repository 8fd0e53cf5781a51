"""Diagnostics in OCPP 2.0.1.

Monitoring (N02 to N08) is not implemented: no product claims it, and a station without it answers NotSupported.
"""

from plugfest.station.blocks.n_diagnostics.v201 import customers, logs
from plugfest.station.context import Context


def register(context: Context) -> None:
    """Handle requests for logs and for customer information."""
    for part in (logs, customers):
        part.register(context)
