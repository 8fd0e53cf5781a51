"""Mutants that a lab need not notice, each with the reason. A survivor that is not here is a gap in a case."""

from collections.abc import Callable

import msgspec

from plugfest.rig.mutants.mutant import Fault, Mutant


class Explanation(msgspec.Struct, frozen=True):
    """Why some mutants may live."""

    fits: Callable[[Mutant], bool]
    reason: str


EXPLANATIONS: tuple[Explanation, ...] = (
    Explanation(
        lambda mutant: mutant.place.action == "BootNotification" and mutant.fault in (Fault.LEFT_OUT, Fault.TWICE),
        "the CSMS has not accepted the station yet, so it boots again, which is right",
    ),
)


def explanation(mutant: Mutant) -> str | None:
    """Why this mutant may live; None if it should have been noticed."""
    return next((one.reason for one in EXPLANATIONS if one.fits(mutant)), None)
