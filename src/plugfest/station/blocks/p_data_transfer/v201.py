"""DataTransfer in OCPP 2.0.1 (P01, P02)."""

from functools import partial

from plugfest.ocpp.message import UNSET, given
from plugfest.ocpp.v201.messages import DataTransferRequest, DataTransferResponse
from plugfest.ocpp.v201.types import DataTransferStatusEnumType, StatusInfoType
from plugfest.station.blocks.p_data_transfer.outgoing import VendorAnswer, VendorMessage, VendorMessages
from plugfest.station.context import Context


def register(context: Context) -> None:
    context.handlers.add(DataTransferRequest, _data_transfer)
    context.shared.add(VendorMessages(partial(_send, context)))


def _data_transfer(request: DataTransferRequest) -> DataTransferResponse:
    return DataTransferResponse(status=DataTransferStatusEnumType.UnknownVendorId)  # P01.FR.05


async def _send(context: Context, message: VendorMessage) -> VendorAnswer:
    request = DataTransferRequest(
        vendor_id=message.vendor_id,
        message_id=UNSET if message.message_id is None else message.message_id,  # P02.FR.04
        data=UNSET if message.data is None else message.data,
    )
    response = await context.csms.call(request, timeout=context.message_timeout)
    return VendorAnswer(
        status=response.status.value, data=given(response.data), reason=_reason(given(response.status_info))
    )


def _reason(info: StatusInfoType | None) -> str:
    if info is None:
        return ""
    detail = given(info.additional_info)
    return f"{info.reason_code}: {detail}" if detail else info.reason_code
