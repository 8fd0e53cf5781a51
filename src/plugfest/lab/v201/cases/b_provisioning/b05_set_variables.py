"""B05 Set Variables."""

from collections.abc import Callable
from typing import NamedTuple

from plugfest import clock
from plugfest.lab.case import case
from plugfest.lab.expectations import anything, in_any_order
from plugfest.lab.v201.bench import Bench
from plugfest.lab.v201.cases.b_provisioning.variables import (
    LOCAL_AUTHORIZE_OFFLINE,
    NO_ERROR,
    OFFLINE_THRESHOLD,
    TARGET,
    UNKNOWN_COMPONENT,
    UNKNOWN_VARIABLE,
    result,
    set_request,
)
from plugfest.lab.v201.configuration import Configuration, Variable
from plugfest.ocpp.message import UNSET

MESSAGE_TIMEOUT = Variable("OCPPCommCtrlr", "MessageTimeout", "Default")

NUMBERS = {"integer": "50", "decimal": "50.1"}
"""Values of these data types: seconds, and also a percentage."""


class VariableFormat(NamedTuple):
    """A variable, the data types that it accepts (it rejects all others, B05.FR.07), and when it is tested."""

    variable: Variable
    data_types: frozenset[str]
    is_tested: Callable[[Configuration, Variable], bool]


FORMATS = (
    VariableFormat(OFFLINE_THRESHOLD, frozenset({"integer"}), lambda *_: True),
    VariableFormat(
        Variable("SmartChargingCtrlr", "LimitChangeSignificance"),
        frozenset({"integer", "decimal"}),
        Configuration.has,
    ),
    VariableFormat(Variable("AuthCtrlr", "AuthorizeRemoteStart"), frozenset({"boolean"}), Configuration.writable),
    VariableFormat(
        Variable("ClockCtrlr", "NextTimeOffsetTransitionDateTime"), frozenset({"dateTime"}), Configuration.has
    ),
)


@case("TC_B_09_CS", requirements=("B05.FR.01", "B05.FR.02", "B05.FR.03", "B05.FR.10", "B05.FR.12"))
async def single_value(bench: Bench) -> None:
    await bench.step(2).call(
        set_request((OFFLINE_THRESHOLD, "300")),
        set_variable_result=[result(OFFLINE_THRESHOLD, "Accepted", info=NO_ERROR)],
    )
    bench.configuration.note(OFFLINE_THRESHOLD, "300")
    (value,) = await bench.configuration.read([OFFLINE_THRESHOLD])
    bench.check(value == "300", "OfflineThreshold 300", value)


@case("TC_B_10_CS", requirements=("B05.FR.01", "B05.FR.02", "B05.FR.03", "B05.FR.10", "B05.FR.12"))
async def multiple_values(bench: Bench) -> None:
    await bench.step(2).call(
        set_request((OFFLINE_THRESHOLD, "300"), (LOCAL_AUTHORIZE_OFFLINE, "true")),
        set_variable_result=in_any_order(
            [result(each, "Accepted", info=NO_ERROR) for each in (OFFLINE_THRESHOLD, LOCAL_AUTHORIZE_OFFLINE)]
        ),
    )
    bench.configuration.note(OFFLINE_THRESHOLD, "300")
    bench.configuration.note(LOCAL_AUTHORIZE_OFFLINE, "true")
    values = await bench.configuration.read([OFFLINE_THRESHOLD, LOCAL_AUTHORIZE_OFFLINE])
    bench.check(values == ["300", "true"], "OfflineThreshold 300 and LocalAuthorizeOffline true", values)


@case("TC_B_11_CS", requirements=("B05.FR.07", "B05.FR.08"))
async def invalidly_formatted_values(bench: Bench) -> None:
    now = clock.utc_now().isoformat(timespec="milliseconds").replace("+00:00", "Z")
    values = {**NUMBERS, "boolean": "true", "dateTime": now, "text": "abc"}
    for number, tested in enumerate(FORMATS):
        if not tested.is_tested(bench.configuration, tested.variable):
            continue
        for data_type, value in values.items():
            bench.step(2 + 2 * number)
            valid = data_type in tested.data_types and _is_in_range(bench, tested.variable, data_type, value)
            status, info = ("Accepted", NO_ERROR) if valid else ("Rejected", anything)
            await bench.call(
                set_request((tested.variable, value)), set_variable_result=[result(tested.variable, status, info=info)]
            )
            if valid:
                bench.configuration.note(tested.variable, value)


def _is_in_range(bench: Bench, variable: Variable, data_type: str, value: str) -> bool:
    """Whether the limits of the variable permit a number (B05.FR.08)."""
    known = bench.configuration.find(variable)
    return known is None or data_type not in NUMBERS or known.permits(float(value))


@case("TC_B_35_CS", requirements=("B05.FR.04",))
async def unknown_component(bench: Bench) -> None:
    await bench.step(2).call(
        set_request((UNKNOWN_COMPONENT, "300"), attribute_type=UNSET),
        set_variable_result=[result(UNKNOWN_COMPONENT, "UnknownComponent")],
    )


@case("TC_B_36_CS", requirements=("B05.FR.05",))
async def unknown_variable(bench: Bench) -> None:
    await bench.step(2).call(
        set_request((UNKNOWN_VARIABLE, "300"), attribute_type=UNSET),
        set_variable_result=[result(UNKNOWN_VARIABLE, "UnknownVariable")],
    )


@case("TC_B_37_CS", requirements=("B05.FR.06",))
async def not_supported_attribute_type(bench: Bench) -> None:
    await bench.step(2).call(
        set_request((OFFLINE_THRESHOLD, "300"), attribute_type=TARGET),
        set_variable_result=[result(OFFLINE_THRESHOLD, "NotSupportedAttributeType", attribute_type="Target")],
    )


@case("TC_B_39_CS", requirements=("B05.FR.09",))
async def read_only(bench: Bench) -> None:
    (before,) = await bench.configuration.read([MESSAGE_TIMEOUT])
    await bench.step(2).call(
        set_request((MESSAGE_TIMEOUT, "31"), attribute_type=UNSET),
        set_variable_result=[result(MESSAGE_TIMEOUT, "Rejected")],
    )
    (after,) = await bench.configuration.read([MESSAGE_TIMEOUT])
    bench.check(after == before, f"MessageTimeout {before}, unchanged", after)
