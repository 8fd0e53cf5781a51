"""DataTransfer in OCPP 2.0.1 (P01)."""

from plugfest.ocpp.v201.messages import DataTransferRequest, DataTransferResponse
from plugfest.ocpp.v201.types import DataTransferStatusEnumType
from plugfest.station.context import Context


def register(context: Context) -> None:
    context.handlers.add(DataTransferRequest, _data_transfer)


async def _data_transfer(request: DataTransferRequest) -> DataTransferResponse:
    return DataTransferResponse(status=DataTransferStatusEnumType.UnknownVendorId)  # P01.FR.05
