"""The station's variables as the lab knows them: what is there, what a case needs, and what was there before.

Everything is learnt over the wire: GetBaseReport at the start of a campaign, SetVariables and GetVariables afterwards.
"""

import itertools
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from plugfest.lab.csms.csms import Csms
from plugfest.lab.expectations import split
from plugfest.lab.verdict import NotConfigurable
from plugfest.ocpp.message import UNSET, given
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201 import types as t

ITEMS_AT_ONCE = 10
"""Variables in one request, below any limit that a station of the seeds states."""


class Variable(msgspec.Struct, frozen=True):
    """The name of a variable: component and variable with their instances, and where it sits."""

    component: str
    name: str
    instance: str | None = None
    component_instance: str | None = None
    evse_id: int | None = None
    connector_id: int | None = None

    @classmethod
    def parse(cls, text: str) -> "Variable":
        """From `Component.Variable` or `Component.Variable[instance]`."""
        component, _, rest = text.partition(".")
        name, _, instance = rest.partition("[")
        if not component or not name:
            raise ValueError(f"{text!r} is not Component.Variable")
        return cls(component, name, instance.rstrip("]") or None)

    @classmethod
    def of(cls, component: t.ComponentType, variable: t.VariableType) -> "Variable":
        """The variable that a message speaks of."""
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


class Known(msgspec.Struct, frozen=True):
    """What the inventory says of a variable's actual value."""

    value: str | None
    mutability: str
    values: tuple[str, ...] = ()

    @property
    def writable(self) -> bool:
        return self.mutability != "ReadOnly"


class Need(msgspec.Struct, frozen=True):
    """A value that a case needs.

    `if_implemented`: a station without the variable, or with one that cannot be written, is left as it is, as the
    "(If implemented)" and "(If ReadWrite)" of Part 6 say. Otherwise such a station makes the case INCONCLUSIVE.
    """

    variable: Variable
    value: str
    if_implemented: bool = True


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
"""What the lab sets once at the start of a campaign, where the station has it."""


