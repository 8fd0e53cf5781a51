"""Reading and setting variables: statuses, attributes, guards, watchers, store."""

from plugfest.station.device_model.model import DeviceModel, GetResult, GetStatus, SetResult, SetStatus
from plugfest.station.device_model.variables import (
    Address,
    AttributeType,
    Characteristics,
    Component,
    DataType,
    Mutability,
    Variable,
    VariableTable,
)
from plugfest.station.storage.store import Store

INTEGER = Characteristics(DataType.INTEGER, minimum=0, maximum=10)
FAN = Component("Fan")
SPEED = Address(FAN, "Speed")


def variable(address: Address, mutability: Mutability = Mutability.READ_WRITE, **other: object) -> Variable:
    return Variable(address, INTEGER, mutability, "1", **other)  # type: ignore[arg-type]


def model(store: Store | None = None) -> DeviceModel:
    return DeviceModel(
        VariableTable(
            [
                variable(SPEED, attributes=(AttributeType.ACTUAL, AttributeType.TARGET)),
                variable(Address(FAN, "Count"), Mutability.READ_ONLY),
                variable(Address(FAN, "Secret"), Mutability.WRITE_ONLY),
                variable(Address(FAN, "Limit", "Day")),
                variable(Address(FAN, "Mode"), reboot_required=True),
                variable(Address(FAN, "State"), Mutability.READ_ONLY, persistent=False),
                variable(Address(Component("EVSE", None, 1), "Power"), Mutability.READ_ONLY),
            ]
        ),
        store or Store(),
    )


def test_names_are_compared_regardless_of_case() -> None:
    assert model().get(Address(Component("fan"), "SPEED")).value == "1"


def test_unknown_components_and_variables_have_their_own_status() -> None:
    fans = model()
    assert fans.get(Address(Component("Pump"), "Speed")).status is GetStatus.UNKNOWN_COMPONENT
    assert fans.get(Address(Component("EVSE", None, 2), "Power")).status is GetStatus.UNKNOWN_COMPONENT
    assert fans.get(Address(FAN, "Colour")).status is GetStatus.UNKNOWN_VARIABLE
    assert fans.get(Address(FAN, "Limit")).status is GetStatus.UNKNOWN_VARIABLE  # B06.FR.15
    assert fans.get(Address(FAN, "Limit", "day")).status is GetStatus.ACCEPTED  # B06.FR.14
    assert fans.set(Address(Component("Pump"), "Speed"), "1").status is SetStatus.UNKNOWN_COMPONENT
    assert fans.set(Address(FAN, "Colour"), "1").status is SetStatus.UNKNOWN_VARIABLE


def test_only_attributes_that_a_variable_has_can_be_read_and_set() -> None:
    fans = model()
    assert fans.get(SPEED, AttributeType.MAX_SET).status is GetStatus.NOT_SUPPORTED_ATTRIBUTE_TYPE
    assert fans.set(SPEED, "2", AttributeType.MAX_SET).status is SetStatus.NOT_SUPPORTED_ATTRIBUTE_TYPE
    assert fans.get(SPEED, AttributeType.TARGET).value == ""  # B06.FR.13
    assert fans.set(SPEED, "2", AttributeType.TARGET).status is SetStatus.ACCEPTED
    assert fans.get(SPEED, AttributeType.TARGET).value == "2"
    assert fans.get(SPEED).value == "1"


def test_a_write_only_variable_cannot_be_read_and_a_read_only_one_not_set() -> None:
    fans = model()
    assert fans.get(Address(FAN, "Secret")) == GetResult(GetStatus.REJECTED, reason="WriteOnly")
    assert fans.set(Address(FAN, "Secret"), "2").status is SetStatus.ACCEPTED
    assert fans.set(Address(FAN, "Count"), "2").status is SetStatus.REJECTED


def test_an_invalid_value_is_rejected_with_a_reason() -> None:
    fans = model()
    assert fans.set(SPEED, "11") == SetResult(SetStatus.REJECTED, "ValueTooHigh", "above 10")
    assert fans.set(SPEED, "-1") == SetResult(SetStatus.REJECTED, "ValueTooLow", "below 0")
    assert fans.set(SPEED, "fast").reason == "InvalidValue"
    assert fans.get(SPEED).value == "1"


def test_a_variable_can_require_a_reboot() -> None:
    assert model().set(Address(FAN, "Mode"), "2").status is SetStatus.REBOOT_REQUIRED


def test_a_guard_can_reject_a_value() -> None:
    fans = model()
    fans.guard("Fan", "Speed", lambda value: SetResult(SetStatus.REJECTED, "Busy") if value == "5" else None)
    assert fans.set(SPEED, "5") == SetResult(SetStatus.REJECTED, "Busy")
    assert fans.set(SPEED, "6").status is SetStatus.ACCEPTED


def test_watchers_are_called_for_changes_by_csms_and_station() -> None:
    fans, changes = model(), []
    fans.watch("Fan", "Speed", lambda address, old, new: changes.append((address.variable, old, new)))
    fans.set(SPEED, "1")
    fans.set(SPEED, "2")
    fans.put("Fan", "Speed", 3)
    assert changes == [("Speed", "1", "2"), ("Speed", "2", "3")]


def test_the_station_reads_typed_values_and_sets_read_only_variables() -> None:
    fans = model()
    fans.put("Fan", "Count", 7)
    fans.put("Fan", "State", True)
    assert fans.integer("Fan", "Count") == 7
    assert fans.boolean("Fan", "State")
    assert fans.decimal("EVSE", "Power", evse_id=1) == 1.0
    assert fans.integer("Fan", "Nothing", default=4) == 4
    assert not fans.boolean("Pump", "Enabled", default=False)
    assert not fans.has("Pump", "Enabled")


def test_a_reader_is_called_at_each_read() -> None:
    fans, times = model(), iter(("1", "2"))
    fans.provide("Fan", "Count", lambda: next(times))
    assert [fans.text("Fan", "Count"), fans.text("Fan", "Count")] == ["1", "2"]


def test_persistent_values_survive_a_power_loss_and_volatile_ones_do_not() -> None:
    store = Store()
    before = model(store)
    before.set(SPEED, "9")
    before.set(SPEED, "4", AttributeType.TARGET)
    before.put("Fan", "State", 5)
    store.records("variables", str).put("Fan.OfAnotherProduct", "1")
    after = model(store)
    assert after.get(SPEED).value == "9"
    assert after.get(SPEED, AttributeType.TARGET).value == "4"
    assert after.text("Fan", "State") == "1"
