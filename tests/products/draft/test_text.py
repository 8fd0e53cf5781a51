"""The PICS file of a draft: it loads, with the answers of the draft, and its open questions are comments."""

import tomllib
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.products.draft.drafts import draft_of

from plugfest.products import load_product, product_names
from plugfest.products.draft import Draft, Known, open_questions
from plugfest.products.draft.text import pics_text
from plugfest.products.features import FILES, OcppVersion

PHASES = ("reference-ac", "reference-16-ac")
"""Products with EVSEs that switch phases, which a draft does not know."""


@pytest.mark.parametrize("name", [name for name in product_names() if name not in PHASES])
def test_the_file_of_a_product_has_its_answers_its_profiles_and_its_evses(name: str, tmp_path: Path) -> None:
    product = load_product(name)
    file = tmp_path / "my.toml"
    file.write_text(pics_text(draft_of(product)), encoding="utf-8")
    written = load_product(str(file))
    for field in ("vendor", "model", "firmware_version", "ocpp_version", "profiles", "answered", "evses"):
        assert getattr(written, field) == getattr(product, field), field
    assert written.performance.limit == product.performance.limit


@pytest.mark.parametrize("version", FILES)
def test_a_template_has_every_question_as_a_comment_and_each_is_valid_when_it_is_answered(
    version: OcppVersion,
) -> None:
    draft = Draft(version=version)
    text = pics_text(draft)
    assert tomllib.loads(text)["product"] == {"ocpp_version": version, "profiles": ["Core"]}
    answered = tomllib.loads(text.replace("# ? ", ""))
    questions = {feature.id for feature in open_questions(draft)}
    ids = {id for table in answered.values() if isinstance(table, dict) for id in table}
    assert questions == ids & draft.catalog.features.keys()
    assert {"vendor", "model", "firmware_version"} <= answered["product"].keys()


def test_the_source_of_an_answer_is_beside_it() -> None:
    draft = Draft(version="2.0.1").with_answer("C-49", Known(True, "AuthCacheCtrlr.Available is true"))
    (line,) = (line for line in pics_text(draft).splitlines() if line.startswith('"C-49"'))
    assert line.split() == [
        '"C-49"',
        *["=", "true", "#", "Authorization", "Cache;", "AuthCacheCtrlr.Available", "is", "true"],
    ]


def test_every_evse_that_a_station_counts_is_prepared() -> None:
    text = pics_text(Draft(version="1.6").with_answer("HFS-8", Known(3, "NumberOfConnectors is 3")))
    connectors = tomllib.loads(text.replace("# ? ", ""))["connector"]
    assert [one["id"] for one in connectors] == [1, 2, 3]


def test_a_hint_is_beside_the_open_question() -> None:
    draft = Draft(version="2.0.1", hints={"C-51": "TxCtrlr.TxStartPoint is Authorized"})
    (line,) = (line for line in pics_text(draft).splitlines() if '"C-51"' in line)
    assert line.startswith("# ? ")
    assert line.endswith("# Configurable TxStartPoint; TxCtrlr.TxStartPoint is Authorized")


@given(st.text(st.characters(codec=None), max_size=30), st.text(st.characters(codec=None), max_size=200))
def test_whatever_a_station_reports_the_file_is_valid(value: str, source: str) -> None:
    draft = Draft(version="2.0.1", identity={"vendor": Known(value, source)}, hints={"C-51": source})
    draft = msgspec.structs.replace(draft.with_answer("HFS-9", Known(value, source)), evses_from=source)
    tables = tomllib.loads(pics_text(draft).encode().decode())
    assert tables["hardware"]["HFS-9"] == tables["product"]["vendor"] == value.encode(errors="replace").decode()
