"""DataTransfer from an unknown vendor."""

from plugfest.lab.case import case
from plugfest.lab.expectations import one_of
from plugfest.lab.v16.bench import Bench
from plugfest.ocpp.message import UNSET
from plugfest.ocpp.v16 import messages as m

VENDOR_ID = "org.plugfest.lab"
"""A vendor that no station knows."""


@case("TC_062_CS", requirements=("section 4.3", "section 5.6"))
async def unknown_vendor(bench: Bench) -> None:
    """A station cannot accept a vendor that the lab has invented. Accepted fails; the document has a warning for it."""
    request = m.DataTransferRequest(vendor_id=VENDOR_ID, message_id="NoSuchMessage", data="plugfest")
    response = await bench.step(1).call(request, status=one_of("UnknownVendorId", "UnknownMessageId", "Rejected"))
    if response.status == "UnknownVendorId":
        bench.check(
            response.data is UNSET, "no data with UnknownVendorId", response.data, frame=bench.csms.answer_frame
        )
