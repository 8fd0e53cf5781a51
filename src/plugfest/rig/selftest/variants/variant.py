"""Variants: our station, conforming, using a freedom of the specification."""

from collections.abc import Callable, Mapping

import msgspec

from plugfest.products import Product
from plugfest.products.features import OcppVersion
from plugfest.rig.selftest.behaviours.behaviour import Patch
from plugfest.rig.selftest.variants.message_filter import MessageFilter

ChangeProduct = Callable[[Product], Product | None]
"""The product as another vendor would build it; None: the variant is not possible for this product."""


def same_product(product: Product) -> Product:
    """The product as it is."""
    return product


class Variant(msgspec.Struct, frozen=True, kw_only=True):
    """A conforming station that the lab must not accuse.

    `requirement` permits what it does, for this `reason`. `patches` replace functions of the station, `filter`
    changes its messages, `product` its PICS. `recommendation` names the requirements that it does not follow although
    it should; findings about them with the level SHOULD are right. `not_run`: cases whose text excludes the variant,
    each with the reason.
    """

    name: str
    ocpp_version: OcppVersion
    requirement: str
    reason: str
    patches: tuple[Patch, ...] = ()
    filter: MessageFilter | None = None
    product: ChangeProduct = same_product
    recommendation: tuple[str, ...] = ()
    not_run: Mapping[str, str] = {}


def permitted_v16(name: str, requirement: str, reason: str, *patches: Patch, **others: object) -> Variant:
    """A variant of an OCPP 1.6 station."""
    return _permitted("1.6", name, requirement, reason, patches, others)


def permitted_v201(name: str, requirement: str, reason: str, *patches: Patch, **others: object) -> Variant:
    """A variant of an OCPP 2.0.1 station."""
    return _permitted("2.0.1", name, requirement, reason, patches, others)


def _permitted(
    version: OcppVersion,
    name: str,
    requirement: str,
    reason: str,
    patches: tuple[Patch, ...],
    others: dict[str, object],
) -> Variant:
    fields = {"ocpp_version": version, "requirement": requirement, "reason": reason, "patches": patches, **others}
    return Variant(name=f"{version}: {name}", **fields)  # type: ignore[arg-type]
