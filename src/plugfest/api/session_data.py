"""What is measured at an EVSE during a charging session, as data: lists, CSV, a chart."""

import csv
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from plugfest.reports.drawings.session_chart import session_chart
from plugfest.reports.evidence.charging_sessions import ORDER, ChargingSession, Panel
from plugfest.reports.evidence.meter_values import Quantity
from plugfest.station.control.samples import Sample

_VALUES: Final[Mapping[Quantity, Callable[[Sample], Sequence[float | None]]]] = {
    "power": lambda sample: (sample.power / 1000,),
    "current": lambda sample: sample.currents,
    "voltage": lambda sample: sample.voltages,
    "soc": lambda sample: (sample.state_of_charge,),
    "energy": lambda sample: (sample.energy / 1000,),
}
"""In the units of the chart: kW, A, V, percent, kWh."""


class SessionData:
    """Samples at regular intervals. Times are in seconds since the recording began, energy in Wh since then."""

    def __init__(self) -> None:
        self.samples: list[Sample] = []

    def __iter__(self) -> Iterator[Sample]:
        return iter(self.samples)

    def __len__(self) -> int:
        return len(self.samples)

    @property
    def rows(self) -> list[dict[str, float | None]]:
        """A row for each sample, with a column for each phase."""
        return [_row(sample) for sample in self.samples]

    def write_csv(self, path: Path) -> None:
        """Write the rows, the names of the columns first. Units: s, W, A, V, percent, Wh."""
        rows = self.rows
        with path.open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, list(rows[0]) if rows else [])
            writer.writeheader()
            writer.writerows({name: _rounded(value) for name, value in row.items()} for row in rows)

    def chart(self, title: str) -> str:
        """Power, current and voltage by phase, state of charge and energy over time, as SVG. Raises ValueError."""
        if not self.samples:
            raise ValueError("nothing was recorded")
        panels = (Panel(quantity=quantity, lines=self._lines(quantity)) for quantity in ORDER)
        drawn = tuple(panel for panel in panels if panel.lines)
        return session_chart(ChargingSession(transaction_id="", connector=title, panels=drawn))

    def _lines(self, quantity: Quantity) -> dict[str, tuple[tuple[float, float], ...]]:
        values = _VALUES[quantity]
        number = max(len(values(sample)) for sample in self.samples)
        lines = {
            "" if number == 1 else f"L{index + 1}": tuple(
                (sample.at, value)
                for sample in self.samples
                for value in values(sample)[index : index + 1]
                if value is not None
            )
            for index in range(number)
        }
        return {name: line for name, line in lines.items() if line}


def _row(sample: Sample) -> dict[str, float | None]:
    currents = {f"current_l{phase}": value for phase, value in enumerate(sample.currents, 1)}
    voltages = {f"voltage_l{phase}": value for phase, value in enumerate(sample.voltages, 1)}
    return {
        "at": sample.at,
        "power": sample.power,
        "offered": sample.offered,
        **currents,
        **voltages,
        "state_of_charge": sample.state_of_charge,
        "energy": sample.energy,
    }


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 3)
