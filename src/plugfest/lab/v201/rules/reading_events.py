"""An event that says that it was sent for a reading holds one."""

from collections.abc import Iterator

from plugfest.lab.rules.evidence import Evidence
from plugfest.lab.rules.rule import Breach, Rule
from plugfest.ocpp.message import given
from plugfest.ocpp.v201 import messages as m

FOR_A_READING = ("MeterValuePeriodic", "MeterValueClock")
"""The trigger reasons that mean a reading (Part 2 section 3.82)."""


def _judge(evidence: Evidence) -> Iterator[Breach]:
    for event in evidence.told(m.TransactionEventRequest):
        reason = event.message.trigger_reason
        if reason in FOR_A_READING and given(event.message.meter_value) is None:
            yield Breach(f"TransactionEventRequest.meterValue with triggerReason {reason}", "omitted", event.frame)


READING_EVENTS = Rule("meter values in the events that are sent for them", "J02.FR.11, J01.FR.22", _judge)