class Configuration:
    """Reads, sets and restores variables over the wire."""

    def __init__(self, csms: Csms, *, timeout: float) -> None:
        self._csms = csms
        self._timeout = timeout
        self._request_ids = itertools.count(1)
        self.known: dict[Variable, Known] = {}
        self._before: dict[Variable, str] = {}

    def next_request_id(self) -> int:
        """A request id that this campaign has not used."""
        return next(self._request_ids)

    async def begin(self) -> None:
        """Learn what there is and set what every case counts on. Raises NotConfigurable."""
        self._before.clear()
        await self.load()
        await self.establish(needs(BASELINE))
        self._before.clear()

    # What there is

    async def load(self) -> None:
        """Read the full inventory. Raises NotConfigurable if the station does not report one."""
        self.known.clear()
        request_id = self.next_request_id()
        request = m.GetBaseReportRequest(request_id=request_id, report_base=t.ReportBaseEnumType.FullInventory)
        response = await self._csms.call(request, timeout=self._timeout)
        if response.status != "Accepted":
            raise NotConfigurable(f"GetBaseReport FullInventory: {response.status}")
        for report in await self._reports(request_id):
            for data in given(report.report_data) or ():
                self._learn(data)

    async def _reports(self, request_id: int) -> list[m.NotifyReportRequest]:
        reports: list[m.NotifyReportRequest] = []
        while not reports or given(reports[-1].tbc):
            seen = await self._csms.inbox.wait_for(
                lambda one: isinstance(one.message, m.NotifyReportRequest) and one.message.request_id == request_id,
                within=self._timeout,
            )
            if seen is None or not isinstance(seen.message, m.NotifyReportRequest):
                raise NotConfigurable("the inventory stopped before its last part")
            reports.append(seen.message)
        return reports

    def _learn(self, data: t.ReportDataType) -> None:
        variable = Variable.of(data.component, data.variable)
        characteristics = given(data.variable_characteristics)
        listed = given(characteristics.values_list) if characteristics else None
        for attribute in data.variable_attribute:
            if (given(attribute.type) or "Actual") == "Actual":
                self.known[variable] = Known(
                    given(attribute.value), given(attribute.mutability) or "ReadWrite", tuple(split(listed or ""))
                )

    def has(self, variable: str | Variable) -> bool:
        """Whether the station implements it."""
        return _variable(variable) in self.known

    def writable(self, variable: str | Variable) -> bool:
        """Whether the station implements it and lets it be written."""
        known = self.known.get(_variable(variable))
        return known is not None and known.writable

    def all_writable(self) -> frozenset[Variable]:
        """Every variable that the station lets be written."""
        return frozenset(variable for variable, known in self.known.items() if known.writable)

    def value(self, variable: str | Variable) -> str | None:
        """The value that the lab last saw or set; None if the station has no such variable or does not tell."""
        known = self.known.get(_variable(variable))
        return known.value if known else None

    def is_true(self, variable: str | Variable) -> bool:
        """Whether a boolean variable is there and true."""
        return (self.value(variable) or "").lower() == "true"

    def members(self, variable: str | Variable) -> frozenset[str]:
        """The members of a list variable."""
        return frozenset(split(self.value(variable) or ""))

    def supported(self, variable: str | Variable) -> frozenset[str]:
        """The values that the station lists for a variable."""
        known = self.known.get(_variable(variable))
        return frozenset(known.values) if known else frozenset()

    # What is needed

    def needs(self, table: dict[str, str]) -> tuple[Need, ...]:
        """What `establish` takes, from `{"TxCtrlr.TxStartPoint": "Authorized"}`, each "(If implemented)"."""
        return needs(table)

    async def establish(self, wanted: Iterable[Need]) -> None:
        """Bring the station to these values, remembering what was there. Raises NotConfigurable."""
        to_set: list[Need] = []
        for need in wanted:
            known = self.known.get(need.variable)
            if known is not None and known.value == need.value:
                continue
            if known is None or not known.writable:
                if need.if_implemented:
                    continue
                raise NotConfigurable(f"{need.variable} is needed as {need.value!r} and cannot be set")
            to_set.append(need)
        await self._set({need.variable: need.value for need in to_set})

    async def _set(self, values: dict[Variable, str]) -> None:
        for batch in _batches(list(values.items())):
            data = [t.SetVariableDataType(attribute_value=value, **variable.wire()) for variable, value in batch]
            request = m.SetVariablesRequest(set_variable_data=data)
            earlier = {variable: self._doubt(variable) for variable, _ in batch}
            response = await self._csms.call(request, timeout=self._timeout)
            _check_number(batch, response.set_variable_result)
            for (variable, value), result in zip(batch, response.set_variable_result, strict=True):
                if result.attribute_status not in ("Accepted", "RebootRequired"):
                    self.known[variable] = earlier[variable]
                    raise NotConfigurable(f"{variable} = {value!r}: {result.attribute_status}")
                self.note(variable, value)

    def _doubt(self, variable: Variable) -> Known:
        """The station may have another value soon: which one, its answer tells, if it comes. Returns what was known."""
        known = self.known[variable]
        if known.value is not None:
            self._before.setdefault(variable, known.value)
            self.known[variable] = msgspec.structs.replace(known, value=None)
        return known

    def note(self, variable: Variable, value: str) -> None:
        """A SetVariables that the station accepted: the lab sets it back after the case."""
        known = self.known.get(variable, Known(None, "ReadWrite"))
        if known.value is not None:
            self._before.setdefault(variable, known.value)
        self.known[variable] = msgspec.structs.replace(known, value=value)

    async def restore(self) -> None:
        """Put back every value that was changed, and read them to prove it. Raises NotConfigurable."""
        changed = {variable: value for variable, value in self._before.items() if self.known[variable].value != value}
        await self._set(changed)
        await self._prove({v: value for v, value in changed.items() if self.known[v].mutability != "WriteOnly"})
        self._before.clear()

    async def _prove(self, values: dict[Variable, str]) -> None:
        for batch in _batches(list(values.items())):
            seen = await self.read([variable for variable, _ in batch])
            for (variable, wanted), actual in zip(batch, seen, strict=True):
                self.known[variable] = msgspec.structs.replace(self.known[variable], value=actual)
                if actual != wanted:
                    raise NotConfigurable(f"{variable} was set back to {wanted!r} and reads {actual!r}")

    async def read(self, variables: Sequence[Variable]) -> list[str | None]:
        """The actual values now, None for a variable that the station does not give. Raises NotConfigurable."""
        data = [t.GetVariableDataType(**variable.wire()) for variable in variables]
        response = await self._csms.call(m.GetVariablesRequest(get_variable_data=data), timeout=self._timeout)
        _check_number(variables, response.get_variable_result)
        return [given(result.attribute_value) for result in response.get_variable_result]


def _variable(name: str | Variable) -> Variable:
    return Variable.parse(name) if isinstance(name, str) else name


def _check_number(asked: Sequence[object], results: Sequence[object]) -> None:
    if len(results) != len(asked):
        raise NotConfigurable(f"{len(results)} results for {len(asked)} variables")


def _batches(items: list[Any]) -> Iterable[list[Any]]:
    return (items[at : at + ITEMS_AT_ONCE] for at in range(0, len(items), ITEMS_AT_ONCE))
