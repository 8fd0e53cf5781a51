"""The base types of OCPP messages. The messages themselves are in the generated modules of `v16` and `v201`."""

from typing import Any, ClassVar, Generic, TypeAlias, TypeVar

import msgspec
from msgspec import UNSET, UnsetType

__all__ = [
    "UNSET",
    "URI",
    "CustomData",
    "JsonValue",
    "OcppStruct",
    "Request",
    "Response",
    "UnsetType",
    "given",
    "in_tenths",
]

T = TypeVar("T")
ResponseT_co = TypeVar("ResponseT_co", bound="Response", covariant=True)

# Any JSON value: the contents of DataTransfer and customData are vendor-specific.
JsonValue: TypeAlias = Any

# RFC 3986: a scheme, then only characters that a URI may contain (format uri in the 1.6 schemas).
URI = r"^[A-Za-z][A-Za-z0-9+.\-]*:(?:[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=]|%[0-9A-Fa-f]{2})*\Z"

_VENDOR_ID_MAX_LENGTH = 255
_ROUNDING = 1e-6  # 0.1 + 0.2 counts as 0.3


class OcppStruct(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True, gc=False):
    """An object of the protocol. An omitted field is UNSET and is not written."""


class Response(OcppStruct, frozen=True, kw_only=True):
    """The payload of a CALLRESULT."""


class Request(OcppStruct, Generic[ResponseT_co], frozen=True, kw_only=True):
    """The payload of a CALL, with its action and the type of its response."""

    action: ClassVar[str]
    response_type: ClassVar[type[Response]]


class CustomData(dict[str, JsonValue]):
    """Vendor-specific data beside the standard fields (2.0.1 Part 4, 9). Only `vendorId` is required.

    Raises ValueError if `vendorId` is missing or too long, TypeError if it is not a string.
    """

    def __init__(self, *args: Any, **members: JsonValue) -> None:
        super().__init__(*args, **members)
        if "vendorId" not in self:
            raise ValueError("Object missing required field `vendorId`")
        if not isinstance(self["vendorId"], str):
            raise TypeError("Expected `str` for `vendorId`")
        if len(self["vendorId"]) > _VENDOR_ID_MAX_LENGTH:
            raise ValueError(f"Expected `str` of length <= {_VENDOR_ID_MAX_LENGTH} for `vendorId`")

    @property
    def vendor_id(self) -> str:
        """The vendor that defined the data: a reversed domain name."""
        return str(self["vendorId"])


def given(value: T | UnsetType) -> T | None:
    """The value of an optional field; None if it was omitted."""
    return None if value is UNSET else value


def in_tenths(field: str, value: float | UnsetType) -> None:
    """Raise ValueError if the value has more than one decimal digit (1.6 schemas: multipleOf 0.1)."""
    if isinstance(value, float | int) and abs(value - round(value, 1)) > _ROUNDING:
        raise ValueError(f"Expected `{field}` with at most one decimal digit")
