"""Key performance indicators: what the vendor allows, and what the record of a campaign shows."""

from collections.abc import Mapping
from typing import Final, Literal

import msgspec

from plugfest.lab.performance import Measurement
from plugfest.products import Product, load_product, product_names

NOT_MEASURABLE: Final = "not measurable"


class Indicator(msgspec.Struct, frozen=True, kw_only=True):
    """One indicator of the product's OCPP version, in seconds.

    `limit` is None where the vendor names none; `within_limit` where there is nothing to compare.
    """

    key: str
    title: str
    limit: float | None
    measured: Measurement | Literal["not measurable"]
    within_limit: bool | None


def indicators(product: Product, measured: Mapping[str, Measurement]) -> tuple[Indicator, ...]:
    """Each indicator with its limit and what was measured, if it was."""
    limits = _limits(product)
    return tuple(
        _indicator(one.key, one.title, limits.get(one.key), measured.get(one.key))
        for one in product.catalogue.indicator
    )


def _limits(product: Product) -> Mapping[str, float]:
    """The vendor's limits; those of the representative for a family member that names none of its own."""
    representative = product.certificate.representative if product.certificate else None
    if product.performance.limit or representative not in product_names():
        return product.performance.limit
    return load_product(representative).performance.limit


def _indicator(key: str, title: str, limit: float | None, measured: Measurement | None) -> Indicator:
    return Indicator(
        key=key,
        title=title,
        limit=limit,
        measured=measured or NOT_MEASURABLE,
        within_limit=None if limit is None or measured is None else measured.maximum <= limit,
    )
