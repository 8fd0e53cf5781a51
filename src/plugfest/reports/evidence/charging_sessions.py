"""The meter values of each transaction, for the charts of its charging session."""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from typing import Final

import msgspec

from plugfest.reports.evidence.meter_values import Quantity, Sample, samples
from plugfest.reports.model.report import CaseEntry, Report

MAX_SESSIONS_PER_CASE: Final = 6
"""Sessions that are drawn for a case: a case may have any number of transactions."""

MIN_TIMES: Final = 3
"""Times with values of a quantity that is drawn: the energy at start and stop needs no chart."""

Line = tuple[tuple[float, float], ...]
"""The points of a line: seconds since the first meter value of the session, and the value."""


class Panel(msgspec.Struct, frozen=True, kw_only=True):
    """A quantity of a session, with a line for each phase by its name; that of the total is empty."""

    quantity: Quantity
    lines: Mapping[str, Line]


class ChargingSession(msgspec.Struct, frozen=True, kw_only=True):
    """The meter values of a transaction, in the order of `meter_values.Quantity`. Energy counts from its start."""

    transaction_id: str
    connector: str
    panels: tuple[Panel, ...]

    @property
    def title(self) -> str:
        return f"{self.connector}, transaction {self.transaction_id}"


ORDER: Final[Sequence[Quantity]] = ("power", "current", "voltage", "soc", "energy")


def sessions_by_case(report: Report) -> dict[str, tuple[ChargingSession, ...]]:
    """The sessions of each case, by its id. A session belongs to the last case that began before its first value.

    Quantities with values at fewer than `MIN_TIMES` times, and sessions without any other, are left out.
    """
    by_transaction: dict[str, list[Sample]] = {}
    for sample in samples(report):
        if sample.transaction_id is not None:
            by_transaction.setdefault(sample.transaction_id, []).append(sample)
    cases = sorted((case for case in report.cases if case.frames[0] < case.frames[1]), key=lambda case: case.frames)
    found: dict[str, tuple[ChargingSession, ...]] = {}
    for transaction_id, its_samples in by_transaction.items():
        panels = tuple(_panels(its_samples))
        case = _case(cases, min(sample.frame for sample in its_samples))
        if panels and case is not None and len(found.get(case.id, ())) < MAX_SESSIONS_PER_CASE:
            connector = its_samples[0].connector
            session = ChargingSession(transaction_id=transaction_id, connector=connector, panels=panels)
            found[case.id] = (*found.get(case.id, ()), session)
    return found


def _case(cases: Sequence[CaseEntry], frame: int) -> CaseEntry | None:
    index = bisect_right(cases, frame, key=lambda case: case.frames[0])
    return cases[index - 1] if index else None


def _panels(its_samples: Sequence[Sample]) -> list[Panel]:
    begin = min(sample.at for sample in its_samples)
    panels = []
    for quantity in ORDER:
        lines: dict[str, list[tuple[float, float]]] = {}
        for sample in its_samples:
            if sample.quantity == quantity:
                lines.setdefault(sample.phase, []).append((sample.at - begin, sample.value))
        if len({at for line in lines.values() for at, _ in line}) >= MIN_TIMES:
            at_start = next(iter(lines.values()))[0][1] if quantity == "energy" else 0.0
            panels.append(
                Panel(
                    quantity=quantity,
                    lines={
                        phase: tuple((at, value - at_start) for at, value in line)
                        for phase, line in sorted(lines.items())
                    },
                )
            )
    return panels
