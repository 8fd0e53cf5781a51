"""DataTransfer of the station, which an operator triggers."""

from collections.abc import Awaitable, Callable
from math import isfinite
from typing import TypeAlias

import msgspec

from plugfest.link.errors import LinkError
from plugfest.ocpp.errors import LocalError
from plugfest.ocpp.message import JsonValue
from plugfest.station.context import Offline


class VendorMessage(msgspec.Struct, frozen=True, kw_only=True):
    """What a DataTransfer has. `data` is text in OCPP 1.6; None: there is none."""

    vendor_id: str
    message_id: str | None = None
    data: JsonValue = None


class VendorAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """The answer of the CSMS to a DataTransfer. `reason`: reason code and details, for a status that has them."""

    status: str
    data: JsonValue = None
    reason: str = ""


class NotTransferred(Exception):
    """The message was not sent, or there is no answer; the text is one line."""


Send: TypeAlias = Callable[[VendorMessage], Awaitable[VendorAnswer]]


def _is_json(data: JsonValue) -> bool:
    """Whether JSON has every number of the data; msgspec would send null for the others."""
    match data:
        case float():
            return isfinite(data)
        case dict():
            return all(_is_json(each) for each in data.values())
        case list():
            return all(_is_json(each) for each in data)
    return True


class VendorMessages:
    """`send`: as the OCPP version sends it."""

    def __init__(self, send: Send) -> None:
        self._send = send

    async def transfer(self, message: VendorMessage) -> VendorAnswer:
        """Send a message and wait for the answer. Raises NotTransferred."""
        try:
            if not _is_json(message.data):
                raise NotTransferred("the data has a number that JSON does not have: nan or inf")
            return await self._send(message)
        except RecursionError:
            raise NotTransferred("the data is nested too deeply") from None
        except (Offline, LinkError, LocalError) as error:
            raise NotTransferred(str(error)) from None
