"""The variables of an OCPP 2.0.1 station: GetBaseReport, GetVariables, SetVariables."""

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any, TypeAlias, TypeVar

import msgspec

from plugfest.lab.csms.csms import Csms
from plugfest.lab.expectations import split
from plugfest.lab.restore.configuration import BaseConfiguration, KnownValue, RequiredValue
from plugfest.lab.v201.report_parts import ReportedData
from plugfest.lab.verdict import Finding, NotConfigurable
from plugfest.link.errors import CallErrorReceived, InvalidResult, LinkError
from plugfest.ocpp.message import UNSET, given
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201 import types as t

BATCH_SIZE = 10
"""Variables in one request, below ItemsPerMessage of every product in the catalog."""


Result = TypeVar("Result", t.GetVariableResultType, t.SetVariableResultType)


class Variable(msgspec.Struct, frozen=True):
    """The name of a variable: component and variable with their instances, EVSE and connector."""

    component: str
    name: str
    instance: str | None = None
    component_instance: str | None = None
    evse_id: int | None = None
    connector_id: int | None = None

    @classmethod
    @cache
    def parse(cls, text: str) -> "Variable":
        """From `Component.Variable` or `Component.Variable[instance]`."""
        component, _, rest = text.partition(".")
        name, _, instance = rest.partition("[")
        if not component or not name:
            raise ValueError(f"{text!r}: expected Component.Variable")
        return cls(component, name, instance.rstrip("]") or None)

    @classmethod
    def of(cls, component: t.ComponentType, variable: t.VariableType) -> "Variable":
        """The variable in a message."""
        evse = given(component.evse)
        return cls(
            component.name,
            variable.name,
            given(variable.instance),
            given(component.instance),
            evse.id if evse else None,
            given(evse.connector_id) if evse else None,
        )

    def __str__(self) -> str:
        instance = f"[{self.instance}]" if self.instance else ""
        tier = "/".join(str(part) for part in (self.evse_id, self.connector_id) if part is not None)
        return f"{self.component}{tier and f'({tier})'}.{self.name}{instance}"

    def wire(self) -> dict[str, Any]:
        """The component and variable fields of a request."""
        evse: Any = UNSET
        if self.evse_id is not None:
            connector_id = UNSET if self.connector_id is None else self.connector_id
            evse = t.EVSEType(id=self.evse_id, connector_id=connector_id)
        return {
            "component": t.ComponentType(name=self.component, instance=self.component_instance or UNSET, evse=evse),
            "variable": t.VariableType(name=self.name, instance=self.instance or UNSET),
        }


PASSWORD = Variable("SecurityCtrlr", "BasicAuthPassword")


class KnownVariable(KnownValue, frozen=True):
    """The attribute Actual of a variable in the inventory. `values`: its valuesList; the limits of a number.

    `monitored`: whether it supports monitors.
    """

    mutability: str
    values: tuple[str, ...] = ()
    min_limit: float | None = None
    max_limit: float | None = None
    data_type: str | None = None
    monitored: bool = False

    @property
    def writable(self) -> bool:
        return self.mutability != "ReadOnly"

    def permits(self, number: float) -> bool:
        """Whether its limits include the number."""
        return (self.min_limit is None or self.min_limit <= number) and (
            self.max_limit is None or number <= self.max_limit
        )


Need: TypeAlias = RequiredValue[Variable]


def needs(table: dict[str, str], *, if_implemented: bool = True) -> tuple[Need, ...]:
    """Needs from `{"TxCtrlr.TxStartPoint": "Authorized"}`."""
    return tuple(Need(Variable.parse(name), value, if_implemented) for name, value in table.items())


BASELINE = {
    "AuthCtrlr.LocalPreAuthorize": "false",  # Part 6 section 2.1
    "OCPPCommCtrlr.RetryBackOffWaitMinimum": "5",
    "OCPPCommCtrlr.RetryBackOffRandomRange": "0",
    "OCPPCommCtrlr.RetryBackOffRepeatTimes": "1",
    "TxCtrlr.EVConnectionTimeOut": "20",
}
"""The values that the lab sets at the start of a campaign, where the station has the variable."""


ATTEMPTS = 3
"""GetBaseReport requests while the station answers Rejected."""

BUSY_INTERVAL = 10.0
"""Seconds between them."""

INVENTORY_REPORTED = "the station reports its FullInventory after GetBaseReport"

REFUSALS = {
    "Rejected": "",  # B07.FR.13 allows it: nothing is known about the station
    "NotSupported": "B07.FR.12",
    "EmptyResultSet": "B07.FR.08",
}
"""The requirement that a refused FullInventory violates, by the status of GetBaseReportResponse."""


