"""Provisioning in OCPP 1.6."""

from plugfest.station.blocks.b_provisioning.v16 import boot, configuration, reset
from plugfest.station.context import Context


def register(context: Context) -> None:
    """Say hello to the CSMS, show it the configuration, and reset when it wants that."""
    for part in (boot, configuration, reset):
        part.register(context)
