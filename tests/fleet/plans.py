"""Plans of small fleets."""

from typing import Any

from plugfest.fleet.plan import FleetPlan, Weighted
from plugfest.products import load_product

PASSWORD = "a-password-of-16"


def plan_of(url: str = "ws://127.0.0.1:9", **options: Any) -> FleetPlan:
    """A fleet of reference stations."""
    products = options.pop("products", (Weighted(load_product("reference-ac")),))
    return FleetPlan(**{"stations": 2, "password": PASSWORD, **options}, csms_url=url, products=products)
