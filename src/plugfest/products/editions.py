"""Which edition of the specification, and of its errata, selects the cases of a product."""

from __future__ import annotations

import re

import msgspec

from plugfest.products.features import FeatureCatalog
from plugfest.products.pics import Certificate, Identity, ProductError

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


def check_editions(identity: Identity, catalog: FeatureCatalog, file: str) -> None:
    """Raises ProductError for an edition that the test plan does not have, or errata that do not amend it."""
    edition, errata = identity.edition, identity.errata
    numbers = [one.number for one in catalog.editions]
    if edition is not None and edition not in numbers:
        raise ProductError(file, "product.edition", f"is {edition}", f"write {' or '.join(map(str, numbers))}")
    if errata is None:
        return
    if not _ERRATA.fullmatch(errata):
        raise ProductError(file, "product.errata", f"is {errata!r}", 'write year and month: "2025-04"')
    if edition is not None and catalog.edition_of(errata).number < edition:
        published = catalog.edition(edition).published
        raise ProductError(
            file, "product.errata", f"is {errata!r}, before Edition {edition} ({published})", "remove one of the two"
        )


def _named_edition(specification: str, catalog: FeatureCatalog) -> int | None:
    """The edition that a certificate names; the oldest of the test plan for one that is older still."""
    named = _NAMED_EDITION.search(specification)
    if named is None:
        return None
    older = [edition.number for edition in catalog.editions if edition.number <= int(named[1])]
    return older[-1] if older else catalog.editions[0].number
