"""All rules for every case of OCPP 2.0.1."""

from plugfest.lab.rules.ocpp_j import RESPONSE_TIME, one_request_at_a_time, unique_message_ids
from plugfest.lab.rules.registration import nothing_before_accepted
from plugfest.lab.rules.repeated_requests import no_retry_after_answer, repeated_boot_notification
from plugfest.lab.rules.rule import Rule
from plugfest.lab.rules.schedule_periods import schedule_periods
from plugfest.lab.v201.rules.agreement.certificates import certificate_rules
from plugfest.lab.v201.rules.agreement.display_messages import display_messages
from plugfest.lab.v201.rules.agreement.local_list import local_list_rules
from plugfest.lab.v201.rules.agreement.presented import PRESENTED_RULES
from plugfest.lab.v201.rules.agreement.reported_variables import variable_rules
from plugfest.lab.v201.rules.agreement.requested_ids import (
    REMOTE_START_IDS,
    STARTED_TRANSACTION,
    no_event_of_earlier_transactions,
    report_request_ids,
)
from plugfest.lab.v201.rules.agreement.results import RESULT_RULES
from plugfest.lab.v201.rules.authorization import REMOTE_START, STOPPING_TOKEN, TOKEN_AFTER_PRESENTATION
from plugfest.lab.v201.rules.causes.rules import CAUSE_RULES
from plugfest.lab.v201.rules.charging_states import STATE_RULES
from plugfest.lab.v201.rules.charging_time import CHARGING_TIME
from plugfest.lab.v201.rules.connectors import CONNECTOR_STATUS, KNOWN_CONNECTORS, OTHER_CONNECTORS
from plugfest.lab.v201.rules.energy import ENERGY_RULES
from plugfest.lab.v201.rules.iso15118.charging_needs import CHARGING_NEEDS
from plugfest.lab.v201.rules.iso15118.contract_certificates import CONTRACT_CERTIFICATES
from plugfest.lab.v201.rules.iso15118.status_requests import status_request_rule
from plugfest.lab.v201.rules.logs_and_firmware import (
    DOWNLOAD_FAILURE,
    DOWNLOAD_PAUSE,
    FIRMWARE_EVENTS,
    LOG_FAILURE,
    SECURITY_EVENT_TYPES,
    UPDATE_END,
    firmware_request_id,
    log_request_id,
)
from plugfest.lab.v201.rules.messages import DELAYED_TIMESTAMPS, WRITE_ONLY_VALUES, WRONG_TIMESTAMPS, heartbeat_interval
from plugfest.lab.v201.rules.metering.configured_measurands import Members
from plugfest.lab.v201.rules.metering.rules import meter_value_rules
from plugfest.lab.v201.rules.monitoring.events import event_rules
from plugfest.lab.v201.rules.monitoring.reports import report_rules
from plugfest.lab.v201.rules.order import ORDER_RULES
from plugfest.lab.v201.rules.registration import boot_rules, identity_rule, requested_while_pending
from plugfest.lab.v201.rules.reported_variables import OMITTED_VALUES, REPORTED_VALUES
from plugfest.lab.v201.rules.reservations.rules import RESERVATION_RULES
from plugfest.lab.v201.rules.smart_charging.composite_schedules import composite_limits
from plugfest.lab.v201.rules.smart_charging.limits import LIMITS_FOLLOWED
from plugfest.lab.v201.rules.smart_charging.reports import PROFILE_RULES
from plugfest.lab.v201.rules.transaction_events import (
    ENDED_LAST,
    EVSE_AFTER_PLUG_IN,
    OFFLINE_FLAG,
    SEQ_NO,
    STARTED_FIRST,
    TRANSACTION_IDS,
)
from plugfest.lab.v201.rules.transactions import delivery_key


def rules(members: Members = lambda _: ()) -> tuple[Rule, ...]:
    """The rules for one campaign; `members` gives the members of a list variable, none if they are not known."""
    return (
        one_request_at_a_time("Part 4 section 4.1.1"),
        unique_message_ids("Part 4 section 4.1.4"),
        RESPONSE_TIME,
        repeated_boot_notification("B02.FR.04, B03.FR.06"),
        nothing_before_accepted("B01.FR.08, B02.FR.02, B03.FR.02", requested_while_pending),
        identity_rule(),
        *boot_rules(),
        no_retry_after_answer("E13.FR.01", delivery_key),
        TRANSACTION_IDS,
        SEQ_NO,
        STARTED_FIRST,
        ENDED_LAST,
        EVSE_AFTER_PLUG_IN,
        TOKEN_AFTER_PRESENTATION,
        STOPPING_TOKEN,
        REMOTE_START,
        *PRESENTED_RULES,
        REMOTE_START_IDS,
        STARTED_TRANSACTION,
        no_event_of_earlier_transactions(),
        report_request_ids(),
        OFFLINE_FLAG,
        DELAYED_TIMESTAMPS,
        WRONG_TIMESTAMPS,
        *CAUSE_RULES,
        *ORDER_RULES,
        *STATE_RULES,
        *ENERGY_RULES,
        *meter_value_rules(members),
        KNOWN_CONNECTORS,
        CONNECTOR_STATUS,
        OTHER_CONNECTORS,
        firmware_request_id(),
        log_request_id(),
        LOG_FAILURE,
        DOWNLOAD_FAILURE,
        DOWNLOAD_PAUSE,
        UPDATE_END,
        SECURITY_EVENT_TYPES,
        FIRMWARE_EVENTS,
        schedule_periods("K01.FR.31, K01.FR.35"),
        heartbeat_interval(),
        WRITE_ONLY_VALUES,
        REPORTED_VALUES,
        OMITTED_VALUES,
        CHARGING_TIME,
        *CONTRACT_CERTIFICATES,
        *CHARGING_NEEDS,
        status_request_rule(),
        *RESULT_RULES,
        *variable_rules(),
        *certificate_rules(),
        *_rules_of_optional_profiles(),
    )


def _rules_of_optional_profiles() -> tuple[Rule, ...]:
    return (
        *RESERVATION_RULES,
        LIMITS_FOLLOWED,
        composite_limits(),
        *PROFILE_RULES,
        *local_list_rules(),
        *event_rules(),
        *report_rules(),
        display_messages(),
    )
