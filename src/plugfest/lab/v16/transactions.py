"""What holds for every transaction of OCPP 1.6, whatever the case is about."""

from collections.abc import Iterator

from plugfest.lab.v16.ledger import StopSeen, TransactionSeen
from plugfest.lab.verdict import Finding
from plugfest.ocpp.v16 import messages as m


def judge(transaction: TransactionSeen) -> Iterator[Finding]:
    """Each rule of this file that the transaction breaks."""
    if transaction.start is None:
        yield from _nameless(transaction)
        return
    yield from _one_stop(transaction)
    for stop in transaction.stops[:1]:
        yield from _goes_forward(transaction.start, stop)


def _nameless(transaction: TransactionSeen) -> Iterator[Finding]:
    """4.10: a transaction has the id that the CSMS gave it."""
    for stop in transaction.stops:
        yield Finding(
            requirement="section 4.10",
            expected="StopTransactionRequest.transactionId that an answer to StartTransaction has given",
            actual=str(transaction.transaction_id),
            frame=stop.frame,
        )


def _one_stop(transaction: TransactionSeen) -> Iterator[Finding]:
    """A transaction stops once. One whose answer was lost comes again as it was (3.7.1)."""
    for again in transaction.stops[1:]:
        if again.message != transaction.stops[0].message:
            yield Finding(
                requirement="section 4.10",
                expected=f"one StopTransactionRequest for transaction {transaction.transaction_id}",
                actual="another one",
                frame=again.frame,
            )


def _goes_forward(start: m.StartTransactionRequest, stop: StopSeen) -> Iterator[Finding]:
    """Neither the meter nor the clock runs backwards."""
    if stop.message.meter_stop < start.meter_start:
        yield Finding(
            requirement="section 6.49",
            expected=f"StopTransactionRequest.meterStop from {start.meter_start} Wh upwards",
            actual=f"{stop.message.meter_stop} Wh",
            frame=stop.frame,
        )
    if stop.message.timestamp < start.timestamp:
        yield Finding(
            requirement="section 6.49",
            expected=f"StopTransactionRequest.timestamp not before {start.timestamp.isoformat()}",
            actual=stop.message.timestamp.isoformat(),
            frame=stop.frame,
        )
