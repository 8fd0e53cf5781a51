"""All rules for every case of OCPP 2.0.1."""

from plugfest.lab.rules.ocpp_j import RESPONSE_TIME, one_request_at_a_time, unique_message_ids
from plugfest.lab.rules.registration import nothing_before_accepted
from plugfest.lab.rules.repeated_requests import no_retry_after_answer, repeated_boot_notification
from plugfest.lab.rules.rule import Rule
from plugfest.lab.rules.schedule_periods import schedule_periods
from plugfest.lab.v201.rules.agreement.presented import (
    KNOWN_EVSES,
    ONE_TRANSACTION,
    PRESENTED_TOKENS,
    SAME_EVSE,
    TOKEN_THAT_STOPPED,
    USED_EVSE,
)
from plugfest.lab.v201.rules.agreement.requested_ids import (
    REMOTE_START_IDS,
    RESERVATION_IDS,
    STARTED_TRANSACTION,
    no_event_of_earlier_transactions,
    report_request_ids,
)
from plugfest.lab.v201.rules.agreement.results import (
    RESULT_OF_SCHEDULE,
    RESULTS_OF_CERTIFICATES,
    RESULTS_OF_PROFILES,
    RESULTS_OF_REPORTS,
    RESULTS_OF_VARIABLES,
)
from plugfest.lab.v201.rules.authorization import REMOTE_START, STOPPING_TOKEN, TOKEN_AFTER_PRESENTATION
from plugfest.lab.v201.rules.causes import (
    CAUSE_OF_EVENT,
    KNOWN_CAUSE_OF_EVENT,
    NO_TIMEOUT_WITH_CABLE,
    STATE_CHANGES,
    STOP_REASON,
)
from plugfest.lab.v201.rules.connectors import CONNECTOR_STATUS, KNOWN_CONNECTORS, OTHER_CONNECTORS
from plugfest.lab.v201.rules.energy import (
    NO_ENERGY_AT_END,
    NO_FLOW_WITHOUT_CABLE,
    OFFER_WITH_AUTHORIZATION,
    PHASES_OF_EVSE,
    STATE_WITH_CABLE,
)
from plugfest.lab.v201.rules.logs_and_firmware import LOG_FAILURE, firmware_request_id, log_request_id
from plugfest.lab.v201.rules.messages import DELAYED_TIMESTAMPS, HEARTBEAT_INTERVAL, WRITE_ONLY_VALUES, WRONG_TIMESTAMPS
from plugfest.lab.v201.rules.metering.configured_measurands import Members, measurand_rules
from plugfest.lab.v201.rules.metering.meter_values import (
    EVENTS_FOR_METER_VALUES,
    METER_VALUE_TIMESTAMPS,
    PLAUSIBLE_ENERGY,
    REGISTER_IN_TRANSACTION,
    REGISTER_OF_EVSE,
    START_OF_REGISTER,
)
from plugfest.lab.v201.rules.metering.sampled_values import SAMPLED_VALUES
from plugfest.lab.v201.rules.registration import requested_while_pending
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
        no_retry_after_answer("E13.FR.01", delivery_key),
        TRANSACTION_IDS,
        SEQ_NO,
        STARTED_FIRST,
        ENDED_LAST,
        EVSE_AFTER_PLUG_IN,
        TOKEN_AFTER_PRESENTATION,
        STOPPING_TOKEN,
        REMOTE_START,
        PRESENTED_TOKENS,
        TOKEN_THAT_STOPPED,
        SAME_EVSE,
        USED_EVSE,
        KNOWN_EVSES,
        ONE_TRANSACTION,
        REMOTE_START_IDS,
        STARTED_TRANSACTION,
        RESERVATION_IDS,
        no_event_of_earlier_transactions(),
        report_request_ids(),
        OFFLINE_FLAG,
        DELAYED_TIMESTAMPS,
        WRONG_TIMESTAMPS,
        CAUSE_OF_EVENT,
        KNOWN_CAUSE_OF_EVENT,
        STATE_CHANGES,
        NO_TIMEOUT_WITH_CABLE,
        STOP_REASON,
        STATE_WITH_CABLE,
        NO_FLOW_WITHOUT_CABLE,
        OFFER_WITH_AUTHORIZATION,
        NO_ENERGY_AT_END,
        PHASES_OF_EVSE,
        EVENTS_FOR_METER_VALUES,
        METER_VALUE_TIMESTAMPS,
        PLAUSIBLE_ENERGY,
        REGISTER_IN_TRANSACTION,
        REGISTER_OF_EVSE,
        START_OF_REGISTER,
        *SAMPLED_VALUES,
        *measurand_rules(members),
        KNOWN_CONNECTORS,
        CONNECTOR_STATUS,
        OTHER_CONNECTORS,
        firmware_request_id(),
        log_request_id(),
        LOG_FAILURE,
        schedule_periods("K01.FR.31, K01.FR.35"),
        HEARTBEAT_INTERVAL,
        WRITE_ONLY_VALUES,
        *RESULTS_OF_VARIABLES,
        RESULTS_OF_REPORTS,
        RESULT_OF_SCHEDULE,
        RESULTS_OF_PROFILES,
        RESULTS_OF_CERTIFICATES,
    )
