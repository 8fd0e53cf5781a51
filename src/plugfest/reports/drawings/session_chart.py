"""The chart of a charging session: a panel for each quantity above a common time axis."""

from collections.abc import Mapping
from typing import Final

from plugfest.reports.drawings.line_chart import LineChart
from plugfest.reports.evidence.charging_sessions import ChargingSession
from plugfest.reports.evidence.meter_values import Quantity

TITLES: Final[Mapping[Quantity, str]] = {
    "power": "Power, kW",
    "current": "Current, A",
    "voltage": "Voltage, V",
    "soc": "State of charge, %",
    "energy": "Energy, kWh",
}
FROM_ZERO: Final[frozenset[Quantity]] = frozenset({"power", "current", "energy"})
"""Quantities whose axis includes zero. The others change little."""


def session_chart(session: ChargingSession) -> str:
    """The session as SVG."""
    chart = LineChart(until=max(line[-1][0] for panel in session.panels for line in panel.lines.values()))
    for panel in session.panels:
        chart.add(TITLES[panel.quantity], panel.lines, from_zero=panel.quantity in FROM_ZERO)
    return chart.svg(session.title)
