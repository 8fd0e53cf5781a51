"""The id of a configuration: two groups of eight hex digits, as F21FDD4E-BBAEEEE5.

The first group is the same for a whole product family: the first 32 bits of the SHA-256 of what its members have in
common, that is vendor, firmware version, OCPP version, profiles, optional features, questions, settings. The second is
the product's own: that of the same and of model, hardware, connectors and measurands. What is hashed is JSON with
sorted keys and without blanks, in UTF-8, so anybody can compute it from a PICS. The groups are not those of a
certificate by OCA, whose way to compute them is not public.
"""

import hashlib
from collections.abc import Collection, Mapping
from typing import Final

import msgspec

from plugfest.products import Product

OF_THE_FAMILY: Final = frozenset({"features", "questions", "settings"})
OF_THE_PRODUCT: Final = frozenset({"hardware", "measurands"})


def config_id(product: Product) -> str:
    """The id of a product's PICS."""
    shared = {
        "vendor": product.vendor,
        "firmware_version": product.firmware_version,
        "ocpp_version": product.ocpp_version,
        "profiles": sorted(product.profiles),
        "answers": _answers(product, OF_THE_FAMILY),
        "vendor_settings": product.vendor_settings,
    }
    own = {
        "model": product.model,
        "evses": product.evses,
        "answers": _answers(product, OF_THE_PRODUCT),
        "family": shared,
    }
    return f"{_group(shared)}-{_group(own)}"


def _answers(product: Product, tables: Collection[str]) -> dict[str, object]:
    every = product.feature_catalog.tables
    return {id: answer for id, answer in product.answered.items() if every[id] in tables}


def _group(facts: Mapping[str, object]) -> str:
    return hashlib.sha256(msgspec.json.encode(facts, order="sorted")).hexdigest()[:8].upper()
