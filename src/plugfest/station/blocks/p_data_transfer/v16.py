"""DataTransfer in OCPP 1.6 (4.3, 5.6)."""

from plugfest.ocpp.v16.messages import DataTransferRequest, DataTransferResponse
from plugfest.ocpp.v16.types import DataTransferResponseStatus
from plugfest.station.context import Context


def register(context: Context) -> None:
    context.handlers.add(DataTransferRequest, _data_transfer)


async def _data_transfer(request: DataTransferRequest) -> DataTransferResponse:
    return DataTransferResponse(status=DataTransferResponseStatus.UnknownVendorId)
