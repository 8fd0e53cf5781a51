"""Values of variables: whether a text is valid, and its stored format. Pure rules."""

import base64
import re
from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

import msgspec

from plugfest.station.device_model.variables import Characteristics, DataType

_INTEGER = re.compile(r"-?(?:0|[1-9][0-9]{0,17})")  # Part 2, 2.1.4: no leading zeroes, no plus sign
_DECIMAL = re.compile(r"[+-]?[0-9]{1,18}(\.[0-9]{1,18})?")


class Problem(NamedTuple):
    """What is wrong with a value: in a few words, and as a reason code of Part 2 appendix 5."""

    detail: str
    reason: str = "InvalidValue"


def problem(value: str, characteristics: Characteristics) -> Problem | None:
    """What is wrong with `value`; None if it is valid."""
    return _CHECKS[characteristics.data_type](value, characteristics)


def members(value: str) -> tuple[str, ...]:
    """The entries of a list value."""
    return tuple(entry.strip() for entry in value.split(",") if entry.strip())


def canonical(value: str, characteristics: Characteristics) -> str:
    """A valid value in its stored format: lists without spaces, booleans in lower case."""
    if characteristics.data_type in (DataType.MEMBER_LIST, DataType.SEQUENCE_LIST):
        return ",".join(members(value))
    return value.lower() if characteristics.data_type is DataType.BOOLEAN else value


def _string(value: str, characteristics: Characteristics) -> Problem | None:
    if characteristics.maximum is not None and len(value) > characteristics.maximum:
        return Problem(f"longer than {characteristics.maximum:.0f} characters")
    if characteristics.minimum is not None and len(value) < characteristics.minimum:
        return Problem(f"shorter than {characteristics.minimum:.0f} characters")
    return None


def _boolean(value: str, characteristics: Characteristics) -> Problem | None:
    return None if value.lower() in ("true", "false") else Problem("not true or false")


def _integer(value: str, characteristics: Characteristics) -> Problem | None:
    return _range(value, characteristics) if _INTEGER.fullmatch(value) else Problem("not an integer")


def _decimal(value: str, characteristics: Characteristics) -> Problem | None:
    return _range(value, characteristics) if _DECIMAL.fullmatch(value) else Problem("not a decimal number")


def _range(value: str, characteristics: Characteristics) -> Problem | None:
    number = float(value)
    if characteristics.zero_is_off and number == 0:
        return None
    if characteristics.minimum is not None and number < characteristics.minimum:
        return Problem(f"below {characteristics.minimum:g}", "ValueTooLow")
    if characteristics.maximum is not None and number > characteristics.maximum:
        return Problem(f"above {characteristics.maximum:g}", "ValueTooHigh")
    return None


def _date_time(value: str, characteristics: Characteristics) -> Problem | None:
    try:
        msgspec.convert(value, datetime)  # RFC 3339; it accepts a space instead of the T
    except msgspec.ValidationError:
        return Problem("not a date and time")
    return None if "T" in value.upper() else Problem("not a date and time")


def _option(value: str, characteristics: Characteristics) -> Problem | None:
    return None if value in characteristics.values else Problem(f"not one of {', '.join(characteristics.values)}")


def _list(value: str, characteristics: Characteristics) -> Problem | None:
    entries = members(value)
    unknown = [entry for entry in entries if entry not in characteristics.values]
    if unknown:
        return Problem(f"{unknown[0]} is not one of {', '.join(characteristics.values)}")
    if len(set(entries)) < len(entries):
        return Problem("an entry stands there twice")
    if characteristics.maximum is not None and len(value) > characteristics.maximum:
        return Problem(f"longer than {characteristics.maximum:.0f} characters")
    return None


_CHECKS: dict[DataType, Callable[[str, Characteristics], Problem | None]] = {
    DataType.STRING: _string,
    DataType.DECIMAL: _decimal,
    DataType.INTEGER: _integer,
    DataType.DATE_TIME: _date_time,
    DataType.BOOLEAN: _boolean,
    DataType.OPTION_LIST: _option,
    DataType.SEQUENCE_LIST: _list,
    DataType.MEMBER_LIST: _list,
}


def encoded_public_key(public_key: bytes) -> str:
    """The public key of a meter for OCPP: application note on signed meter values, section 3.2.2."""
    return base64.b64encode(b"oca:base16:asn1:" + public_key.hex().encode()).decode()
