"""Key performance indicators: the vendor's limit and the measurement of each."""

from collections.abc import Mapping
from typing import Final, Literal

import msgspec

from plugfest.lab.recording.performance import Measurement
from plugfest.products import Product, performance_limits

NOT_MEASURABLE: Final = "not measurable"


class Indicator(msgspec.Struct, frozen=True, kw_only=True):
    """A performance indicator of the product's OCPP version, in seconds.

    `limit` is None if the vendor gives no limit, `within_limit` if the limit or the measurement is missing.
    """

    key: str
    title: str
    description: str
    limit: float | None
    measured: Measurement | Literal["not measurable"]
    within_limit: bool | None


def indicators(product: Product, measured: Mapping[str, Measurement]) -> tuple[Indicator, ...]:
    """The indicators of the product's OCPP version, with the limits of the vendor and these measurements."""
    limits = performance_limits(product)
    return tuple(
        Indicator(
            key=indicator.key,
            title=indicator.title,
            description=indicator.description,
            limit=limits.get(indicator.key),
            measured=measured.get(indicator.key) or NOT_MEASURABLE,
            within_limit=_within_limit(limits.get(indicator.key), measured.get(indicator.key)),
        )
        for indicator in product.feature_catalog.indicator
    )


def _within_limit(limit: float | None, measured: Measurement | None) -> bool | None:
    return None if limit is None or measured is None else measured.maximum <= limit
