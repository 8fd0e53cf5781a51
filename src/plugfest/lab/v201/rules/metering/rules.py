"""All rules about the meter values of OCPP 2.0.1."""

from plugfest.lab.rules.rule import Rule
from plugfest.lab.v201.rules.metering.configured_measurands import Members, measurand_rules
from plugfest.lab.v201.rules.metering.meter_values import (
    EVENTS_FOR_METER_VALUES,
    METER_VALUE_TIMESTAMPS,
    PLAUSIBLE_ENERGY,
    REGISTER_IN_TRANSACTION,
    REGISTER_OF_EVSE,
    START_OF_REGISTER,
)
from plugfest.lab.v201.rules.metering.registers_at_rest import REGISTERS_AT_REST
from plugfest.lab.v201.rules.metering.repeated_events import REPEATED_EVENTS
from plugfest.lab.v201.rules.metering.sampled_values import CONTEXT, LOCATIONS_AND_PHASES, OMITTED_UNIT, UNIT
from plugfest.lab.v201.rules.metering.signed_values import SIGNED_VALUES


def meter_value_rules(members: Members) -> tuple[Rule, ...]:
    """The rules for one campaign; `members` gives the members of a list variable, none if they are not known."""
    return (
        EVENTS_FOR_METER_VALUES,
        METER_VALUE_TIMESTAMPS,
        REPEATED_EVENTS,
        PLAUSIBLE_ENERGY,
        REGISTER_IN_TRANSACTION,
        REGISTER_OF_EVSE,
        START_OF_REGISTER,
        REGISTERS_AT_REST,
        CONTEXT,
        UNIT,
        OMITTED_UNIT,
        LOCATIONS_AND_PHASES,
        SIGNED_VALUES,
        *measurand_rules(members),
    )
