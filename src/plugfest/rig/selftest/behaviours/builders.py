"""Builders of wrong functions: each takes the original function of the station and returns a wrong one."""

from collections.abc import Callable
from inspect import isawaitable
from typing import Any

import msgspec

from plugfest.ocpp.message import UNSET
from plugfest.rig.selftest.behaviours.behaviour import Function, Patch
from plugfest.station.blocks.a_security.events import SecurityEvents
from plugfest.station.blocks.l_firmware_management.job import FirmwareStatus

MakeWrong = Callable[[Function], Function]


def always(value: object) -> MakeWrong:
    """Does nothing and returns `value`, whatever the arguments."""
    return lambda original: lambda *_, **__: value


NOTHING = always(None)
"""Does nothing."""


def later(value: object) -> MakeWrong:
    """`always` for a coroutine."""

    async def replacement(*_: object, **__: object) -> object:
        return value

    return lambda original: replacement


async def awaited(handled: Any) -> Any:
    """What `Handlers.answer` returns: a handler answers at once or later."""
    return await handled if isawaitable(handled) else handled


def changed(change: Callable[[Any], object]) -> MakeWrong:
    """Changes the return value."""
    return lambda original: lambda *args, **kwargs: change(original(*args, **kwargs))


def later_changed(change: Callable[[Any], object]) -> MakeWrong:
    """`changed` for a coroutine."""

    def make(original: Function) -> Function:
        async def replacement(*args: object, **kwargs: object) -> object:
            return change(await original(*args, **kwargs))

        return replacement

    return make


def with_fields(**fields: object) -> MakeWrong:
    """Replaces fields of the returned struct; a callable field value gets the original struct."""
    return changed(lambda struct: msgspec.structs.replace(struct, **_values(struct, fields)))


def later_with_fields(**fields: object) -> MakeWrong:
    """`with_fields` for a coroutine."""
    return later_changed(lambda struct: msgspec.structs.replace(struct, **_values(struct, fields)))


def _values(struct: object, fields: dict[str, object]) -> dict[str, object]:
    return {name: value(struct) if callable(value) else value for name, value in fields.items()}


def except_when(condition: Callable[..., bool]) -> MakeWrong:
    """Does nothing if the condition on the arguments is true."""
    return lambda original: lambda *args, **kwargs: None if condition(*args, **kwargs) else original(*args, **kwargs)


def with_arguments(change: Callable[..., tuple[Any, ...]]) -> MakeWrong:
    """Calls the original with other positional arguments: those that `change` returns."""
    return lambda original: lambda *args, **kwargs: original(*change(*args), **kwargs)


class ChangingPeer:
    """A connection of the station that sends changed requests."""

    def __init__(self, peer: Any, change: Callable[[Any], Any]) -> None:
        self._peer = peer
        self._change = change

    async def call(self, request: Any, **options: Any) -> Any:
        return await self._peer.call(self._change(request), **options)


def with_boot(change: Callable[[Any], Any]) -> MakeWrong:
    """Changes every BootNotificationRequest: for `send_boot_notification`."""

    def make(original: Function) -> Function:
        async def send(self: Any, peer: Any, reason: Any) -> Any:
            return await original(self, ChangingPeer(peer, change), reason)

        return send

    return make


def announces_reboot(original: Function) -> Function:
    """Announces a reboot instead of activating the firmware without one."""

    async def activate(self: Any, manifest: Any) -> None:
        self._set_status(FirmwareStatus.INSTALL_REBOOTING)

    return activate


def with_file(change: Callable[[bytes, str], tuple[bytes, str]]) -> MakeWrong:
    """Uploads another file: `change` gets and returns content and name."""

    def make(original: Function) -> Function:
        async def send(self: Any, url: str, data: bytes, name: str) -> None:
            await original(self, url, *change(data, name))

        return send

    return make


# Omitted or wrong messages


def without_event(kind: str) -> Patch:
    """Omits a security event, given by its name in OCPP 2.0.1."""
    return Patch(SecurityEvents, "report", except_when(lambda self, name, tech_info: name == kind))


def without_firmware_status(block: object, status: object) -> Patch:
    """Omits the firmware status notifications with this status. `block` is the module of an OCPP version."""
    return Patch(block, "_report_status", except_when(lambda context, job: job.status is status))


def without_log_status(logs: object, status: object) -> Patch:
    """Omits the log status notifications with this status. `logs` is the class of an OCPP version."""
    return Patch(logs, "_report_status", except_when(lambda self, reported, request_id: reported is status))


def other_request(original: Function) -> Function:
    """Sends a status notification with another requestId."""
    return lambda status, request_id=UNSET: original(status, request_id if request_id is UNSET else request_id + 1)


def no_request(original: Function) -> Function:
    """Sends a status notification without a requestId."""
    return lambda status, request_id=UNSET: original(status)
