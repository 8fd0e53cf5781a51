"""The cases that apply to a product by some editions of the specification and its errata only."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from plugfest.products.plan import PlannedCase, plan
from plugfest.products.product import Product
from plugfest.products.selection import SelectedCase, select_by


class SelectionChange(msgspec.Struct, frozen=True):
    """From an edition on, a case applies or no longer applies; `reason` is why, `before` why it was otherwise.

    `since` is "Edition 4", or "errata 2025-06" of the edition before.
    """

    id: str
    since: str
    applies: bool
    reason: str
    before: str

    @property
    def line(self) -> str:
        verb = "applies" if self.applies else "does not apply"
        reasons = [reason.removeprefix("not applicable: ") for reason in (self.reason, self.before)]
        return f"{self.id} {verb} since {self.since}: {reasons[0]} (before: {reasons[1]})"


def changes(product: Product) -> list[SelectionChange]:
    """Every change from the oldest edition of the test plan to the newest one, in the order of the plan."""
    return [change for case in plan(product.ocpp_version) for change in _changes(case, product)]


def _changes(case: PlannedCase, product: Product) -> Iterator[SelectionChange]:
    previous: SelectedCase | None = None
    for since, edition, errata in _points(case, product):
        current = select_by(case, product, edition, errata)
        if previous is not None and current.applies != previous.applies:
            yield SelectionChange(case.id, since, current.applies, current.reason, previous.reason)
        previous = current


def _points(case: PlannedCase, product: Product) -> Iterator[tuple[str, int, str | None]]:
    """When the condition of the case changed: the name, the edition, and its errata.

    The first one is the oldest edition, before all its errata.
    """
    first, *others = product.feature_catalog.editions
    yield f"Edition {first.number}", first.number, ""
    for earlier in case.earlier:
        if earlier.before is not None:
            yield f"errata {earlier.before}", earlier.edition, earlier.before
    for edition in others:
        yield f"Edition {edition.number}", edition.number, None
