"""Every rule that a station of OCPP 2.0.1 is held to in every case."""

from plugfest.lab.rules.ocpp_j import ANSWERS_IN_TIME, message_ids, one_call_at_a_time
from plugfest.lab.rules.repeated_requests import boot_again, retries
from plugfest.lab.rules.rule import Rule
from plugfest.lab.rules.schedule_periods import schedule_periods
from plugfest.lab.v201.rules.authorization import REMOTE_START, STOPPING_TOKEN, TOKEN_AFTER_PRESENTATION
from plugfest.lab.v201.rules.connectors import CONNECTOR_STATUS, KNOWN_CONNECTORS, OTHER_CONNECTORS
from plugfest.lab.v201.rules.logs_and_firmware import LOG_FAILURE_ONCE, firmware_request_id, log_request_id
from plugfest.lab.v201.rules.messages import HEARTBEAT_TIMER, SECRETS, TIME_OF_NOW
from plugfest.lab.v201.rules.meter_values import (
    ENERGY_IN_TIME,
    READING_EVENTS,
    READINGS_IN_TIME,
    REGISTER_IN_TRANSACTION,
    REGISTER_OF_EVSE,
)
from plugfest.lab.v201.rules.transaction_events import (
    EVSE_AFTER_PLUG_IN,
    NOTHING_AFTER_THE_END,
    OFFLINE_FLAG,
    SEQ_NO,
    STARTED_FIRST,
    TRANSACTION_IDS,
)
from plugfest.lab.v201.rules.transactions import delivered_once


def rules() -> tuple[Rule, ...]:
    """The rules for one campaign."""
    return (
        one_call_at_a_time("Part 4 section 4.1.1"),
        message_ids("Part 4 section 4.1.4"),
        ANSWERS_IN_TIME,
        boot_again("B02.FR.04, B03.FR.06"),
        retries("E13.FR.01", delivered_once),
        TRANSACTION_IDS,
        SEQ_NO,
        STARTED_FIRST,
        NOTHING_AFTER_THE_END,
        EVSE_AFTER_PLUG_IN,
        TOKEN_AFTER_PRESENTATION,
        STOPPING_TOKEN,
        REMOTE_START,
        OFFLINE_FLAG,
        TIME_OF_NOW,
        READING_EVENTS,
        READINGS_IN_TIME,
        ENERGY_IN_TIME,
        REGISTER_IN_TRANSACTION,
        REGISTER_OF_EVSE,
        KNOWN_CONNECTORS,
        CONNECTOR_STATUS,
        OTHER_CONNECTORS,
        firmware_request_id(),
        log_request_id(),
        LOG_FAILURE_ONCE,
        schedule_periods("K01.FR.31, K01.FR.35"),
        HEARTBEAT_TIMER,
        SECRETS,
    )
