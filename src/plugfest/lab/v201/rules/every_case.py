"""Every rule that a station of OCPP 2.0.1 is held to in every case."""

from plugfest.lab.rules.answers_in_time import ANSWERS_IN_TIME
from plugfest.lab.rules.boot_again import boot_again
from plugfest.lab.rules.message_ids import message_ids
from plugfest.lab.rules.one_call_at_a_time import one_call_at_a_time
from plugfest.lab.rules.retries import retries
from plugfest.lab.rules.rule import Rule
from plugfest.lab.rules.schedule_periods import schedule_periods
from plugfest.lab.v201.rules.connector_status import CONNECTOR_STATUS, KNOWN_CONNECTORS
from plugfest.lab.v201.rules.delivery import delivered_once
from plugfest.lab.v201.rules.energy_register import ENERGY_IN_TIME, REGISTER_IN_TRANSACTION, REGISTER_OF_EVSE
from plugfest.lab.v201.rules.evse_after_plug_in import EVSE_AFTER_PLUG_IN
from plugfest.lab.v201.rules.heartbeat_timer import HEARTBEAT_TIMER
from plugfest.lab.v201.rules.log_failure_once import LOG_FAILURE_ONCE
from plugfest.lab.v201.rules.nothing_after_the_end import NOTHING_AFTER_THE_END
from plugfest.lab.v201.rules.offline_flag import OFFLINE_FLAG
from plugfest.lab.v201.rules.other_connectors import OTHER_CONNECTORS
from plugfest.lab.v201.rules.reading_events import READING_EVENTS
from plugfest.lab.v201.rules.readings_in_time import READINGS_IN_TIME
from plugfest.lab.v201.rules.remote_start import REMOTE_START
from plugfest.lab.v201.rules.request_ids import firmware_request_id, log_request_id
from plugfest.lab.v201.rules.secrets import SECRETS
from plugfest.lab.v201.rules.seq_no import SEQ_NO
from plugfest.lab.v201.rules.started_first import STARTED_FIRST
from plugfest.lab.v201.rules.stopping_token import STOPPING_TOKEN
from plugfest.lab.v201.rules.time_of_now import TIME_OF_NOW
from plugfest.lab.v201.rules.token_after_presentation import TOKEN_AFTER_PRESENTATION
from plugfest.lab.v201.rules.transaction_ids import TRANSACTION_IDS


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
