"""Products as described by their PICS, and the test cases that apply to them."""

from __future__ import annotations

from plugfest.products.library import check_product_exists, load_product, performance_limits, pics_text, product_names
from plugfest.products.pics import ProductError
from plugfest.products.product import Connector, Evse, Product

__all__ = [
    "Connector",
    "Evse",
    "Product",
    "ProductError",
    "check_product_exists",
    "load_product",
    "performance_limits",
    "pics_text",
    "product_names",
]
