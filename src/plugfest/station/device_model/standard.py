"""The variables of a product's controllers: the table of its OCPP version, reduced to what its PICS claims."""

from collections.abc import Callable, Mapping
from functools import cache
from importlib.resources import files
from typing import Final

import msgspec

from plugfest.products import Product
from plugfest.station.device_model.variables import (
    Address,
    Characteristics,
    Component,
    DataType,
    Mutability,
    Variable,
    split_name,
)

Cell = str | float | bool | list[str] | dict[str, str]

_FROM_PICS: Final = frozenset(
    {
        "when",
        "initial-from",
        "min-from",
        "max-from",
        "max-beside",
        "values-from",
        "supported-by",
        "values-when",
        "true-when",
        "writable-when",
    }
)
"""The columns with ids of PICS claims, which differ between the OCPP versions."""


_DESCRIBED: Final[Mapping[str, Callable[[Product], bool]]] = {
    "switches phases": lambda product: product.switches_phases,
    "monitoring": lambda product: product.has_monitoring,
}
"""What a PICS claims without an id."""

_PHASE_SUFFIXES = {"Current.Export": ("",), "Current.Import": ("",), "Voltage": ("", "-N")}
"""The measurands that are measured for each phase, and what may follow the phase: voltages are to neutral."""


class Row(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """A row of standard.toml or v16.toml. The columns are explained there."""

    type: DataType = DataType.STRING
    unit: str | None = None
    access: Mutability = Mutability.READ_WRITE
    when: tuple[str, ...] = ()
    initial: str = ""
    initial_from: str | None = None
    min: float | None = None
    max: float | None = None
    min_from: str | None = None
    max_from: str | None = None
    max_beside: float = 0
    zero_is_off: bool = False
    values: tuple[str, ...] = ()
    values_from: str | None = None
    supported_by: str | None = None
    values_when: dict[str, str] = {}
    prefer: tuple[str, ...] = ()
    true_when: tuple[str, ...] | None = None
    writable_when: tuple[str, ...] = ()
    volatile: bool = False
    each_connector: tuple[str, ...] = ()
    phased: bool = False
    key: str | None = None
    limit_key: str | None = None
    length_key: str | None = None
    words: dict[str, str] = {}
    hexadecimal: bool = False


def controller_variables(product: Product) -> list[Variable]:
    """The variables of the logical controllers that this product has."""
    return [_variable(product, address, row) for address, row in rows_of(product).items()]


def rows_of(product: Product) -> dict[Address, Row]:
    """The rows of the variables that this product has."""
    return {address: row for address, row in _TABLES[product.ocpp_version]().items() if _exists(product, row)}


@cache
def _standard() -> dict[Address, Row]:
    return _rows(_read("standard.toml"))


@cache
def _v16() -> dict[Address, Row]:
    standard = _read("standard.toml")
    return _rows(
        {
            component: {name: _inherited(standard.get(component, {}).get(name, {})) | row for name, row in rows.items()}
            for component, rows in _read("v16.toml").items()
        }
    )


_TABLES: Final = {"2.0.1": _standard, "1.6": _v16}


def _read(name: str) -> dict[str, dict[str, dict[str, Cell]]]:
    text = files(__package__).joinpath(name).read_bytes()
    return msgspec.toml.decode(text, type=dict[str, dict[str, dict[str, Cell]]])


def _inherited(row: Mapping[str, Cell]) -> dict[str, Cell]:
    return {column: cell for column, cell in row.items() if column not in _FROM_PICS}


def _rows(table: Mapping[str, Mapping[str, Mapping[str, Cell]]]) -> dict[Address, Row]:
    return {
        Address(Component(component), *split_name(name)): msgspec.convert(row, Row)
        for component, rows in table.items()
        for name, row in rows.items()
    }


def _exists(product: Product, row: Row) -> bool:
    if row.when and not any(claims(product, claim) for claim in row.when):
        return False
    return not _is_list(row) or bool(_values(product, row))


def claims(product: Product, claim: str) -> bool:
    """Whether the product claims a feature or certification profile; every product claims `always`.

    `switches phases` is claimed by the description of an EVSE, `monitoring` by the profile or by a part of it.
    """
    if claim in product.feature_catalog.features:
        return bool(product.supports(claim))
    if claim in _DESCRIBED:
        return _DESCRIBED[claim](product)
    return claim == "always" or product.named(claim)


def _variable(product: Product, address: Address, row: Row) -> Variable:
    values = _values(product, row)
    writable = row.access is not Mutability.READ_ONLY and all(claims(product, claim) for claim in row.writable_when)
    characteristics = Characteristics(
        data_type=row.type,
        unit=row.unit,
        minimum=_limit(product, row.min_from, row.min),
        maximum=_maximum(product, row),
        values=values,
        zero_is_off=row.zero_is_off,
    )
    initial = _initial(product, row, characteristics, writable)
    if row.phased:
        characteristics = msgspec.structs.replace(characteristics, values=(*values, *_of_phases(product, values)))
    return Variable(
        address=address,
        characteristics=characteristics,
        mutability=row.access if writable else Mutability.READ_ONLY,
        initial=initial,
        persistent=not row.volatile,
    )


def _of_phases(product: Product, measurands: tuple[str, ...]) -> tuple[str, ...]:
    """The entries for one phase of these measurands, for as many phases as an EVSE has."""
    phases = range(1, max((evse.phases for evse in product.evses), default=0) + 1)
    return tuple(
        f"{name}.L{phase}{suffix}"
        for name in measurands
        for suffix in _PHASE_SUFFIXES.get(name, ())
        for phase in phases
    )


def _maximum(product: Product, row: Row) -> float | None:
    limit = _limit(product, row.max_from, row.max)
    return None if limit is None else limit + row.max_beside


def _is_list(row: Row) -> bool:
    return row.type in (DataType.OPTION_LIST, DataType.SEQUENCE_LIST, DataType.MEMBER_LIST)


def _values(product: Product, row: Row) -> tuple[str, ...]:
    claimed = [value for claim, value in row.values_when.items() if claims(product, claim)]
    if row.values_from is not None and row.values_from in product.feature_catalog.features:
        measurands = product.feature_catalog.features[row.values_from].kind == "measurands"
        claimed += (product.supported_measurands if measurands else product.texts)(row.values_from)
    claimed += [f"{number}.{entry}" for number in _connector_numbers(product) for entry in row.each_connector]
    return tuple(claimed) or tuple(value for value in row.values if _is_supported(product, row, value))


def _is_supported(product: Product, row: Row, value: str) -> bool:
    return row.supported_by is None or product.supports_values(row.supported_by, [value])


def _connector_numbers(product: Product) -> tuple[int, ...]:
    """The connector ids of OCPP 1.6; 0 is the grid connection."""
    return (0, *(evse.id for evse in product.evses))


def _limit(product: Product, setting: str | None, otherwise: float | None) -> float | None:
    found = product.limit(setting) if setting in product.feature_catalog.features else None
    return otherwise if found is None else float(found)


def _initial(product: Product, row: Row, characteristics: Characteristics, writable: bool) -> str:
    if _is_list(row):
        values = characteristics.values
        return row.initial if row.initial in values else _initial_entries(product, row, values, writable)
    if row.true_when is not None:
        return "true" if all(claims(product, claim) for claim in row.true_when) else "false"
    if row.type is not DataType.INTEGER:
        return row.initial
    number = _limit(product, row.initial_from, float(row.initial or 0)) or 0.0
    return str(int(_within(number, characteristics)))


def _initial_entries(product: Product, row: Row, values: tuple[str, ...], writable: bool) -> str:
    if row.type is DataType.OPTION_LIST:
        return values[0]
    if row.each_connector:
        one_phase, three_phases = row.each_connector[:2]
        return ",".join(f"{evse.id}.{three_phases if evse.phases == 3 else one_phase}" for evse in product.evses)
    preferred = [entry for entry in row.prefer if entry in values] if writable else []
    return ",".join(preferred or values)


def _within(number: float, characteristics: Characteristics) -> float:
    """An initial value, moved into the range that the product supports."""
    if characteristics.minimum is not None:
        number = max(number, characteristics.minimum)
    if characteristics.maximum is not None:
        number = min(number, characteristics.maximum)
    return number
