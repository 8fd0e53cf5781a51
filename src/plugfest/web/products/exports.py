"""The answers of a PICS as CSV, in the columns of the official form, which `plugfest init --form` reads."""

import csv
import io
from collections.abc import Iterator

from plugfest.products import Product
from plugfest.products.answers import YES_NO
from plugfest.products.product import Answer, Measurands
from plugfest.reports.formats.as_csv import safe_cells
from plugfest.web.products.values import number_text

_WORDS = {answer: word for word, answer in YES_NO.items()}


def answers_as_csv(product: Product) -> str:
    """A row for each feature, also without an answer."""
    output = io.StringIO()
    table = csv.writer(output)
    table.writerows(tuple(safe_cells(*row)) for row in _rows(product))
    return output.getvalue()


def _rows(product: Product) -> Iterator[tuple[str, ...]]:
    catalog = product.feature_catalog
    yield "Vendor name", product.vendor
    yield "Product designation", product.model
    yield "Firmware version", product.firmware_version
    yield from ((name, _WORDS[name in product.profiles]) for name in catalog.profiles)
    for section in catalog.section:
        yield (section.title,)
        yield "ID", "Feature", "Answer"
        for feature in section.feature:
            yield feature.id, feature.title, *_answer(product.answered.get(feature.id))
    yield from _evses(product)


def _answer(answer: Answer | None) -> tuple[str, ...]:
    match answer:
        case None:
            return ("",)
        case bool():
            return (_WORDS[answer],)
        case int() | float():
            return (number_text(answer),)
        case str():
            return (answer,)
        case Measurands(tested, supported):
            return ", ".join(tested), ", ".join(supported)
        case tuple():
            return (", ".join(answer) or "No",)


def _evses(product: Product) -> Iterator[tuple[str, ...]]:
    is_v16 = product.ocpp_version == "1.6"
    ids = ("Connector",) if is_v16 else ("EVSE", "Connector")
    yield (*ids, "Current", "Phases", "Type", "Cable type")
    for evse in product.evses:
        for connector in evse.connectors:
            numbers = (str(evse.id),) if is_v16 else (str(evse.id), str(connector.id))
            yield (*numbers, evse.current, str(evse.phases), connector.type, connector.cable)
