"""Stations with the local authorization list that have less of what is optional about it, and around it."""

from typing import Any, Final

import msgspec

from plugfest.ocpp.message import UNSET
from plugfest.ocpp.v201 import messages as m
from plugfest.products import Product
from plugfest.rig.selftest.behaviours.behaviour import Function, Patch
from plugfest.rig.selftest.variants import stations
from plugfest.rig.selftest.variants.changes import changing
from plugfest.rig.selftest.variants.variant import ChangeProduct, Variant, permitted_v201
from plugfest.station.model.authorization.local_list import LocalList

_LOCAL: Final = ("C-30", "C-31", "C-32", "C-33", "C-34", "C-35", "C-70", "C-71", "C-72", "C-75", "C-01", "C-02")
"""Tokens at the station, and offline authorization."""

_CACHE: Final = ("C-49", "C-53", "C-59")


def _without(*claims: str) -> ChangeProduct:
    """A product with the local list, and without these claims."""

    def change(product: Product) -> Product | None:
        if not product.supports("LA-0") or not any(product.supports(claim) for claim in claims):
            return None
        return msgspec.structs.replace(product, answered={**product.answered, **dict.fromkeys(claims, False)})

    return change


def _with_list(product: Product) -> Product | None:
    return product if product.supports("LA-0") else None


def _lost_at_start(original: Function) -> Function:
    def init(self: LocalList, *arguments: Any) -> None:
        original(self, *arguments)
        self.replace(0, {})

    return init


VARIANTS: tuple[Variant, ...] = (
    permitted_v201(
        "a local list and no authorization cache",
        "Part 5 section 4.4",
        "the cache is an option of its own",
        product=_without(*_CACHE),
    ),
    permitted_v201(
        "a local list and no offline authorization of unknown tokens",
        "Part 2 section 2.3.6",
        "OfflineTxForUnknownIdEnabled is optional",
        product=_without("C-02"),
    ),
    permitted_v201(
        "a local list for remote starts only",
        "errata 5.11 and 6.2.22",
        "a station without a reader may use the list for remote starts",
        product=_without(*_LOCAL),
        not_run={
            **dict.fromkeys(("TC_E_17_CS", "TC_E_25_CS"), "the driver needs a reader to have the cable released"),
            "TC_C_14_CS": "the driver presents a card",
        },
    ),
    permitted_v201(
        "a local list without DisablePostAuthorize",
        "Part 2 section 2.5.7",
        "the variable is optional",
        product=_without("LA-3"),
    ),
    permitted_v201(
        "a local list that is always enabled, without optional variables",
        "Part 2 section 2.5",
        "Enabled, Storage and SupportsExpiryDateTime are optional",
        *stations.without_variables(
            "LocalAuthListCtrlr.Enabled",
            "LocalAuthListCtrlr.Storage",
            "LocalAuthListCtrlr.SupportsExpiryDateTime",
        ),
        product=_with_list,
        not_run={"TC_D_10_CS": "the list cannot be disabled"},
    ),
    permitted_v201(
        "a local list that is lost at a reboot",
        "D01.FR.10",
        "to keep it is only recommended",
        Patch(LocalList, "__init__", _lost_at_start),
        product=_with_list,
        not_run={"TC_D_07_CS": "its prerequisite is that the list is in non-volatile memory"},
    ),
    permitted_v201(
        "no statusInfo about the local list",
        "Part 2 SendLocalListResponse",
        "the field is optional",
        filter=changing(m.SendLocalListResponse, lambda answer: msgspec.structs.replace(answer, status_info=UNSET)),
    ),
)
