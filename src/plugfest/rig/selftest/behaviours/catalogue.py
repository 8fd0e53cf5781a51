"""All behaviours, block by block."""

from plugfest.rig.selftest.behaviours.behaviour import Behaviour
from plugfest.rig.selftest.behaviours.v16 import (
    core,
    firmware_and_logs,
    local_authorization_list,
    reservation,
    security,
    smart_charging,
)
from plugfest.rig.selftest.behaviours.v201 import (
    a_security,
    b_device_model,
    b_provisioning,
    b_registration,
    c_authorization,
    e_agreement,
    e_causes,
    e_energy,
    e_transaction_events,
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
    *b_registration.BEHAVIOURS,
    *b_device_model.BEHAVIOURS,
    *c_authorization.BEHAVIOURS,
    *e_agreement.BEHAVIOURS,
    *e_causes.BEHAVIOURS,
    *e_energy.BEHAVIOURS,
    *e_transaction_events.BEHAVIOURS,
    *e_transactions.BEHAVIOURS,
    *f_remote_control.BEHAVIOURS,
    *g_availability.BEHAVIOURS,
    *j_meter_values.BEHAVIOURS,
    *l_firmware_management.BEHAVIOURS,
    *m_certificate_management.BEHAVIOURS,
    *n_diagnostics.BEHAVIOURS,
    *p_data_transfer.BEHAVIOURS,
    *core.BEHAVIOURS,
    *security.BEHAVIOURS,
    *firmware_and_logs.BEHAVIOURS,
    *local_authorization_list.BEHAVIOURS,
    *reservation.BEHAVIOURS,
    *smart_charging.BEHAVIOURS,
)


def by_name() -> dict[str, Behaviour]:
    """All behaviours by their names, which are unique."""
    return {behaviour.name: behaviour for behaviour in CATALOGUE}
