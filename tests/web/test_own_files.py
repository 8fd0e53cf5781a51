"""The PICS files of the user."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugfest.web.own_files import FileChanged, InvalidName, OwnFiles


def test_only_files_with_plain_names_are_products(tmp_path: Path) -> None:
    folder = tmp_path / "products"
    folder.mkdir()
    for name in ("mine.toml", "My Box.toml", "mine.toml.previous", "notes.txt", ".toml"):
        (folder / name).write_text("", encoding="utf-8")
    (folder / "folder.toml").mkdir()
    assert OwnFiles(tmp_path).names() == ["mine"]


def test_a_product_is_loaded_from_a_file_of_the_user_or_from_the_catalog(tmp_path: Path) -> None:
    own = OwnFiles(tmp_path)
    own.create("mine", b"1")
    own.path("reference-ac").write_bytes(b"not shown")
    assert own.source("mine") == str(own.path("mine"))
    assert own.source("reference-ac") == "reference-ac"
    assert own.source("../mine") is None


def test_without_a_folder_there_are_no_products(tmp_path: Path) -> None:
    assert OwnFiles(tmp_path / "none").names() == []


def test_the_folder_is_created_with_the_first_file(tmp_path: Path) -> None:
    own = OwnFiles(tmp_path / "none")
    own.create("mine", b"1")
    assert own.read("mine").data == b"1"


def test_a_file_that_has_changed_is_kept(tmp_path: Path) -> None:
    own = OwnFiles(tmp_path)
    own.create("mine", b"1")
    version = own.read("mine").version
    own.path("mine").write_bytes(b"2")
    with pytest.raises(FileChanged):
        own.save("mine", b"3", version)
    assert own.read("mine").data == b"2"


def test_saving_the_same_content_keeps_the_version_before_it(tmp_path: Path) -> None:
    own = OwnFiles(tmp_path)
    own.create("mine", b"1")
    own.save("mine", b"2", None)
    own.save("mine", b"2", None)
    own.restore("mine")
    assert own.read("mine").data == b"1"


@given(st.text(max_size=80))
def test_a_free_name_can_be_given_to_a_file(wanted: str) -> None:
    own = OwnFiles(Path("none"))
    own.check_free(own.free_name(wanted))


@pytest.mark.parametrize("name", ["..", "a/b", "-a", "a-", "A", "a.b", "a\n"])
def test_a_name_that_could_leave_the_folder_is_refused(name: str) -> None:
    with pytest.raises(InvalidName):
        OwnFiles(Path("none")).check_free(name)


def test_a_name_that_is_taken_is_numbered(tmp_path: Path) -> None:
    own = OwnFiles(tmp_path)
    own.create("mine", b"1")
    assert own.free_name("Mine") == "mine-2"
    assert own.free_name("reference-ac") == "reference-ac-2"
