"""The functional blocks of OCPP.

Each block has a module or package per OCPP version (`v16`, `v201`), which registers handlers and converts messages.
Decisions that do not depend on the version are pure functions in `rules`; other code that the versions share has a
module of its own. A further version gets a module beside these, and a line here.

This is the only list of the blocks. Lifecycle callbacks run in its order.
"""

from collections.abc import Callable, Sequence

from plugfest.station.blocks.a_security import v16 as security16
from plugfest.station.blocks.a_security import v201 as security
from plugfest.station.blocks.b_provisioning import v16 as provisioning16
from plugfest.station.blocks.b_provisioning import v201 as provisioning
from plugfest.station.blocks.c_authorization import v16 as authorization16
from plugfest.station.blocks.c_authorization import v201 as authorization
from plugfest.station.blocks.d_local_authorization_list import v16 as local_list16
from plugfest.station.blocks.d_local_authorization_list import v201 as local_list
from plugfest.station.blocks.e_transactions import v16 as transactions16
from plugfest.station.blocks.e_transactions import v201 as transactions
from plugfest.station.blocks.f_remote_control import v16 as remote_control16
from plugfest.station.blocks.f_remote_control import v201 as remote_control
from plugfest.station.blocks.g_availability import v16 as availability16
from plugfest.station.blocks.g_availability import v201 as availability
from plugfest.station.blocks.h_reservation import v16 as reservation16
from plugfest.station.blocks.h_reservation import v201 as reservation
from plugfest.station.blocks.i_tariff_and_cost import v201 as tariff_and_cost
from plugfest.station.blocks.j_meter_values import v16 as meter_values16
from plugfest.station.blocks.j_meter_values import v201 as meter_values
from plugfest.station.blocks.k_smart_charging import ev_schedules_v201 as ev_schedules
from plugfest.station.blocks.k_smart_charging import v16 as smart_charging16
from plugfest.station.blocks.k_smart_charging import v201 as smart_charging
from plugfest.station.blocks.l_firmware_management import v16 as firmware_management16
from plugfest.station.blocks.l_firmware_management import v201 as firmware_management
from plugfest.station.blocks.m_certificate_management import v16 as certificate_management16
from plugfest.station.blocks.m_certificate_management import v201 as certificate_management
from plugfest.station.blocks.n_diagnostics import v16 as diagnostics16
from plugfest.station.blocks.n_diagnostics import v201 as diagnostics
from plugfest.station.blocks.o_display_message import v201 as display_message
from plugfest.station.blocks.p_data_transfer import v16 as data_transfer16
from plugfest.station.blocks.p_data_transfer import v201 as data_transfer
from plugfest.station.context import Context
from plugfest.station.model import station_model

Register = Callable[[Context], None]

_BLOCKS: dict[str, Sequence[Register]] = {
    "2.0.1": (
        station_model.register,
        provisioning.register,
        security.register,
        authorization.register,
        local_list.register,
        transactions.register,
        remote_control.register,
        availability.register,
        reservation.register,
        tariff_and_cost.register,
        meter_values.register,
        smart_charging.register,
        ev_schedules.register,
        firmware_management.register,
        certificate_management.register,
        diagnostics.register,
        display_message.register,
        data_transfer.register,
    ),
    "1.6": (
        station_model.register,
        provisioning16.register,
        security16.register,
        authorization16.register,
        local_list16.register,
        transactions16.register,
        remote_control16.register,
        availability16.register,
        reservation16.register,
        meter_values16.register,
        smart_charging16.register,
        firmware_management16.register,
        certificate_management16.register,
        diagnostics16.register,
        data_transfer16.register,
    ),
}

VERSIONS = tuple(_BLOCKS)
"""The OCPP versions that the station supports."""


def blocks_of(ocpp_version: str) -> Sequence[Register]:
    """The `register` functions of the blocks of one OCPP version. Raises KeyError if it is not supported."""
    return _BLOCKS[ocpp_version]
