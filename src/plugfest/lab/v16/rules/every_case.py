"""All rules for every case of OCPP 1.6."""

from plugfest.lab.rules.ocpp_j import RESPONSE_TIME, one_request_at_a_time, unique_message_ids
from plugfest.lab.rules.registration import nothing_before_accepted
from plugfest.lab.rules.repeated_requests import no_retry_after_answer, repeated_boot_notification
from plugfest.lab.rules.rule import Rule
from plugfest.lab.rules.schedule_periods import schedule_periods
from plugfest.lab.v16.ledger import Ledger
from plugfest.lab.v16.rules.authorization import (
    AUTHORIZE_AFTER_REMOTE_START,
    AUTHORIZE_AT_STOP,
    CABLE_FIRST,
    authorize_id_tag,
    start_authorized,
)
from plugfest.lab.v16.rules.configuration_keys import GET_CONFIGURATION, VALUES, same_keys
from plugfest.lab.v16.rules.connectors import (
    COMMUNICATION_ERROR,
    FAULTED_WITH_ERROR,
    KNOWN_CONNECTORS,
    LIST_CONFLICT,
    ORDER,
    STATION_STATUS,
    connector_status_rule,
    status_time,
)
from plugfest.lab.v16.rules.messages import CURRENT_TIMESTAMPS, firmware_request_id, log_request_id
from plugfest.lab.v16.rules.meter_values import (
    TIME_OF_CONTEXT,
    meter_of_transaction,
    plausible_energy,
    register_across_transactions,
    register_in_transaction,
    transaction_of_values,
)
from plugfest.lab.v16.rules.registration import firmware_version, identity_rule, requested_while_pending
from plugfest.lab.v16.rules.reservations import RESERVATION_ID
from plugfest.lab.v16.rules.responses import (
    COMPOSITE_SCHEDULE,
    END_OF_PROGRESS,
    PROGRESS_AFTER_RESPONSE,
    REMOTE_AFTER_RESPONSE,
    TRIGGERED,
    local_list_version,
)
from plugfest.lab.v16.rules.sampled_values import sampled_value_rules
from plugfest.lab.v16.rules.security.installed_certificates import CERTIFICATE_RULES
from plugfest.lab.v16.rules.security.security_events import boot_event, event_time
from plugfest.lab.v16.rules.smart_charging.composite_schedules import composite_limits
from plugfest.lab.v16.rules.status_sequence import DURING_TRANSACTION, ENDED_USAGE, TRANSITIONS
from plugfest.lab.v16.rules.stopped_transactions import KNOWN_ID_TAG, OMITTED_REASON, REASON, stop_id_tag
from plugfest.lab.v16.rules.transactions import CHRONOLOGICAL_ORDER, delivery_key, transaction_rules


def rules(ledger: Ledger) -> tuple[Rule, ...]:
    """The rules for one campaign."""
    return (
        one_request_at_a_time("OCPP-J section 4.1.1"),
        unique_message_ids("OCPP-J section 4.1.4"),
        RESPONSE_TIME,
        repeated_boot_notification("section 4.2"),
        nothing_before_accepted("section 4.2", requested_while_pending),
        identity_rule(),
        firmware_version(),
        no_retry_after_answer("section 3.7.1", delivery_key),
        *transaction_rules(ledger),
        CHRONOLOGICAL_ORDER,
        start_authorized(),
        CABLE_FIRST,
        authorize_id_tag(),
        AUTHORIZE_AT_STOP,
        AUTHORIZE_AFTER_REMOTE_START,
        RESERVATION_ID,
        REASON,
        OMITTED_REASON,
        KNOWN_ID_TAG,
        stop_id_tag(ledger),
        GET_CONFIGURATION,
        VALUES,
        same_keys(),
        COMPOSITE_SCHEDULE,
        composite_limits(),
        TRIGGERED,
        PROGRESS_AFTER_RESPONSE,
        END_OF_PROGRESS,
        REMOTE_AFTER_RESPONSE,
        local_list_version(),
        CURRENT_TIMESTAMPS,
        register_in_transaction(ledger),
        register_across_transactions(ledger),
        plausible_energy(ledger),
        meter_of_transaction(ledger),
        TIME_OF_CONTEXT,
        transaction_of_values(ledger),
        *sampled_value_rules(ledger),
        KNOWN_CONNECTORS,
        connector_status_rule(ledger),
        STATION_STATUS,
        DURING_TRANSACTION,
        TRANSITIONS,
        ENDED_USAGE,
        ORDER,
        status_time(),
        COMMUNICATION_ERROR,
        LIST_CONFLICT,
        FAULTED_WITH_ERROR,
        boot_event(),
        event_time(),
        *CERTIFICATE_RULES,
        firmware_request_id(),
        log_request_id(),
        schedule_periods("section 7.14"),
    )
