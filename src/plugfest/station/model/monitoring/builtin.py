"""The monitors that the manufacturer of the virtual stations has set: hard-wired and preconfigured ones."""

from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from plugfest.products import Product
from plugfest.station.device_model.standard import claims
from plugfest.station.device_model.variables import Variable
from plugfest.station.model.monitoring.monitor import (
    Monitor,
    MonitorOrigin,
    MonitorSetting,
    MonitorType,
    supported_types,
)


class _Row(NamedTuple):
    """One monitor for each variable of this name. `claim`: the PICS id that the product has to claim."""

    claim: str
    origin: MonitorOrigin
    component: str
    variable: str
    type: MonitorType
    value: float
    severity: int


_ROWS: Final = (
    _Row("AQ-5", MonitorOrigin.HARD_WIRED, "Connector", "Problem", MonitorType.DELTA, 1.0, 1),
    _Row(
        "AQ-6",
        MonitorOrigin.PRECONFIGURED,
        "TemperatureSensor",
        "Temperature",
        MonitorType.UPPER_THRESHOLD,
        70.0,
        3,
    ),
)


def builtin_monitors(product: Product, variables: Iterable[Variable]) -> list[Monitor]:
    """The monitors of the manufacturer, numbered from 1."""
    settings = [
        (row.origin, setting)
        for row in _ROWS
        if claims(product, row.claim)
        for setting in _settings(row, [each for each in variables if row.type in supported_types(each)])
    ]
    return [Monitor(id=id, setting=setting, origin=origin) for id, (origin, setting) in enumerate(settings, start=1)]


def _settings(row: _Row, variables: Iterable[Variable]) -> Iterator[MonitorSetting]:
    for variable in variables:
        address = variable.address
        if (address.component.name, address.variable) == (row.component, row.variable):
            yield MonitorSetting(address=address, type=row.type, value=row.value, severity=row.severity)
