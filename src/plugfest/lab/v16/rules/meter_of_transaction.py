"""meterStart and meterStop read the same register as the samples at both ends of a transaction (6.45, 6.49)."""

from collections.abc import Iterable, Iterator

from plugfest.lab.rules.evidence import Evidence
from plugfest.lab.rules.rule import Breach, Rule
from plugfest.lab.v16.ledger import Ledger
from plugfest.lab.v16.rules.energy_register import COUNTER, ROUNDING, readings
from plugfest.ocpp.message import given
from plugfest.ocpp.v16 import messages as m
from plugfest.ocpp.v16 import types as t

BEGIN, END = t.ReadingContext.Transaction_Begin, t.ReadingContext.Transaction_End


def meter_of_transaction(ledger: Ledger) -> Rule:
    """The samples with context Transaction.Begin and Transaction.End say what meterStart and meterStop say."""

    def judge(evidence: Evidence) -> Iterator[Breach]:
        for told in evidence.told(m.MeterValuesRequest):
            seen = ledger.transactions.get(given(told.message.transaction_id) or 0)
            if seen is not None and seen.start is not None:
                yield from _differs(told.message.meter_value, BEGIN, "meterStart", seen.start.meter_start, told.frame)
        for stop in evidence.told(m.StopTransactionRequest):
            data = given(stop.message.transaction_data) or []
            seen = ledger.transactions.get(stop.message.transaction_id)
            if seen is not None and seen.start is not None:
                yield from _differs(data, BEGIN, "meterStart", seen.start.meter_start, stop.frame)
            yield from _differs(data, END, "meterStop", stop.message.meter_stop, stop.frame)

    return Rule("the meter of a transaction is that of its connector", "sections 6.45 and 6.49", judge)


def _differs(
    values: Iterable[t.MeterValue], context: t.ReadingContext, field: str, told: int, frame: int
) -> Iterator[Breach]:
    for reading in readings(values, frame, context):
        if reading.register == COUNTER and abs(reading.value - told) > ROUNDING:
            yield Breach(f"a {context} reading of {field} {told}", f"{reading.value:g}", frame)
