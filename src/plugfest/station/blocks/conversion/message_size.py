"""The limits of a controller for the size of a request."""

from typing import Any

from plugfest.link.peer import Refusal
from plugfest.ocpp import codec
from plugfest.ocpp.errors import ErrorCode
from plugfest.ocpp.message import Request
from plugfest.station.device_model.model import DeviceModel


class SizeLimits:
    """ItemsPerMessage and BytesPerMessage of a controller.

    `limits_of`: the instance of these variables, which is not always the name of the request.
    """

    __slots__ = ("_bytes", "_items", "_model")

    def __init__(self, model: DeviceModel, controller: str, *, limits_of: str) -> None:
        self._model = model
        self._items = model.variable(controller, "ItemsPerMessage", instance=limits_of)
        self._bytes = model.variable(controller, "BytesPerMessage", instance=limits_of)

    def check(self, request: Request[Any], items: int) -> None:
        """Raise Refusal if a request with so many items exceeds them."""
        maximum = int(self._model.value(self._items))
        if items > maximum:
            raise Refusal(ErrorCode.OccurrenceConstraintViolation, f"more than {maximum} items")
        if codec.size(request) > int(self._model.value(self._bytes)):
            raise Refusal(ErrorCode.FormatViolation, "the message is too long")
