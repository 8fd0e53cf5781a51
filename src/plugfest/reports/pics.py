"""A product's PICS as rows for people."""

from collections.abc import Sequence

import msgspec

from plugfest.products import Product
from plugfest.products.features import Feature

Value = bool | str | Sequence[str] | None


class PicsRow(msgspec.Struct, frozen=True):
    """One line. `value` is Yes or No, a text, a list; None where the PICS gives no answer. A group has none."""

    id: str
    title: str
    value: Value
    is_group: bool
    is_option: bool


class PicsSection(msgspec.Struct, frozen=True):
    """One table, as the feature catalogue orders them."""

    title: str
    rows: list[PicsRow]


def pics_sections(product: Product) -> list[PicsSection]:
    """Every feature of the product's OCPP version with its answer."""
    return [
        PicsSection(section.title, [_row(product, feature) for feature in section.feature])
        for section in product.catalogue.section
    ]


def _row(product: Product, feature: Feature) -> PicsRow:
    return PicsRow(
        feature.id, feature.title, _value(product, feature), feature.kind == "group", feature.parent is not None
    )


def _value(product: Product, feature: Feature) -> Value:
    match feature.kind:
        case "claim":
            return product.claim(feature.id)
        case "number":
            number = product.limit(feature.id)
            return None if number is None else f"{number:,}".replace(",", "\N{NARROW NO-BREAK SPACE}")
        case "text":
            return product.text(feature.id)
        case "texts":
            return product.texts(feature.id)
        case "measurands":
            return product.measurands(feature.id)
        case "group":
            return None
