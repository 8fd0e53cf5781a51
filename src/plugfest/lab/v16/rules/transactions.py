"""What holds for every transaction of OCPP 1.6."""

from collections.abc import Callable, Iterator
from functools import partial

from plugfest.lab.rules.evidence import Evidence
from plugfest.lab.rules.rule import Breach, Rule
from plugfest.lab.v16.ledger import Ledger, TransactionSeen


def transaction_rules(ledger: Ledger) -> tuple[Rule, ...]:
    """The rules about the transactions that the ledger has heard of."""
    return (
        Rule("the id that the CSMS gave", "section 4.10", partial(_each, ledger, _named)),
        Rule("a transaction stops once", "section 4.10", partial(_each, ledger, _one_stop)),
        Rule("the meter runs forward", "section 6.49", partial(_each, ledger, _meter)),
        Rule("time runs forward", "section 6.49", partial(_each, ledger, _time)),
    )


def _each(ledger: Ledger, judge: Callable[[TransactionSeen], Iterator[Breach]], evidence: Evidence) -> Iterator[Breach]:
    for transaction_id, transaction in ledger.transactions.items():
        if transaction_id not in evidence.known:
            yield from judge(transaction)


def _named(transaction: TransactionSeen) -> Iterator[Breach]:
    for stop in transaction.stops if transaction.start is None else ():
        yield Breach(
            "StopTransactionRequest.transactionId that an answer to StartTransaction has given",
            str(transaction.transaction_id),
            stop.frame,
        )


def _one_stop(transaction: TransactionSeen) -> Iterator[Breach]:
    """One whose answer was lost comes again as it was (3.7.1)."""
    for again in transaction.stops[1:]:
        if again.message != transaction.stops[0].message:
            yield Breach(
                f"one StopTransactionRequest for transaction {transaction.transaction_id}", "another one", again.frame
            )


def _meter(transaction: TransactionSeen) -> Iterator[Breach]:
    start = transaction.start
    for stop in transaction.stops[:1]:
        if start is not None and stop.message.meter_stop < start.meter_start:
            yield Breach(
                f"StopTransactionRequest.meterStop from {start.meter_start} Wh upwards",
                f"{stop.message.meter_stop} Wh",
                stop.frame,
            )


def _time(transaction: TransactionSeen) -> Iterator[Breach]:
    start = transaction.start
    for stop in transaction.stops[:1]:
        if start is not None and stop.message.timestamp < start.timestamp:
            yield Breach(
                f"StopTransactionRequest.timestamp not before {start.timestamp.isoformat()}",
                stop.message.timestamp.isoformat(),
                stop.frame,
            )
