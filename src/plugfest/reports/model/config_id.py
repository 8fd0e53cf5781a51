"""The configuration ID: two groups of eight hexadecimal digits, such as F21FDD4E-BBAEEEE5.

Each group is the first 32 bits of a SHA-256. The first is equal in a product family: it covers the vendor, firmware
version, OCPP version, profiles, optional features, questions and settings. The second covers the same and the model,
hardware, connectors and measurands. The input is UTF-8 JSON with sorted keys and no whitespace. OCA does not publish
how it computes the IDs in its certificates: these differ.
"""

import hashlib
from collections.abc import Collection, Mapping
from typing import Final

import msgspec

from plugfest.products import Product

FAMILY_TABLES: Final = frozenset({"features", "questions", "settings"})
PRODUCT_TABLES: Final = frozenset({"hardware", "measurands"})


def config_id(product: Product) -> str:
    """The configuration ID of a product."""
    family = {
        "vendor": product.vendor,
        "firmware_version": product.firmware_version,
        "ocpp_version": product.ocpp_version,
        "profiles": sorted(product.profiles),
        "answers": _answers(product, FAMILY_TABLES),
        "vendor_settings": product.vendor_settings,
    }
    member = {
        "model": product.model,
        "evses": product.evses,
        "answers": _answers(product, PRODUCT_TABLES),
        "family": family,
    }
    return f"{_group(family)}-{_group(member)}"


def _answers(product: Product, tables: Collection[str]) -> dict[str, object]:
    table_of = product.feature_catalog.tables
    return {id: answer for id, answer in product.answered.items() if table_of[id] in tables}


def _group(values: Mapping[str, object]) -> str:
    return hashlib.sha256(msgspec.json.encode(values, order="sorted")).hexdigest()[:8].upper()
