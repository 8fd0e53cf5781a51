"""Every rule that a station of OCPP 1.6 is held to in every case."""

from plugfest.lab.rules.ocpp_j import ANSWERS_IN_TIME, message_ids, one_call_at_a_time
from plugfest.lab.rules.repeated_requests import boot_again, retries
from plugfest.lab.rules.rule import Rule
from plugfest.lab.rules.schedule_periods import schedule_periods
from plugfest.lab.v16.ledger import Ledger
from plugfest.lab.v16.rules.connectors import CONNECTOR_STATUS, KNOWN_CONNECTORS, STATION_STATUS
from plugfest.lab.v16.rules.messages import TIME_OF_NOW, firmware_request_id, log_request_id
from plugfest.lab.v16.rules.meter_values import energy_in_time, energy_register, meter_of_transaction
from plugfest.lab.v16.rules.transactions import CONNECTOR, ID_TAG, delivered_once, transaction_rules


def rules(ledger: Ledger) -> tuple[Rule, ...]:
    """The rules for one campaign."""
    return (
        one_call_at_a_time("OCPP-J section 4.1.1"),
        message_ids("OCPP-J section 4.1.4"),
        ANSWERS_IN_TIME,
        boot_again("section 4.2"),
        retries("section 3.7.1", delivered_once),
        *transaction_rules(ledger),
        ID_TAG,
        CONNECTOR,
        TIME_OF_NOW,
        energy_register(ledger),
        energy_in_time(ledger),
        meter_of_transaction(ledger),
        KNOWN_CONNECTORS,
        CONNECTOR_STATUS,
        STATION_STATUS,
        firmware_request_id(),
        log_request_id(),
        schedule_periods("section 7.14"),
    )
