"""What the forms of a station send, as the arguments of the operations of the control API."""

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

import msgspec

from plugfest.hardware.ports import LimitPeriod
from plugfest.station.control.commands import ControlError
from plugfest.station.control.operations import Operation

_CERTIFICATE: Final = re.compile(r"-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----", re.DOTALL)
_LOCAL_TIME: Final = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d)(:\d\d(?:\.\d{1,9})?)?")
_PERIOD: Final = re.compile(r"\s*(\d{1,9})\s*s?\s*:\s*(\d{1,9}(?:\.\d{1,9})?)\s*W?\s*")


def certificates(text: str) -> list[str]:
    """The certificates of a text in PEM, each for itself; a text without any as it is, for the check to name."""
    return _CERTIFICATE.findall(text) or [text]


def arguments(operation: Operation, fields: Mapping[str, str]) -> msgspec.Struct:
    """The arguments in a form. A field that is left empty is not given. Raises ControlError, ValidationError."""
    given: dict[str, Any] = {
        name: _READ[name](text) if name in _READ else text
        for name, text in fields.items()
        if text or name in _NULL_IF_EMPTY
    }
    if "periods" in given:
        given["periods"] = [LimitPeriod(0, _watts(given.pop("watts", None))), *given["periods"]]
    body: msgspec.Struct = msgspec.convert(given, operation.body, strict=False)
    return body


def _periods(text: str) -> list[LimitPeriod]:
    found = [_PERIOD.fullmatch(part) for part in text.split(",")]
    if any(one is None for one in found):
        raise ControlError("write later limits as seconds: watts, for example 600: 4000, 1200: 11000")
    return [LimitPeriod(int(one[1]), float(one[2])) for one in found if one is not None]


def _watts(value: object) -> float:
    try:
        return float(str(value))
    except ValueError:
        raise ControlError("later limits follow a limit: enter it") from None


def _in_utc(text: str) -> str:
    """The time of a form has no zone, and no seconds if they are zero: it is in UTC."""
    found = _LOCAL_TIME.fullmatch(text)
    return text if found is None else f"{found[1]}{found[2] or ':00'}Z"


def _value_or_null(text: str) -> str | None:
    return text or None


_NULL_IF_EMPTY: Final = frozenset({"watts", "value"})
"""Null releases a limit or a sensor."""

_READ: Final[Mapping[str, Callable[[str], object]]] = {
    "evse_ids": lambda text: text.split(","),
    "v2g_roots": certificates,
    "periods": _periods,
    "time": _in_utc,
    "watts": _value_or_null,
    "value": _value_or_null,
}
"""How the fields are read that are no single value."""
