"""CustomData of an unknown vendor in a request: the station ignores it."""

import msgspec

from plugfest.lab.case import case
from plugfest.lab.v201.bench import Bench
from plugfest.lab.v201.cases.b_provisioning.variables import OFFLINE_THRESHOLD, get_request, result, set_request
from plugfest.lab.v201.cases.p_data_transfer.p01_data_transfer_to_the_charging_station import VENDOR_ID
from plugfest.ocpp.message import CustomData

THRESHOLD = "200"

CUSTOM_DATA = CustomData({"vendorId": VENDOR_ID, "note": "not for you", "list": [1, {"two": None}]})


@case("TC_P_03_CS")
async def receive_custom_data(bench: Bench) -> None:
    request = set_request((OFFLINE_THRESHOLD, THRESHOLD))
    (data,) = request.set_variable_data
    request = msgspec.structs.replace(
        request,
        custom_data=CUSTOM_DATA,
        set_variable_data=[msgspec.structs.replace(data, custom_data=CUSTOM_DATA)],
    )
    await bench.step(2).call(request, set_variable_result=[result(OFFLINE_THRESHOLD, "Accepted")])
    bench.configuration.note(OFFLINE_THRESHOLD, THRESHOLD)
    await bench.step(4).call(
        get_request(OFFLINE_THRESHOLD), get_variable_result=[result(OFFLINE_THRESHOLD, "Accepted", value=THRESHOLD)]
    )
