"""Provisioning in OCPP 2.0.1."""

from plugfest.station.blocks.b_provisioning.v201 import boot, local_time, network, reports, reset, variables
from plugfest.station.context import Context


def register(context: Context) -> None:
    """Register at the CSMS, and handle the requests of block B."""
    for part in (boot, variables, reports, network, reset, local_time):
        part.register(context)
