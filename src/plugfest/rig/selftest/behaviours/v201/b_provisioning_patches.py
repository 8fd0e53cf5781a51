"""Patches for wrong stations of block B: boot, variables, reports, network profiles, resets."""

import itertools
from collections.abc import Iterator
from typing import Any

import msgspec

from plugfest.ocpp.v201 import types as t
from plugfest.rig.selftest.behaviours.builders import (
    changed,
)
from plugfest.rig.selftest.behaviours.patch import Function
from plugfest.station.connection.boot import BootReason
from plugfest.station.device_model.model import GetResult, GetStatus, SetResult, SetStatus
from plugfest.station.device_model.variables import Mutability


def another_reason(right: Function) -> Function:
    return lambda self, peer, reason: right(self, peer, BootReason.POWER_UP)


def unsolicited(right: Function) -> Function:
    async def call(self: Any, request: Any, *, timeout: float | None = None, solicited: bool = False) -> Any:
        return await right(self, request, timeout=timeout)

    return call


def own_interval(seconds: float) -> Any:
    def make(right: Function) -> Function:
        async def before(self: Any, left: float, event: Any) -> bool:
            return bool(await right(self, min(left, seconds) if event is self._boot_now else left, event))

        return before

    return make


def only_one_slot_later(right: Function) -> Function:
    """One attempt more with each profile."""
    return lambda slots, *, per_slot, **others: right(slots, per_slot=per_slot + 1, **others)


def one_attempt_less(right: Function) -> Function:
    return lambda slots, *, per_slot, **others: right(slots, per_slot=max(1, per_slot - 1), **others)


def no_fallback(right: Function) -> Function:
    return lambda slots, *, fallback, **others: right(slots, fallback=None, **others)


def retry_delays(seconds: float) -> Any:
    return lambda right: lambda self: itertools.repeat(seconds)


def without(name: str) -> Any:
    return changed(lambda found: [one for one in found if one.address.variable != name])


def without_evse_2(found: list[Any]) -> list[Any]:
    return [one for one in found if one.address.component.evse_id != 2]


def secrets_told(right: Function) -> Function:
    def attribute(model: Any, variable: Any, kind: Any) -> Any:
        told = right(model, variable, kind)
        secret = variable.mutability is Mutability.WRITE_ONLY
        return msgspec.structs.replace(told, value=model.value(variable, kind)) if secret else told

    return attribute


def no_end(right: Function) -> Function:
    """Of a report about what can be set; by the full one the lab knows the station."""

    def parts(report: Any) -> Iterator[tuple[Any, bool]]:
        settable = all(one.variable_attribute[0].mutability != "ReadOnly" for one in report)
        return ((part, more or settable) for part, more in right(report))

    return parts


def at_component_level(right: Function) -> Function:
    def report(model: Any, criteria: Any, wanted: Any) -> Any:
        whole = [type(one)(type(one.component)(one.component.name), one.variable, one.instance) for one in wanted]
        return right(model, criteria, whole)

    return report


def every_instance(right: Function) -> Function:
    return lambda model, criteria, wanted: right(
        model, criteria, [type(one)(one.component, one.variable) for one in wanted]
    )


def criteria_ignored(right: Function) -> Function:
    return lambda model, criteria, wanted: right(model, [] if wanted else criteria, wanted)


def accepts(right: Function) -> Function:
    """Says that it set what it did not set."""

    def set_value(self: Any, address: Any, *rest: Any) -> SetResult:
        result = right(self, address, *rest)
        rejected = result.status in (SetStatus.REJECTED, SetStatus.UNKNOWN_VARIABLE, SetStatus.UNKNOWN_COMPONENT)
        return SetResult(SetStatus.ACCEPTED) if rejected else result

    return set_value


def unknown_is_rejected(right: Function) -> Function:
    def get(self: Any, *asked: Any) -> GetResult:
        reading = right(self, *asked)
        known = reading.status in (GetStatus.ACCEPTED, GetStatus.REJECTED)
        return reading if known else GetResult(GetStatus.REJECTED)

    return get


def at_once(right: Function) -> Function:
    """A scheduled reset does not wait."""

    async def when_idle(self: Any, evse_id: int | None) -> None:
        await self._reset(evse_id, BootReason.SCHEDULED_RESET)

    return when_idle


def another_answer(status: t.ResetStatusEnumType) -> Any:
    return changed(lambda answer: msgspec.structs.replace(answer, status=status))


def whole_station(right: Function) -> Function:
    async def do(self: Any, evse_id: int | None, reason: Any) -> None:
        await right(self, None, reason)

    return do


def without_the_end(right: Function) -> Function:
    """Boot without ending the transactions first."""

    async def do(self: Any, evse_id: int | None, reason: Any) -> None:
        self._context.request_reboot(reason)

    return do


def remote_reset(right: Function) -> Function:
    async def do(self: Any, evse_id: int | None, reason: Any) -> None:
        await right(self, evse_id, BootReason.REMOTE_RESET)

    return do
