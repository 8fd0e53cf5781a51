"""The limits of a controller for the size of a request."""

from typing import Any

from plugfest.link.peer import Refusal
from plugfest.ocpp import codec
from plugfest.ocpp.errors import ErrorCode
from plugfest.ocpp.message import Request
from plugfest.station.device_model.model import DeviceModel


def check_size(model: DeviceModel, request: Request[Any], items: int, *, controller: str, limits_of: str) -> None:
    """Raise Refusal if a request exceeds ItemsPerMessage or BytesPerMessage of a controller.

    `limits_of`: the instance of these variables, which is not always the name of the request.
    """
    maximum = model.integer(controller, "ItemsPerMessage", instance=limits_of)
    if items > maximum:
        raise Refusal(ErrorCode.OccurrenceConstraintViolation, f"more than {maximum} items")
    if codec.size(request) > model.integer(controller, "BytesPerMessage", instance=limits_of):
        raise Refusal(ErrorCode.FormatViolation, "the message is too long")
