"""Builds a product from the tables of its PICS file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from pathlib import Path

from plugfest.products.answers import read_answers
from plugfest.products.contradictions import contradictions
from plugfest.products.editions import check_editions, selecting_edition
from plugfest.products.features import FeatureCatalog, feature_catalog
from plugfest.products.pics import EvseRow, Pics, ProductError, V16ConnectorRow, read_pics
from plugfest.products.product import Connector, Evse, Product


def read_product(path: Path) -> Product:
    """Read and validate a PICS file.

    Raises ProductError for the first error.
    """
    product = build(path.stem, read_pics(path), str(path))
    for found in contradictions(product):
        table = product.feature_catalog.tables.get(found.key)
        key = f'{table}."{found.key}"' if table else found.key
        raise ProductError(str(path), key, found.wrong, found.right)
    return product


def build(slug: str, pics: Pics, file: str) -> Product:
    """Validate the names and answers in the tables.

    Raises ProductError for a name or an answer that is unknown in this OCPP version.
    """
    identity = pics.product
    catalog = feature_catalog(identity.ocpp_version)
    _check_names(pics, catalog, file)
    answered = read_answers(pics, catalog, file)
    selected_by = selecting_edition(identity, pics.certificate, catalog)
    claimed = {feature.claims for feature in catalog.features.values() if answered.get(feature.id) is True}
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
        edition=selected_by.edition,
        errata=selected_by.errata,
        description=identity.description,
        unsupported=pics.unsupported,
    )


def _check_names(pics: Pics, catalog: FeatureCatalog, file: str) -> None:
    indicators = [indicator.key for indicator in catalog.indicator]
    _check_known(pics.product.profiles, catalog.profiles, file, "product.profiles")
    _check_known(filter(None, [pics.product.subtype]), catalog.subtypes, file, "product.subtype")
    _check_known(pics.performance.limit, indicators, file, "performance.limit")
    _check_known(pics.performance.measured, indicators, file, "performance.measured")
    if pics.certificate is not None:
        _check_known(pics.certificate.results, catalog.profiles, file, "certificate.results")
        _check_known(pics.certificate.passed, catalog.profiles, file, "certificate.passed")
    _check_unsupported(pics, catalog, file)
    check_editions(pics.product, catalog, file)


def _check_unsupported(pics: Pics, catalog: FeatureCatalog, file: str) -> None:
    if pics.unsupported and not catalog.request_fields:
        version = pics.product.ocpp_version
        raise ProductError(file, "unsupported", f"is not a table of OCPP {version}", "remove it")
    fields = {field.key: field for field in catalog.request_fields}
    _check_known(pics.unsupported, fields, file, "unsupported")
    for key, values in pics.unsupported.items():
        _check_known(values, fields[key].values, file, f"unsupported.{key}")


def _check_known(names: Iterable[str], known: Iterable[str], file: str, key: str) -> None:
    for name in names:
        if name not in known:
            near = get_close_matches(name, known, n=1, cutoff=0.4) or known
            raise ProductError(file, key, f"{name!r} is unknown", f"write {' or '.join(near)}")


def _evses(pics: Pics) -> Iterator[Evse]:
    for row in pics.evse:
        yield _evse(row, tuple(Connector(id=c.id, type=c.type, cable=c.cable) for c in row.connectors))
    for v16_row in pics.connector:
        yield _evse(v16_row, (Connector(id=1, type=v16_row.type, cable=v16_row.cable),))


def _evse(row: EvseRow | V16ConnectorRow, connectors: tuple[Connector, ...]) -> Evse:
    return Evse(
        id=row.id,
        current=row.current,
        phases=row.phases,
        connectors=connectors,
        phase_counts=row.phase_counts,
        phase_pause=row.phase_pause,
    )
