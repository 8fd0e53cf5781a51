"""P01 Data Transfer to the Charging Station."""

from plugfest.lab.case import case
from plugfest.lab.expectations import one_of
from plugfest.lab.v201.bench import Bench
from plugfest.ocpp.v201 import messages as m

VENDOR_ID = "org.plugfest.lab"
"""A vendor that no station knows."""


@case("TC_P_01_CS", requirements=("P01.FR.05", "P01.FR.06"))
async def unknown_vendor(bench: Bench) -> None:
    request = m.DataTransferRequest(vendor_id=VENDOR_ID, message_id="NoSuchMessage", data={"attempt": 1})
    await bench.step(2).call(request, status=one_of("UnknownVendorId", "UnknownMessageId", "Rejected"))
