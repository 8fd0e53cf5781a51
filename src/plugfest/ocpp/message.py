"""What every OCPP message is built from. The generated modules `v16` and `v201` add the messages themselves."""

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

# Any JSON value: what two vendors agree on in DataTransfer and customData has no shape that we could know.
JsonValue: TypeAlias = Any

# RFC 3986: a scheme, then only characters that a URI may hold (the 1.6 schemas: format uri).
URI = r"^[A-Za-z][A-Za-z0-9+.\-]*:(?:[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=]|%[0-9A-Fa-f]{2})*\Z"

_VENDOR_ID_MAX_LENGTH = 255
_ROUNDING = 1e-6  # a peer that adds 0.1 to 0.2 means 0.3


class OcppStruct(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True, gc=False):
    """An object of the protocol. A field that was left out is UNSET and stays out on the wire."""


class Response(OcppStruct, frozen=True, kw_only=True):
    """The payload of a CALLRESULT."""


class Request(OcppStruct, Generic[ResponseT_co], frozen=True, kw_only=True):
    """The payload of a CALL, which knows its action and the struct of its response."""

    action: ClassVar[str]
    response_type: ClassVar[type[Response]]


class CustomData(dict[str, JsonValue]):
    """A vendor's own data beside the standard fields (2.0.1 Part 4, 9): open, but signed with a `vendorId`.

    Raises ValueError when `vendorId` is missing or too long, TypeError when it is no text.
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
        """Who defined the data: a reversed domain name."""
        return str(self["vendorId"])


def given(value: T | UnsetType) -> T | None:
    """The value of an optional field, or None where it was left out."""
    return None if value is UNSET else value


def in_tenths(field: str, value: float | UnsetType) -> None:
    """Raise ValueError unless the value has at most one digit after the point (1.6 schemas: multipleOf 0.1)."""
    if isinstance(value, float | int) and abs(value - round(value, 1)) > _ROUNDING:
        raise ValueError(f"Expected `{field}` with at most one decimal digit")
