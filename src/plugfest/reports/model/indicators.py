"""Key performance indicators: what the vendor allows, and what the record of a campaign shows."""

from collections.abc import Mapping
from typing import Final, Literal

import msgspec

from plugfest.lab.recording.performance import Measurement
from plugfest.products import Product, performance_limits

NOT_MEASURABLE: Final = "not measurable"


class Indicator(msgspec.Struct, frozen=True, kw_only=True):
    """One indicator of the product's OCPP version, in seconds.

    `limit` is None where the vendor names none; `within_limit` where there is nothing to compare.
    """

    key: str
    title: str
    description: str
    limit: float | None
    measured: Measurement | Literal["not measurable"]
    within_limit: bool | None


def indicators(product: Product, measured: Mapping[str, Measurement]) -> tuple[Indicator, ...]:
    """Each indicator with its limit and what was measured, if it was."""
    limits = performance_limits(product)
    return tuple(
        Indicator(
            key=one.key,
            title=one.title,
            description=one.description,
            limit=limits.get(one.key),
            measured=measured.get(one.key) or NOT_MEASURABLE,
            within_limit=_within(limits.get(one.key), measured.get(one.key)),
        )
        for one in product.feature_catalog.indicator
    )


def _within(limit: float | None, measured: Measurement | None) -> bool | None:
    return None if limit is None or measured is None else measured.maximum <= limit
