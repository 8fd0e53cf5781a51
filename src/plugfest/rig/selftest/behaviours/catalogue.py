"""All behaviours, block by block."""

from plugfest.rig.selftest.behaviours.behaviour import Behaviour
from plugfest.rig.selftest.behaviours.v16 import (
    core,
    firmware_and_logs,
    local_authorization_list,
    meter_values,
    reservation,
    security,
    sessions,
    smart_charging,
    statuses,
)
from plugfest.rig.selftest.behaviours.v16 import (
    reported_facts as reported_facts_v16,
)
from plugfest.rig.selftest.behaviours.v201 import (
    a_security,
    b_device_model,
    b_provisioning,
    c_authorization,
    e_transaction_events,
    e_transactions,
    f_remote_control,
    g_availability,
    j_meter_values,
    k_smart_charging,
    l_firmware_management,
    l_firmware_reboots,
    m_certificate_management,
    n_diagnostics,
    n_monitoring,
    p_data_transfer,
)
from plugfest.rig.selftest.behaviours.v201.every_case import (
    agreement,
    ahead,
    causes,
    charging_states,
    energy,
    order,
    registration,
    reported_facts,
    results,
)
from plugfest.rig.selftest.behaviours.v201.iso15118 import certificates as iso15118_certificates
from plugfest.rig.selftest.behaviours.v201.iso15118 import plug_and_charge
from plugfest.rig.selftest.behaviours.v201.optional_profiles import (
    local_authorization_list as local_authorization_list_v201,
)
from plugfest.rig.selftest.behaviours.v201.optional_profiles import (
    reservation as reservation_v201,
)
from plugfest.rig.selftest.behaviours.v201.user_interface import i_tariff_and_cost, o_display_message

CATALOGUE: tuple[Behaviour, ...] = (
    *a_security.BEHAVIOURS,
    *b_provisioning.BEHAVIOURS,
    *b_device_model.BEHAVIOURS,
    *c_authorization.BEHAVIOURS,
    *e_transaction_events.BEHAVIOURS,
    *e_transactions.BEHAVIOURS,
    *f_remote_control.BEHAVIOURS,
    *g_availability.BEHAVIOURS,
    *i_tariff_and_cost.BEHAVIOURS,
    *j_meter_values.BEHAVIOURS,
    *k_smart_charging.BEHAVIOURS,
    *l_firmware_management.BEHAVIOURS,
    *l_firmware_reboots.BEHAVIOURS,
    *m_certificate_management.BEHAVIOURS,
    *iso15118_certificates.BEHAVIOURS,
    *plug_and_charge.BEHAVIOURS,
    *n_diagnostics.BEHAVIOURS,
    *n_monitoring.BEHAVIOURS,
    *o_display_message.BEHAVIOURS,
    *p_data_transfer.BEHAVIOURS,
    *registration.BEHAVIOURS,
    *agreement.BEHAVIOURS,
    *causes.BEHAVIOURS,
    *ahead.BEHAVIOURS,
    *energy.BEHAVIOURS,
    *charging_states.BEHAVIOURS,
    *order.BEHAVIOURS,
    *reported_facts.BEHAVIOURS,
    *results.BEHAVIOURS,
    *local_authorization_list_v201.BEHAVIOURS,
    *reservation_v201.BEHAVIOURS,
    *core.BEHAVIOURS,
    *sessions.BEHAVIOURS,
    *security.BEHAVIOURS,
    *firmware_and_logs.BEHAVIOURS,
    *local_authorization_list.BEHAVIOURS,
    *meter_values.BEHAVIOURS,
    *reported_facts_v16.BEHAVIOURS,
    *reservation.BEHAVIOURS,
    *smart_charging.BEHAVIOURS,
    *statuses.BEHAVIOURS,
)


def by_name() -> dict[str, Behaviour]:
    """All behaviours by their names, which are unique."""
    return {behaviour.name: behaviour for behaviour in CATALOGUE}
