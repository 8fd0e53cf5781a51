"""The list of products, their pages, new products and files."""

import csv
import io
from pathlib import Path

import openpyxl
import pytest
from tests.products.pics_files import VALID_PICS
from tests.web.products.site import Section

from plugfest.products import load_product, product_names
from plugfest.products.draft.form import read_form
from plugfest.products.selection import select


@pytest.fixture
def section(tmp_path: Path) -> Section:
    return Section(tmp_path)


def test_the_list_is_requested_by_the_page_until_the_cases_are_counted(section: Section) -> None:
    assert 'hx-get="/products/-/list" hx-trigger="load"' in section.get("/products").text
    rows = section.get("/products/-/list").text
    assert rows in section.get("/products").text


def test_each_product_has_its_number_of_cases(section: Section) -> None:
    rows = section.get("/products/-/list").text
    for name in product_names():
        assert f'href="/products/{name}"' in rows
    assert "<strong>179</strong> cases" in rows
    assert "Acme Wallbox" in rows


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("q=alpitronic+400", ["alpitronic-hyc-400-eu", "alpitronic-hyc-400-us"]),
        ("q=acme", ["mine"]),
        ("version=1.6&profile=Reservation&q=ac", ["reference-16-ac"]),
        ("q=nothing+has+this", []),
    ],
)
def test_the_list_is_filtered(section: Section, query: str, names: list[str]) -> None:
    rows = section.get(f"/products/-/list?{query}").text
    assert [name for name in ("mine", *product_names()) if f'href="/products/{name}"' in rows] == names


def test_a_file_that_is_no_pics_is_in_the_list_with_its_problems(tmp_path: Path) -> None:
    section = Section(tmp_path, "[product]\nvendor = 1\n")
    assert "5 problems" in section.get("/products/-/list?q=mine").text
    assert "line 2" in section.get("/products/mine").text
    assert section.get("/products/mine/edit").headers["location"] == "/products/mine/text"


def test_the_cases_of_a_product_are_requested_by_its_page_until_their_code_is_imported(section: Section) -> None:
    page = "/products/reference-ac?applies=yes&q=reset"
    assert 'hx-get="/products/reference-ac/cases" hx-trigger="load"' in section.get(page).text
    cases = section.get(page.replace("?", "/cases?")).text
    assert cases in section.get(page).text


def test_a_product_has_its_cases_with_the_words_of_the_features(section: Section) -> None:
    section.get("/products/alpitronic-hyc-200-eu/cases")
    text = section.get("/products/alpitronic-hyc-200-eu").text
    assert "C-13 Reset per EVSE is No" in text
    assert '<a class="button primary" href="/bench?product=alpitronic-hyc-200-eu"' in text
    assert text.count("<code>TC_") == len(select(load_product("alpitronic-hyc-200-eu")))


def test_the_cases_of_a_product_are_filtered(section: Section) -> None:
    found = section.get("/products/reference-ac/cases?applies=yes&q=reset").text
    assert "TC_B_20_CS" in found
    assert "Does not apply" not in found


@pytest.mark.parametrize("name", ["none", "..%2Fmine", "Mine", "mine.toml"])
def test_an_unknown_product_has_no_page(section: Section, name: str) -> None:
    assert section.get(f"/products/{name}").status_code == 404
    assert section.get(f"/products/{name}/file").status_code == 404


def test_a_product_with_contradictions_cannot_start_a_campaign(tmp_path: Path) -> None:
    section = Section(tmp_path, VALID_PICS.replace('"C-02" = "Yes"', '"C-02" = "Yes"\n"C-53" = true'))
    text = section.get("/products/mine").text
    assert "is Yes without C-49" in text
    assert "/bench?product" not in text


def test_a_copy_has_the_cases_of_the_product_but_not_its_certificate(section: Section) -> None:
    for name in product_names():
        created = section.post("/products", [("from", name), ("name", f"my-{name}")])
        assert created.headers["location"] == f"/products/my-{name}/edit"
        copy = load_product(str(section.folder / f"my-{name}.toml"))
        original = load_product(name)
        assert copy.certificate is None
        assert (copy.answered, copy.edition, copy.errata) == (original.answered, original.edition, original.errata)
        assert select(copy) == select(original)


