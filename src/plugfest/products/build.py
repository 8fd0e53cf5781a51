"""From the file's tables to a product."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from pathlib import Path

from plugfest.products.answers import read_answers
from plugfest.products.contradictions import contradictions
from plugfest.products.features import FeatureCatalog, feature_catalog
from plugfest.products.pics import Pics, ProductError, read_pics
from plugfest.products.product import Connector, Evse, Product

ERRATA = re.compile(r"\d{4}-\d{2}")


def read_product(path: Path) -> Product:
    """Read and judge a PICS file.

    Raises ProductError with the first thing that is wrong.
    """
    product = build(path.stem, read_pics(path), str(path))
    for found in contradictions(product):
        table = product.feature_catalog.tables.get(found.key)
        key = f'{table}."{found.key}"' if table else found.key
        raise ProductError(str(path), key, found.wrong, found.right)
    return product


def build(slug: str, pics: Pics, file: str) -> Product:
    """Read what the tables answer.

    Raises ProductError where a name or an answer means nothing in this OCPP version.
    """
    identity = pics.product
    features = feature_catalog(identity.ocpp_version)
    _check_names(pics, features, file)
    answered = read_answers(pics, features, file)
    claimed = {feature.claims for feature in features.features.values() if answered.get(feature.id) is True}
    return Product(
        slug=slug,
        vendor=identity.vendor,
        model=identity.model,
        firmware_version=identity.firmware_version,
        ocpp_version=identity.ocpp_version,
        profiles=frozenset(identity.profiles) | frozenset(filter(None, claimed)),
        evses=tuple(_evses(pics)),
        answered=answered,
        vendor_settings=pics.vendor,
        performance=pics.performance,
        certificate=pics.certificate,
        subtype=identity.subtype,
        errata=identity.errata,
        description=identity.description,
    )


def _check_names(pics: Pics, features: FeatureCatalog, file: str) -> None:
    indicators = [indicator.key for indicator in features.indicator]
    _check_each(pics.product.profiles, features.profiles, file, "product.profiles")
    _check_each(filter(None, [pics.product.subtype]), features.subtypes, file, "product.subtype")
    _check_each(pics.performance.limit, indicators, file, "performance.limit")
    _check_each(pics.performance.measured, indicators, file, "performance.measured")
    if pics.certificate is not None:
        _check_each(pics.certificate.results, features.profiles, file, "certificate.results")
        _check_each(pics.certificate.passed, features.profiles, file, "certificate.passed")
    if pics.product.errata is not None and not ERRATA.fullmatch(pics.product.errata):
        raise ProductError(file, "product.errata", f"is {pics.product.errata!r}", 'write year and month: "2025-04"')


def _check_each(names: Iterable[str], known: Iterable[str], file: str, key: str) -> None:
    for name in names:
        if name not in known:
            near = get_close_matches(name, known, n=1, cutoff=0.4) or known
            raise ProductError(file, key, f"{name!r} is unknown", f"write {' or '.join(near)}")


def _evses(pics: Pics) -> Iterator[Evse]:
    for row in pics.evse:
        connectors = tuple(Connector(id=c.id, type=c.type, cable=c.cable) for c in row.connectors)
        yield Evse(id=row.id, current=row.current, phases=row.phases, connectors=connectors)
    for socket in pics.connector:
        connector = Connector(id=1, type=socket.type, cable=socket.cable)
        yield Evse(id=socket.id, current=socket.current, phases=socket.phases, connectors=(connector,))
