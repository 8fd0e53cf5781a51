"""A report that cannot be written is one clear line, before the campaign if possible."""

import json
from pathlib import Path

import pytest
from tests.reports import campaigns

from plugfest.reports.files import NotWritable, check_writable, write_text
from plugfest.reports.folder import LOG, PAGE, RESULTS, write_folder


def test_missing_folders_are_made(tmp_path: Path) -> None:
    write_text(tmp_path / "a" / "b.txt", "é")
    assert (tmp_path / "a" / "b.txt").read_bytes() == "é".encode()


def test_a_new_file_in_a_new_folder_is_writable(tmp_path: Path) -> None:
    check_writable(tmp_path / "a" / "b.txt")
    assert not (tmp_path / "a").exists()


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(NotWritable, match="it is a folder"):
        check_writable(tmp_path)


def test_a_file_holds_no_file(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("")
    with pytest.raises(NotWritable, match="is no folder"):
        check_writable(tmp_path / "a" / "b.txt")
    with pytest.raises(NotWritable, match="cannot be written"):
        write_text(tmp_path / "a" / "b.txt", "")


def test_a_report_folder_holds_page_results_every_frame_and_the_log(tmp_path: Path) -> None:
    page = write_folder(tmp_path, campaigns.report(), ["a line"])
    assert page == tmp_path / PAGE
    assert {path.name for path in tmp_path.iterdir()} == {PAGE, RESULTS, LOG}
    assert len(json.loads((tmp_path / RESULTS).read_text())["frames"]) == len(campaigns.SAID)
    assert (tmp_path / LOG).read_text() == "a line\n"
