"""A wrong station, and who has to notice."""

import msgspec

from plugfest.lab.verdict import Level
from plugfest.rig.selftest.behaviours.patch import Patch


class Behaviour(msgspec.Struct, frozen=True):
    """One defect. `cases` have to notice it, on `product` or else on any product that they apply to.

    Where it goes against a recommendation only (`level`), a finding of that level is enough.
    """

    name: str
    requirement: str
    cases: tuple[str, ...]
    patches: tuple[Patch, ...]
    product: str | None = None
    level: Level = Level.SHALL


def wrong(
    name: str, requirement: str, cases: str, *patches: Patch, product: str | None = None, level: Level = Level.SHALL
) -> Behaviour:
    """A behaviour; `cases` are named without the _CS at their end."""
    return Behaviour(name, requirement, tuple(f"{one}_CS" for one in cases.split()), patches, product, level)
