"""The functional blocks of OCPP: `rules` where there is something to decide, one module for each version that has it.

This is the only list of them. Their order is the order in which they hear of what happens to the station.
"""

from collections.abc import Callable, Sequence

from plugfest.station.blocks.a_security import v201 as security
from plugfest.station.blocks.b_provisioning import v201 as provisioning
from plugfest.station.blocks.p_data_transfer import v201 as data_transfer
from plugfest.station.context import Context

Register = Callable[[Context], None]

_BLOCKS: dict[str, Sequence[Register]] = {
    "2.0.1": (
        provisioning.register,
        security.register,
        data_transfer.register,
    ),
}


def blocks_of(ocpp_version: str) -> Sequence[Register]:
    """What registers the blocks of one version of OCPP. KeyError for a version that this station does not speak."""
    return _BLOCKS[ocpp_version]
