"""Which edition of the specification, and of its errata, selects the cases of a product."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

import msgspec

from plugfest.products.features import FeatureCatalog
from plugfest.products.pics import Certificate, Identity
from plugfest.toml_files.problems import Key, Problem

EDITION: Final[Key] = ("product", "edition")
ERRATA: Final[Key] = ("product", "errata")

_ERRATA = re.compile(r"\d{4}-\d{2}")
_NAMED_EDITION = re.compile(r"Edition (\d+)")
_NAMED_ERRATA = re.compile(r"Errata (\d{4}-\d{2})")


class AmendedEdition(msgspec.Struct, frozen=True):
    """An edition of the specification with an edition of its errata; None: the newest."""

    edition: int
    errata: str | None

    @property
    def title(self) -> str:
        return f"Edition {self.edition} with the errata {self.errata}" if self.errata else f"Edition {self.edition}"


def selecting_edition(identity: Identity, certificate: Certificate | None, catalog: FeatureCatalog) -> AmendedEdition:
    """What the PICS declares, otherwise what its certificate names, otherwise the newest edition.

    Errata without an edition name the one that they amend.
    """
    edition, errata = identity.edition, identity.errata
    if edition is None and errata is None and certificate is not None:
        edition = _named_edition(certificate.specification, catalog)
        named = _NAMED_ERRATA.search(certificate.specification)
        errata = named[1] if named else None
    if edition is None:
        edition = (catalog.edition_of(errata) if errata else catalog.editions[-1]).number
    return AmendedEdition(edition, errata)


def edition_problems(identity: Identity, catalog: FeatureCatalog) -> Iterator[Problem]:
    """An edition that the test plan does not have, and errata that are unknown or do not amend the edition."""
    edition, errata = identity.edition, identity.errata
    numbers = [one.number for one in catalog.editions]
    if edition is not None and edition not in numbers:
        yield Problem(EDITION, f"is {edition}", f"write {' or '.join(map(str, numbers))}")
    if errata is None:
        return
    if not _ERRATA.fullmatch(errata):
        yield Problem(ERRATA, f"is {errata!r}", f'write year and month: "{catalog.errata[-1]}"')
    elif errata not in catalog.errata:
        yield Problem(ERRATA, f"is {errata!r}, which is unknown", f"write one of {', '.join(catalog.errata)}")
    elif edition in numbers and catalog.edition_of(errata).number < edition:
        published = catalog.edition(edition).published
        yield Problem(ERRATA, f"is {errata!r}, before Edition {edition} ({published})", "remove one of the two")


def _named_edition(specification: str, catalog: FeatureCatalog) -> int | None:
    """The edition that a certificate names; the oldest of the test plan for one that is older still."""
    named = _NAMED_EDITION.search(specification)
    if named is None:
        return None
    older = [edition.number for edition in catalog.editions if edition.number <= int(named[1])]
    return older[-1] if older else catalog.editions[0].number
