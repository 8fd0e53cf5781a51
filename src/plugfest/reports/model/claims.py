"""The PICS of a product as the tables of a test report."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from plugfest.products import Product
from plugfest.products.features import Feature, Section
from plugfest.reports.model.report import Claims, ConnectorRow, ProfileFeatures, Row, Table, Value, VendorSettingRow

SUPPORTED, TESTED, ANSWER, VALUE = "Supported / present", "Tested", "Answer", "Value"
TO_BE_TESTED = "To be tested"
DECLARED = "Supported according to vendor"


def claims(product: Product, *, partial: bool = False) -> Claims:
    """The tables of the PICS, in the order of the feature catalogue.

    After a partial run the column is headed "To be tested": not every case that the PICS asks for was run.
    """
    (hardware,) = _sections(product, "hardware")
    (questions,) = _sections(product, "questions")
    return Claims(
        hardware=_table(product, hardware, SUPPORTED),
        connectors=tuple(_connectors(product)),
        optional_features=tuple(_profile_features(product, TO_BE_TESTED if partial else TESTED)),
        questions=_table(product, questions, ANSWER),
        settings=tuple(_table(product, section, VALUE) for section in _sections(product, "settings")),
        vendor_settings=tuple(
            VendorSettingRow(name=name, value=setting.value, description=setting.description)
            for name, setting in product.vendor_settings.items()
        ),
    )


def _sections(product: Product, *tables: str) -> Iterator[Section]:
    return (section for section in product.feature_catalog.section if section.table in tables)


def _connectors(product: Product) -> Iterator[ConnectorRow]:
    for evse in product.evses:
        for connector in evse.connectors:
            yield ConnectorRow(
                evse=evse.id,
                current=evse.current,
                phases=evse.phases or None,
                connector=connector.id,
                type=connector.type,
                cable=connector.cable,
            )


def _profile_features(product: Product, tested: str) -> Iterator[ProfileFeatures]:
    for profile, sections in groupby(_sections(product, "features", "measurands"), lambda section: section.profile):
        yield ProfileFeatures(profile=profile, tables=tuple(_feature_tables(product, sections, tested)))


def _feature_tables(product: Product, sections: Iterable[Section], tested: str) -> Iterator[Table]:
    for section in sections:
        if section.table == "measurands":
            yield _table(product, section, tested, DECLARED)
        else:
            yield _table(product, section, tested if section.title.startswith("Authorization") else SUPPORTED)


def _table(product: Product, section: Section, *columns: str) -> Table:
    return Table(title=section.title, columns=columns, rows=tuple(_rows(product, section.feature)))


def _rows(product: Product, features: Sequence[Feature]) -> Iterator[Row]:
    for feature in features:
        measurands = feature.kind == "measurands"
        yield Row(
            id=feature.id,
            title=feature.title,
            value=_value(product, feature),
            supported=product.supported_measurands(feature.id) if measurands else None,
            kind="group" if feature.kind == "group" else "feature" if feature.parent is None else "option",
        )


def _value(product: Product, feature: Feature) -> Value:
    match feature.kind:
        case "claim":
            return product.claim(feature.id)
        case "number":
            number = product.limit(feature.id)
            return None if number is None else str(number)
        case "text":
            return product.text(feature.id)
        case "texts":
            return product.texts(feature.id)
        case "measurands":
            return product.measurands(feature.id)
        case "group":
            return None
