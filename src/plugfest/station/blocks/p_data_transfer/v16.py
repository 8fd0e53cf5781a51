"""DataTransfer in OCPP 1.6 (4.3, 5.6)."""

from functools import partial

from plugfest.ocpp.message import UNSET, given
from plugfest.ocpp.v16.messages import DataTransferRequest, DataTransferResponse
from plugfest.ocpp.v16.types import DataTransferResponseStatus
from plugfest.station.blocks.p_data_transfer.outgoing import (
    NotTransferred,
    VendorAnswer,
    VendorMessage,
    VendorMessages,
)
from plugfest.station.context import Context


def register(context: Context) -> None:
    context.handlers.add(DataTransferRequest, _data_transfer)
    context.shared.add(VendorMessages(partial(_send, context)))


def _data_transfer(request: DataTransferRequest) -> DataTransferResponse:
    return DataTransferResponse(status=DataTransferResponseStatus.UnknownVendorId)


async def _send(context: Context, message: VendorMessage) -> VendorAnswer:
    if message.data is not None and not isinstance(message.data, str):
        raise NotTransferred("the data of a DataTransfer is a text in OCPP 1.6")
    request = DataTransferRequest(
        vendor_id=message.vendor_id,
        message_id=UNSET if message.message_id is None else message.message_id,
        data=UNSET if message.data is None else message.data,
    )
    response = await context.csms.call(request, timeout=context.message_timeout)
    return VendorAnswer(status=response.status.value, data=given(response.data))
