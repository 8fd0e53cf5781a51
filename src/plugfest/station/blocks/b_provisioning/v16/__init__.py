"""Provisioning in OCPP 1.6."""

from plugfest.station.blocks.b_provisioning.v16 import boot, configuration, reset
from plugfest.station.context import Context


def register(context: Context) -> None:
    """Register at the CSMS, give access to the configuration, and reset on request."""
    for part in (boot, configuration, reset):
        part.register(context)
