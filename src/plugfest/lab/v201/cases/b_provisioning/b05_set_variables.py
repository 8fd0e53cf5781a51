"""B05 Set Variables."""

from plugfest import clock
from plugfest.lab.case import case
from plugfest.lab.expectations import has, in_any_order, one_of, optional
from plugfest.lab.v201.bench import Bench
from plugfest.lab.v201.cases.b_provisioning.variables import (
    LOCAL_AUTHORIZE_OFFLINE,
    NO_ERROR,
    OFFLINE_THRESHOLD,
    REJECTION_INFO,
    TARGET,
    UNKNOWN_COMPONENT,
    UNKNOWN_VARIABLE,
    result,
    set_request,
)
from plugfest.lab.v201.configuration import Variable
from plugfest.ocpp.message import UNSET

INVALID_VALUE = optional(has(reason_code=one_of("InvalidValue", "PropertyConstraintViolation", "ValueOutOfRange")))
MESSAGE_TIMEOUT = Variable("OCPPCommCtrlr", "MessageTimeout", "Default")

FORMATS: dict[Variable, frozenset[str]] = {
    OFFLINE_THRESHOLD: frozenset({"integer"}),
    Variable("SmartChargingCtrlr", "LimitChangeSignificance"): frozenset({"integer", "decimal"}),
    Variable("AuthCtrlr", "AuthorizeRemoteStart"): frozenset({"boolean"}),
    Variable("ClockCtrlr", "NextTimeOffsetTransitionDateTime"): frozenset({"dateTime"}),
}
"""The data types that each variable accepts; it rejects values of all others (B05.FR.07)."""


@case("TC_B_09_CS", requirements=("B05.FR.01", "B05.FR.02", "B05.FR.03", "B05.FR.10", "B05.FR.12"))
async def single_value(bench: Bench) -> None:
    await bench.step(2).call(
        set_request((OFFLINE_THRESHOLD, "300")), set_variable_result=[result(OFFLINE_THRESHOLD, "Accepted")]
    )
    bench.configuration.note(OFFLINE_THRESHOLD, "300")
    (value,) = await bench.configuration.read([OFFLINE_THRESHOLD])
    bench.check(value == "300", "OfflineThreshold 300", value)


@case("TC_B_10_CS", requirements=("B05.FR.01", "B05.FR.02", "B05.FR.03", "B05.FR.10", "B05.FR.12"))
async def multiple_values(bench: Bench) -> None:
    await bench.step(2).call(
        set_request((OFFLINE_THRESHOLD, "300"), (LOCAL_AUTHORIZE_OFFLINE, "true")),
        set_variable_result=in_any_order(
            [result(OFFLINE_THRESHOLD, "Accepted"), result(LOCAL_AUTHORIZE_OFFLINE, "Accepted")]
        ),
    )
    bench.configuration.note(OFFLINE_THRESHOLD, "300")
    bench.configuration.note(LOCAL_AUTHORIZE_OFFLINE, "true")
    values = await bench.configuration.read([OFFLINE_THRESHOLD, LOCAL_AUTHORIZE_OFFLINE])
    bench.check(values == ["300", "true"], "OfflineThreshold 300 and LocalAuthorizeOffline true", values)


@case("TC_B_11_CS", requirements=("B05.FR.07",))
async def invalidly_formatted_values(bench: Bench) -> None:
    now = clock.utc_now().isoformat(timespec="milliseconds").replace("+00:00", "Z")
    values = {"integer": "300", "decimal": "300.1", "boolean": "true", "dateTime": now, "text": "abc"}
    for number, (variable, accepted) in enumerate(FORMATS.items()):
        if not bench.configuration.writable(variable):
            continue
        for data_type, value in values.items():
            bench.step(2 + 2 * number)
            valid = data_type in accepted
            info = NO_ERROR if valid else INVALID_VALUE
            await bench.call(
                set_request((variable, value)),
                set_variable_result=[result(variable, "Accepted" if valid else "Rejected", info=info)],
            )
            if valid:
                bench.configuration.note(variable, value)


@case("TC_B_35_CS", requirements=("B05.FR.04",))
async def unknown_component(bench: Bench) -> None:
    await bench.step(2).call(
        set_request((UNKNOWN_COMPONENT, "300"), attribute_type=UNSET),
        set_variable_result=[result(UNKNOWN_COMPONENT, "UnknownComponent", info=REJECTION_INFO)],
    )


@case("TC_B_36_CS", requirements=("B05.FR.05",))
async def unknown_variable(bench: Bench) -> None:
    await bench.step(2).call(
        set_request((UNKNOWN_VARIABLE, "300"), attribute_type=UNSET),
        set_variable_result=[result(UNKNOWN_VARIABLE, "UnknownVariable", info=REJECTION_INFO)],
    )


@case("TC_B_37_CS", requirements=("B05.FR.06",))
async def not_supported_attribute_type(bench: Bench) -> None:
    await bench.step(2).call(
        set_request((OFFLINE_THRESHOLD, "300"), attribute_type=TARGET),
        set_variable_result=[
            result(OFFLINE_THRESHOLD, "NotSupportedAttributeType", attribute_type="Target", info=REJECTION_INFO)
        ],
    )


@case("TC_B_39_CS", requirements=("B05.FR.09",))
async def read_only(bench: Bench) -> None:
    (before,) = await bench.configuration.read([MESSAGE_TIMEOUT])
    await bench.step(2).call(
        set_request((MESSAGE_TIMEOUT, "31"), attribute_type=UNSET),
        set_variable_result=[result(MESSAGE_TIMEOUT, "Rejected", info=REJECTION_INFO)],
    )
    (after,) = await bench.configuration.read([MESSAGE_TIMEOUT])
    bench.check(after == before, f"MessageTimeout {before}, unchanged", after)
