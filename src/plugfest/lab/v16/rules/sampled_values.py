"""The unit of every sampled value of OCPP 1.6 is one of its measurand (7.45)."""

from collections.abc import Iterable, Iterator

from plugfest.lab.rules.evidence import Evidence
from plugfest.lab.rules.metering.energy_registers import DEFAULT_MEASURAND
from plugfest.lab.rules.metering.samples import DEFAULT_LOCATION, Sample, wrong_units
from plugfest.lab.rules.rule import Rule, Violation
from plugfest.ocpp.message import given
from plugfest.ocpp.v16 import messages as m
from plugfest.ocpp.v16 import types as t


def _judge_units(evidence: Evidence) -> Iterator[Violation]:
    for sent in evidence.sent(m.MeterValuesRequest):
        yield from wrong_units(_samples(sent.message.meter_value, f"connector {sent.message.connector_id}", sent.frame))
    for stop in evidence.sent(m.StopTransactionRequest):
        values, scope = given(stop.message.transaction_data) or (), f"transaction {stop.message.transaction_id}"
        yield from wrong_units(_samples(values, scope, stop.frame))


def _samples(values: Iterable[t.MeterValue], scope: str, frame: int) -> Iterator[Sample]:
    for value in values:
        for sample in value.sampled_value:
            yield Sample(
                scope=scope,
                at=value.timestamp,
                measurand=given(sample.measurand) or DEFAULT_MEASURAND,
                context=given(sample.context) or "Sample.Periodic",
                location=given(sample.location) or DEFAULT_LOCATION,
                phase=given(sample.phase),
                unit=given(sample.unit),
                frame=frame,
            )


UNITS = Rule("unit of a measurand", "section 7.45", _judge_units)