class NoInventory(NotConfigurable):
    """The station does not report its inventory, or not all of it. `requirement`: what it violates, or empty."""

    def __init__(self, reason: str, requirement: str) -> None:
        super().__init__(reason)
        self.requirement = requirement


class ObservedPoints:
    """What the events of a station without TxStartPoint or TxStopPoint have shown of its points in this campaign.

    `excluded`: by the name of the variable, the points that it does not have; `in_use`: stop points that it has.
    """

    def __init__(self) -> None:
        self.excluded: defaultdict[str, set[str]] = defaultdict(set)
        self.in_use: set[str] = set()


class Configuration(BaseConfiguration[Variable, KnownVariable]):
    """Reads, sets and restores variables.

    `by_name`: the variables that are read by name if the station does not report its inventory.
    """

    lookup_size = BATCH_SIZE
    read_by_name = ("B06.FR.01", "GetVariables reads the variables that the inventory does not contain")

    def __init__(self, csms: Csms, *, timeout: float, by_name: Iterable[Variable] = ()) -> None:
        super().__init__(csms, timeout=timeout)
        self._by_name = tuple(by_name)
        self.observed_points = ObservedPoints()

    async def _not_reported(self) -> Sequence[Finding]:
        """Read the full inventory."""
        try:
            await self._read_inventory()
        except NoInventory as error:
            return [Finding(requirement=error.requirement, expected=INVENTORY_REPORTED, actual=str(error))]
        except LinkError as error:
            await self._csms.wait_connected(within=self._timeout)
            return [Finding(requirement="B07.FR.01", expected=INVENTORY_REPORTED, actual=str(error))]
        return ()

    async def _read_inventory(self) -> None:
        """Read the full inventory. Raises NoInventory or LinkError; the parts that came until then are known."""
        request_id = self.next_id()
        request = m.GetBaseReportRequest(request_id=request_id, report_base=t.ReportBaseEnumType.FullInventory)
        for _ in range(ATTEMPTS):
            response = await self._csms.call(request, timeout=self._timeout)
            if response.status != "Rejected":
                break
            await asyncio.sleep(BUSY_INTERVAL)  # B07.FR.13: temporarily unable
        if response.status != "Accepted":
            raise NoInventory(f"GetBaseReport FullInventory: {response.status}", REFUSALS[response.status])
        await self._take_reports(request_id)

    async def _take_reports(self, request_id: int) -> None:
        parts, more, reported = 0, True, ReportedData()
        while more:
            seen = await self._csms.inbox.wait_for(
                lambda one: isinstance(one.message, m.NotifyReportRequest) and one.message.request_id == request_id,
                within=self._timeout,
            )
            if seen is None or not isinstance(seen.message, m.NotifyReportRequest):
                raise self._incomplete(parts, request_id)
            parts, more = parts + 1, bool(given(seen.message.tbc))
            data = given(seen.message.report_data) or ()
            for one in data:
                self._add(one)
            reported.add(data)
            if reported.endless:
                raise NoInventory(
                    f"the inventory does not end: {parts} parts, the last ones without new data", "B07.FR.03"
                )

    def _incomplete(self, parts: int, request_id: int) -> "NoInventory":
        """The report has not come, or not to its end. A report with another requestId may have come instead."""
        unconsumed = (one.message for one in self._csms.inbox.since_mark() if not one.consumed)
        others = {one.request_id for one in unconsumed if isinstance(one, m.NotifyReportRequest)}
        if others:
            ids = ", ".join(map(str, sorted(others)))
            return NoInventory(
                f"no NotifyReport has the requestId {request_id} of the GetBaseReport; NotifyReport came with {ids}",
                "B07.FR.04",
            )
        return NoInventory(
            f"the inventory is incomplete: {parts} parts, no further NotifyReport within {self._timeout:g} s",
            "B07.FR.03",
        )

    def _standard_names(self) -> Iterable[Variable]:
        return self._by_name

    async def _read_by_name(self, names: Sequence[Variable]) -> None:
        """Read with GetVariables, without the information whether a variable can be set: that is tried."""
        for variable, result in zip(names, await self._results(names), strict=True):
            if result.attribute_status == "Accepted":
                self.known[variable] = KnownVariable(given(result.attribute_value), "ReadWrite")
            elif result.attribute_status == "Rejected":  # B06.FR.09: it is WriteOnly
                self.known[variable] = KnownVariable(None, "WriteOnly")

    def _baseline(self) -> tuple[Need, ...]:
        return needs(BASELINE)

    def _add(self, data: t.ReportDataType) -> None:
        variable = Variable.of(data.component, data.variable)
        characteristics = given(data.variable_characteristics)
        listed = given(characteristics.values_list) if characteristics else None
        for attribute in data.variable_attribute:
            if (given(attribute.type) or "Actual") == "Actual":
                self.known[variable] = KnownVariable(
                    given(attribute.value),
                    given(attribute.mutability) or "ReadWrite",
                    tuple(split(listed or "")),
                    given(characteristics.min_limit) if characteristics else None,
                    given(characteristics.max_limit) if characteristics else None,
                    str(characteristics.data_type) if characteristics else None,
                    characteristics is not None and characteristics.supports_monitoring,
                )

    def all_writable(self) -> frozenset[Variable]:
        """Every variable that can be written."""
        return frozenset(variable for variable, known in self.known.items() if known.writable)

    def supported(self, variable: str | Variable) -> frozenset[str]:
        """The values of a variable's valuesList."""
        known = self.find(variable)
        return frozenset(known.values) if known else frozenset()

    def limits(self, variable: str | Variable) -> tuple[float | None, float | None]:
        """The minimum and the maximum of a variable, as far as they are reported."""
        known = self.find(variable)
        return (known.min_limit, known.max_limit) if known else (None, None)

    def needs(self, table: dict[str, str]) -> tuple[Need, ...]:
        """Needs from a table of variables and values, each "(If implemented)"."""
        return needs(table)

    def _key(self, name: str | Variable) -> Variable:
        return Variable.parse(name) if isinstance(name, str) else name

    def _unreported(self, name: Variable) -> KnownVariable:
        return KnownVariable(None, "ReadWrite")

    async def _set(self, values: dict[Variable, str]) -> None:
        for batch in _batches(list(values.items())):
            data = [t.SetVariableDataType(attribute_value=value, **variable.wire()) for variable, value in batch]
            request = m.SetVariablesRequest(set_variable_data=data)
            earlier = {variable: self._note_attempt(variable) for variable, _ in batch}
            response = await self._csms.call(request, timeout=self._timeout)
            results = in_order([variable for variable, _ in batch], response.set_variable_result)
            for (variable, value), result in zip(batch, results, strict=True):
                if result.attribute_status not in ("Accepted", "RebootRequired"):
                    known = earlier[variable]
                    if known is not None:
                        self.known[variable] = known
                    raise NotConfigurable(f"{variable} = {value!r}: {result.attribute_status}")
                self.note(variable, value)

    async def _check_restored(self, values: dict[Variable, str]) -> None:
        readable = [(name, value) for name, value in values.items() if self.known[name].mutability != "WriteOnly"]
        for batch in _batches(readable):
            try:
                seen = await self.read([variable for variable, _ in batch])
            except (CallErrorReceived, InvalidResult):
                return  # the station has accepted the values; cases of B06 judge its answers to GetVariables
            for (variable, expected), actual in zip(batch, seen, strict=True):
                self.known[variable] = msgspec.structs.replace(self.known[variable], value=actual)
                if actual != expected:
                    raise NotConfigurable(f"{variable} was restored to {expected!r} and reads {actual!r}")

    async def read(self, variables: Sequence[Variable]) -> list[str | None]:
        """The actual values, None for a variable without one. Raises NotConfigurable."""
        results = await self._results(variables)
        return [given(each.attribute_value) if each.attribute_status == "Accepted" else None for each in results]

    async def _results(self, variables: Sequence[Variable]) -> list[t.GetVariableResultType]:
        data = [t.GetVariableDataType(**variable.wire()) for variable in variables]
        response = await self._csms.call(m.GetVariablesRequest(get_variable_data=data), timeout=self._timeout)
        return in_order(variables, response.get_variable_result)


def in_order(asked: Sequence[Variable], results: Sequence[Result]) -> list[Result]:
    """The results in the order of the variables that were asked for: the station may choose another (B05, B06).

    Raises NotConfigurable if there is not one for each.
    """
    if len(results) != len(asked):
        raise NotConfigurable(f"{len(results)} results for {len(asked)} variables")
    by_name = {str(Variable.of(result.component, result.variable)).lower(): result for result in results}
    missing = [str(variable) for variable in asked if str(variable).lower() not in by_name]
    if missing:
        raise NotConfigurable(f"no result for {', '.join(missing)}")
    return [by_name[str(variable).lower()] for variable in asked]


def _batches(items: list[Any]) -> Iterable[list[Any]]:
    return (items[at : at + BATCH_SIZE] for at in range(0, len(items), BATCH_SIZE))
