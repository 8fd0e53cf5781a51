"""The controllers' variables of one product: the table of the standard, narrowed by what its PICS claims."""

from functools import cache
from importlib.resources import files

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


class Row(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """A row of standard.toml; that file explains the columns."""

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
    values: tuple[str, ...] = ()
    values_from: str | None = None
    values_when: dict[str, str] = {}
    prefer: tuple[str, ...] = ()
    true_when: tuple[str, ...] | None = None
    writable_when: tuple[str, ...] = ()
    volatile: bool = False


def controller_variables(product: Product) -> list[Variable]:
    """The variables of the logical controllers that this product has."""
    return [
        _variable(product, component, name, row)
        for component, rows in _table().items()
        for name, row in rows.items()
        if _exists(product, row)
    ]


@cache
def _table() -> dict[str, dict[str, Row]]:
    text = files(__package__).joinpath("standard.toml").read_bytes()
    return msgspec.toml.decode(text, type=dict[str, dict[str, Row]])


def _exists(product: Product, row: Row) -> bool:
    if row.when and not any(claims(product, claim) for claim in row.when):
        return False
    return not _is_list(row) or bool(_values(product, row))


def claims(product: Product, claim: str) -> bool:
    """Whether the product claims a feature, or a certification profile by its name."""
    return product.supports(claim) if claim in product.catalogue.features else product.named(claim)


def _variable(product: Product, component: str, name: str, row: Row) -> Variable:
    variable, instance = split_name(name)
    values = _values(product, row)
    writable = row.access is not Mutability.READ_ONLY and all(claims(product, claim) for claim in row.writable_when)
    characteristics = Characteristics(
        data_type=row.type,
        unit=row.unit,
        minimum=_limit(product, row.min_from, row.min),
        maximum=_maximum(product, row),
        values=values,
    )
    return Variable(
        address=Address(Component(component), variable, instance),
        characteristics=characteristics,
        mutability=row.access if writable else Mutability.READ_ONLY,
        initial=_initial(product, row, characteristics, writable),
        persistent=not row.volatile,
    )


def _maximum(product: Product, row: Row) -> float | None:
    limit = _limit(product, row.max_from, row.max)
    return None if limit is None else limit + row.max_beside


def _is_list(row: Row) -> bool:
    return row.type in (DataType.OPTION_LIST, DataType.SEQUENCE_LIST, DataType.MEMBER_LIST)


def _values(product: Product, row: Row) -> tuple[str, ...]:
    claimed = [value for claim, value in row.values_when.items() if claims(product, claim)]
    if row.values_from in product.catalogue.features:
        texts = product.supported_measurands if row.values_from.startswith("C-40") else product.texts
        claimed += texts(row.values_from)
    return tuple(claimed) or row.values


def _limit(product: Product, setting: str | None, otherwise: float | None) -> float | None:
    found = product.limit(setting) if setting in product.catalogue.features else None
    return otherwise if found is None else float(found)


def _initial(product: Product, row: Row, characteristics: Characteristics, writable: bool) -> str:
    if _is_list(row):
        return row.initial or _initial_entries(row, characteristics.values, writable)
    if row.true_when is not None:
        return "true" if all(claims(product, claim) for claim in row.true_when) else "false"
    if row.type is not DataType.INTEGER:
        return row.initial
    number = _limit(product, row.initial_from, float(row.initial or 0)) or 0.0
    return str(int(_within(number, characteristics)))


def _initial_entries(row: Row, values: tuple[str, ...], writable: bool) -> str:
    if row.type is DataType.OPTION_LIST:
        return values[0]
    preferred = [entry for entry in row.prefer if entry in values] if writable else []
    return ",".join(preferred or values)


def _within(number: float, characteristics: Characteristics) -> float:
    """The wanted initial value, moved into the range that the product supports."""
    if characteristics.minimum is not None:
        number = max(number, characteristics.minimum)
    if characteristics.maximum is not None:
        number = min(number, characteristics.maximum)
    return number
