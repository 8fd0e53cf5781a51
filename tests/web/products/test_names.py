"""Files of the user are renamed, deleted and brought back."""

from pathlib import Path

import pytest
from tests.products.pics_files import VALID_PICS
from tests.runs.test_sitting import START
from tests.web.products.site import Section

from plugfest.runs.folder import RunDescription, RunFolder


@pytest.fixture
def section(tmp_path: Path) -> Section:
    return Section(tmp_path)


def test_a_file_is_renamed_with_the_version_before_it(section: Section) -> None:
    (section.folder / "mine.toml.previous").write_text("before", encoding="utf-8")
    renamed = section.post("/products/mine/rename", [("new_name", "wallbox-2")])
    assert renamed.headers["location"] == "/products/wallbox-2"
    assert sorted(file.name for file in section.folder.iterdir()) == ["wallbox-2.toml", "wallbox-2.toml.previous"]


@pytest.mark.parametrize("name", ["../mine", "mine", "reference-ac", "Mine", ""])
def test_a_name_that_a_file_cannot_have_is_refused_beside_the_field(section: Section, name: str) -> None:
    refused = section.post("/products/mine/rename", [("new_name", name)])
    assert refused.status_code == 409
    assert 'id="name-problem"' in refused.text
    assert section.text == VALID_PICS


def test_a_deleted_file_is_listed_and_brought_back(section: Section) -> None:
    assert section.post("/products/mine/delete", []).status_code == 303
    assert section.get("/products/mine").status_code == 404
    assert 'action="/products/mine/bring-back"' in section.get("/products").text
    assert section.post("/products/mine/bring-back", []).headers["location"] == "/products/mine"
    assert section.text == VALID_PICS
    assert "Deleted files" not in section.get("/products").text


def test_a_deleted_file_does_not_replace_another_one_of_its_name(section: Section) -> None:
    section.post("/products/mine/delete", [])
    section.file.write_text("another", encoding="utf-8")
    assert section.post("/products/mine/bring-back", []).status_code == 404
    assert section.text == "another"


@pytest.mark.parametrize("path", ["reference-ac/delete", "reference-ac/rename", "none/delete", "none/bring-back"])
def test_only_files_of_the_user_are_renamed_or_deleted(section: Section, path: str) -> None:
    assert section.post(f"/products/{path}", [("new_name", "x")]).status_code == 404


def test_a_file_that_a_campaign_tests_is_neither_renamed_nor_deleted(tmp_path: Path, section: Section) -> None:
    description = RunDescription(
        software="Plugfest", started_at=START, products=("mine",), options={"product": str(section.file)}
    )
    with RunFolder.create(tmp_path / "runs" / "run", description).locked():
        for path in ("rename", "delete"):
            refused = section.post(f"/products/mine/{path}", [("new_name", "x")])
            assert refused.status_code == 409
            assert "the campaign run tests it" in refused.text
    assert section.post("/products/mine/delete", []).status_code == 303


def test_a_file_that_is_no_pics_is_deleted_too(tmp_path: Path) -> None:
    section = Section(tmp_path, "[")
    assert 'action="/products/mine/delete"' in section.get("/products/mine").text
    assert section.post("/products/mine/delete", []).status_code == 303


def test_files_whose_names_cannot_be_used_are_listed_with_the_reason(section: Section) -> None:
    for name in ("My Box.toml", "reference-ac.toml"):
        (section.folder / name).write_text(VALID_PICS, encoding="utf-8")
    text = section.get("/products").text
    assert "<code>My Box.toml</code> use a to z" in text
    assert "<code>reference-ac.toml</code> reference-ac is a product of the catalog" in text
