"""B06 Get Variables."""

from plugfest.lab.case import case
from plugfest.lab.expectations import in_any_order
from plugfest.lab.v201.bench import Bench
from plugfest.lab.v201.cases.b_provisioning.variables import (
    LOCAL_AUTHORIZE_OFFLINE,
    NO_ERROR,
    OFFLINE_THRESHOLD,
    TARGET,
    UNKNOWN_COMPONENT,
    UNKNOWN_VARIABLE,
    get_request,
    result,
)
from plugfest.ocpp.message import UNSET


@case(
    "TC_B_06_CS",
    requirements=("B06.FR.01", "B06.FR.02", "B06.FR.03", "B06.FR.04", "B06.FR.10", "B06.FR.11"),
    configuration={"OCPPCommCtrlr.OfflineThreshold": "300"},
)
async def single_value(bench: Bench) -> None:
    await bench.step(2).call(
        get_request(OFFLINE_THRESHOLD),
        get_variable_result=[result(OFFLINE_THRESHOLD, "Accepted", value="300", info=NO_ERROR)],
    )


@case(
    "TC_B_07_CS",
    requirements=("B06.FR.01", "B06.FR.02", "B06.FR.03", "B06.FR.04", "B06.FR.10"),
    configuration={"OCPPCommCtrlr.OfflineThreshold": "300", "AuthCtrlr.LocalAuthorizeOffline": "true"},
)
async def multiple_values(bench: Bench) -> None:
    await bench.step(2).call(
        get_request(OFFLINE_THRESHOLD, LOCAL_AUTHORIZE_OFFLINE),
        get_variable_result=in_any_order(
            [
                result(OFFLINE_THRESHOLD, "Accepted", value="300", info=NO_ERROR),
                result(LOCAL_AUTHORIZE_OFFLINE, "Accepted", value="true", info=NO_ERROR),
            ]
        ),
    )


@case("TC_B_32_CS", requirements=("B06.FR.06",))
async def unknown_component(bench: Bench) -> None:
    await bench.step(2).call(
        get_request(UNKNOWN_COMPONENT, attribute_type=UNSET),
        get_variable_result=[result(UNKNOWN_COMPONENT, "UnknownComponent")],
    )


@case("TC_B_33_CS", requirements=("B06.FR.07",))
async def unknown_variable(bench: Bench) -> None:
    await bench.step(2).call(
        get_request(UNKNOWN_VARIABLE, attribute_type=UNSET),
        get_variable_result=[result(UNKNOWN_VARIABLE, "UnknownVariable")],
    )


@case("TC_B_34_CS", requirements=("B06.FR.08",))
async def not_supported_attribute_type(bench: Bench) -> None:
    await bench.step(2).call(
        get_request(OFFLINE_THRESHOLD, attribute_type=TARGET),
        get_variable_result=[result(OFFLINE_THRESHOLD, "NotSupportedAttributeType", attribute_type="Target")],
    )
