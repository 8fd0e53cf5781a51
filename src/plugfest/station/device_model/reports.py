"""Which variables a report contains. Pure rules over a device model."""

from collections.abc import Callable, Sequence
from enum import StrEnum

import msgspec

from plugfest.station.device_model.model import DeviceModel
from plugfest.station.device_model.variables import Address, Component, Mutability, Variable


class ReportBase(StrEnum):
    CONFIGURATION_INVENTORY = "ConfigurationInventory"
    FULL_INVENTORY = "FullInventory"
    SUMMARY_INVENTORY = "SummaryInventory"


class ComponentVariable(msgspec.Struct, frozen=True):
    """A component and one of its variables, or all if `variable` is None, as GetReport requests them."""

    component: Component
    variable: str | None = None
    instance: str | None = None

    def matches(self, address: Address) -> bool:
        """Whether it covers a variable. A field that is None matches everything. B08.FR.20 to B08.FR.25"""
        component, variable = self.component.key(), address.key()
        return (
            component.name == variable.component.name
            and component.instance in (None, variable.component.instance)
            and component.evse_id in (None, variable.component.evse_id)
            and component.connector_id in (None, variable.component.connector_id)
            and (not self.variable or self.variable.casefold() == variable.variable)
            and (not self.instance or self.instance.casefold() == variable.instance)
        )


def base_report(model: DeviceModel, base: ReportBase) -> list[Variable]:
    """The variables of a base report, in the order of the device model."""
    return [variable for variable in model if _BASES[base](model, variable)]


def custom_report(
    model: DeviceModel, criteria: Sequence[str], requested: Sequence[ComponentVariable]
) -> list[Variable]:
    """The variables of a custom report; all if there are neither criteria nor component variables.

    `criteria` are the names of the variables Active, Available, Enabled and Problem.
    """
    if not requested:
        return [variable for variable in model if not criteria or _fulfils(model, variable, criteria)]
    return [
        variable
        for variable in model
        if any(item.matches(variable.address) for item in requested)
        and (not criteria or any(_holds(model, variable.address.component, criterion) for criterion in criteria))
    ]


def _fulfils(model: DeviceModel, variable: Variable, criteria: Sequence[str]) -> bool:
    """Whether this is a criterion variable that is true."""
    return variable.address.variable in criteria and model.value(variable) == "true"


def _holds(model: DeviceModel, component: Component, criterion: str) -> bool:
    found = model.find(Address(component, criterion))
    if found is None:
        return criterion != "Problem"  # B08.FR.07 to B08.FR.10
    return model.value(found) == "true"


def _in_configuration(model: DeviceModel, variable: Variable) -> bool:
    return variable.mutability is not Mutability.READ_ONLY  # B07.FR.07


def _in_full(model: DeviceModel, variable: Variable) -> bool:
    return True  # B07.FR.08


def _in_summary(model: DeviceModel, variable: Variable) -> bool:
    name = variable.address.variable  # B07.FR.09
    return name == "AvailabilityState" or (name in _CONDITIONS and model.value(variable) == "true")


_CONDITIONS = frozenset({"Problem", "Tripped", "Overload", "Fallback"})

_BASES: dict[ReportBase, Callable[[DeviceModel, Variable], bool]] = {
    ReportBase.CONFIGURATION_INVENTORY: _in_configuration,
    ReportBase.FULL_INVENTORY: _in_full,
    ReportBase.SUMMARY_INVENTORY: _in_summary,
}
