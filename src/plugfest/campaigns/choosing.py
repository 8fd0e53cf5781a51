"""The cases of a campaign and their order, as the user has chosen them."""

from collections.abc import Mapping
from typing import Any, Final

import msgspec

from plugfest.campaigns.order import Order
from plugfest.lab.operator.walking_order import walking_order
from plugfest.lab.selection import Choice, cases, choose
from plugfest.lab.settings import LabSettings
from plugfest.lab.verdict import LabError
from plugfest.products import Product
from plugfest.products.plan.requested import RequestedCases

OPTIONS: Final = {"case_ids": "ids", "blocks": "blocks", "profiles": "profiles"}
"""The options of a run that choose cases, with the field of `RequestedCases` for each."""


def requested_cases(options: Mapping[str, Any]) -> RequestedCases:
    """The cases that these options request."""
    return RequestedCases(**{field: tuple(options.get(name) or ()) for name, field in OPTIONS.items()})


def choose_cases(product: Product, requested: RequestedCases, shuffle: int | None) -> Choice:
    """The requested cases as far as they apply. Raises LabError if there is none."""
    choice = choose(product, requested, shuffle=shuffle)
    if not choice.chosen:
        raise LabError(f"no case of the OCPP {product.ocpp_version} test plan applies to {product.slug}")
    if not cases(product.ocpp_version):
        raise LabError(f"the lab implements no case of OCPP {product.ocpp_version}: it cannot test {product.slug}")
    return choice


def in_order(choice: Choice, order: Order | None, product: Product, settings: LabSettings) -> Choice:
    """The same cases in this order; None: as they are."""
    match order:
        case "walking":
            chosen = walking_order(choice.chosen, settings)
        case "plan":
            places = {one.id: place for place, one in enumerate(choose(product).chosen)}
            chosen = tuple(sorted(choice.chosen, key=lambda one: places.get(one.id, len(places))))
        case None:
            return choice
    return msgspec.structs.replace(choice, chosen=chosen)