@pytest.mark.parametrize("version", ["1.6", "2.0.1"])
def test_a_new_product_has_every_question_open(section: Section, version: str) -> None:
    fields = [("from", version), ("name", "new"), ("vendor", "Acme"), ("model", "One"), ("firmware_version", "1")]
    assert section.post("/products", fields).status_code == 303
    assert (section.folder / "new.toml").read_text(encoding="utf-8").count("\n# ? ") > 50
    assert section.get("/products/new/edit").status_code == 200


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("../mine", "use a to z"),
        ("", "use a to z"),
        ("a" * 61, "at most 60"),
        ("mine", "mine exists"),
        ("reference-ac", "is a product of the catalog"),
    ],
)
def test_a_name_that_cannot_be_is_refused_and_kept(section: Section, name: str, problem: str) -> None:
    refused = section.post("/products", [("from", "2.0.1"), ("name", name), ("vendor", "<i>Acme")])
    assert refused.status_code == 422
    assert problem in refused.text
    assert "&lt;i&gt;Acme" in refused.text
    assert section.text == VALID_PICS


def test_a_pics_file_is_imported_as_it_is(section: Section) -> None:
    created = section.send("/products/-/import?file=../My%20Box.toml", VALID_PICS.encode())
    assert created.headers["location"] == "/products/my-box/edit"
    assert (section.folder / "my-box.toml").read_text(encoding="utf-8") == VALID_PICS


def test_answers_as_csv_are_imported_again(section: Section) -> None:
    exported = section.get("/products/reference-16-ac/answers.csv")
    created = section.send("/products/-/import?file=form.csv", exported.content)
    assert created.status_code == 201
    found = load_product(str(section.folder / "form.toml"))
    assert found.answered == load_product("reference-16-ac").answered


@pytest.mark.parametrize("name", product_names())
def test_the_csv_of_a_product_has_its_answers_and_evses(section: Section, name: str) -> None:
    rows = list(csv.reader(io.StringIO(section.get(f"/products/{name}/answers.csv").text)))
    product = load_product(name)
    form = read_form(rows, product.ocpp_version, "answers.csv")
    assert form.problems == []
    assert {id: known.value for id, known in form.draft.answers.items() if id in product.answered} == dict(
        product.answered
    )
    assert [evse.connectors for evse in form.draft.evses] == [evse.connectors for evse in product.evses]


def test_a_workbook_without_answers_is_refused_in_one_line(section: Section) -> None:
    content = io.BytesIO()
    openpyxl.Workbook().save(content)
    refused = section.send("/products/-/import?file=form.xlsx", content.getvalue())
    assert refused.status_code == 422
    assert refused.text == "form.xlsx has no feature of a PICS: expected the columns ID, feature, answer"


def test_what_a_form_leaves_open_is_listed_in_the_file(section: Section) -> None:
    body = b"ID,Feature,Answer\nC-13,Support for Reset per EVSE,maybe\nC-26,Support for setting the TimeZone,Yes\n"
    assert section.send("/products/-/import?file=form.csv", body).status_code == 201
    text = (section.folder / "form.toml").read_text(encoding="utf-8")
    assert text.startswith('# Left open, row 2 of form.csv: C-13 is "maybe"; write Yes or No\n')
    assert "product.vendor" in section.get("/products/form/edit").text


@pytest.mark.parametrize("body", [b"\xff\xfe", b"x" * 200_001])
def test_a_file_that_cannot_be_a_pics_is_refused(section: Section, body: bytes) -> None:
    assert section.send("/products/-/import?file=a.toml", body).status_code == 422
    assert not (section.folder / "a.toml").exists()


def test_a_file_is_downloaded_under_its_name(section: Section) -> None:
    answer = section.get("/products/mine/file")
    assert answer.headers["content-disposition"] == 'attachment; filename="mine.toml"'
    assert answer.text == VALID_PICS


def test_texts_of_a_file_are_never_markup(tmp_path: Path) -> None:
    section = Section(tmp_path, VALID_PICS.replace('"Acme"', '"<script>alert(1)</script>"'))
    for path in ("/products/-/list", "/products/mine", "/products/mine/edit", "/products/mine/text"):
        assert "<script>alert" not in section.get(path).text
