"""Every wrong behaviour that is written down, block by block."""

from plugfest.rig.selftest.behaviours.behaviour import Behaviour
from plugfest.rig.selftest.behaviours.v16 import core, local_authorization_list, reservation, security, smart_charging
from plugfest.rig.selftest.behaviours.v201 import (
    a_security,
    b_provisioning,
    c_authorization,
    e_transactions,
    f_remote_control,
    g_availability,
    j_meter_values,
    l_firmware_management,
    m_certificate_management,
    n_diagnostics,
    p_data_transfer,
)

CATALOGUE: tuple[Behaviour, ...] = (
    *a_security.BEHAVIOURS,
    *b_provisioning.BEHAVIOURS,
    *c_authorization.BEHAVIOURS,
    *e_transactions.BEHAVIOURS,
    *f_remote_control.BEHAVIOURS,
    *g_availability.BEHAVIOURS,
    *j_meter_values.BEHAVIOURS,
    *smart_charging.BEHAVIOURS,
    *l_firmware_management.BEHAVIOURS,
    *m_certificate_management.BEHAVIOURS,
    *n_diagnostics.BEHAVIOURS,
    *p_data_transfer.BEHAVIOURS,
    *core.BEHAVIOURS,
    *security.BEHAVIOURS,
    *local_authorization_list.BEHAVIOURS,
    *reservation.BEHAVIOURS,
)


def by_name() -> dict[str, Behaviour]:
    """The catalogue; no two behaviours have one name."""
    return {one.name: one for one in CATALOGUE}
