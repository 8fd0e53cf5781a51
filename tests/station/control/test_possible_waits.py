"""Waits that can never end are refused at once."""

import msgspec
import pytest

from plugfest.ocpp.message import JsonValue
from plugfest.products import load_product
from plugfest.station.control.conditions import Condition
from plugfest.station.control.frames import Wanted
from plugfest.station.control.possible_waits import check_condition, check_message


@pytest.mark.parametrize(
    ("product", "fields", "problem"),
    [
        ("reference-ac", {"charging_state": "Chargin"}, "charging_state is never Chargin; it is one of Charging, EV"),
        ("reference-ac", {"connector_status": "Preparing"}, "connector_status of OCPP 2.0.1 is never Preparing"),
        ("reference-16-ac", {"connector_status": "Occupied"}, "connector_status of OCPP 1.6 is never Occupied"),
        ("reference-ac", {"firmware": "Instaled"}, "firmware is never Instaled; it is one of Idle, "),
        ("reference-ac", {"power": float("nan")}, "power is a number, not nan"),
        ("reference-ac", {"energy_import": float("inf")}, "energy_import is a number, not inf"),
        ("chargepoint-ct4000", {"evse_id": 9, "power": 1}, "there is no EVSE 9; there is 1, 2"),
        (
            "chargepoint-ct4000",
            {"evse_id": 2, "connector_id": 2, "locked": True},
            "there is no connector 2; there is 1",
        ),
    ],
)
def test_a_state_that_the_product_never_has(product: str, fields: dict[str, JsonValue], problem: str) -> None:
    with pytest.raises(msgspec.ValidationError, match=problem):
        check_condition(msgspec.convert(fields, Condition), load_product(product))


def test_a_state_that_the_product_can_have_is_waited_for() -> None:
    check_condition(Condition(connector_status="Preparing", connector_id=1), load_product("reference-16-ac"))
    check_condition(Condition(firmware="Installed"), load_product("reference-ac"))
    check_condition(Condition(firmware="InvalidCertificate"), load_product("reference-ac"))
    check_condition(Condition(connector_status="Occupied", evse_id=2), load_product("chargepoint-ct4000"))


@pytest.mark.parametrize(
    ("action", "problem"),
    [
        ("TransactonEvent", "OCPP 2.0.1 has no message TransactonEvent; did you mean TransactionEvent?"),
        ("Zzz", "OCPP 2.0.1 has no message Zzz$"),
    ],
)
def test_a_message_that_the_version_does_not_have(action: str, problem: str) -> None:
    with pytest.raises(msgspec.ValidationError, match=problem):
        check_message(Wanted(action=action), load_product("reference-ac"))


def test_a_csms_may_send_any_message() -> None:
    check_message(Wanted(action="Zzz", sent=False), load_product("reference-ac"))
    check_message(Wanted(), load_product("reference-ac"))
