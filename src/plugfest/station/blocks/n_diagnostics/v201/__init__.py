"""Diagnostics in OCPP 2.0.1.

Monitoring (N02 to N08) is not here: no product claims it, and a station without it answers NotSupported.
"""

from plugfest.station.blocks.n_diagnostics.v201 import customers, logs
from plugfest.station.context import Context


def register(context: Context) -> None:
    """Send logs and answer for what is known about customers."""
    for part in (logs, customers):
        part.register(context)
