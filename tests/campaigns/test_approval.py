"""The names in a report: from a file, from options, and from the run."""

from pathlib import Path

import pytest

from plugfest.campaigns.approval import ApprovalOptions
from plugfest.campaigns.toml_files import InvalidToml
from plugfest.reports.model.approval import Approval, Approver


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "names.toml"
    path.write_text('reference = "L-1"\ntest_location = "Hall 3"\n[vendor]\nname = "A. Person"\n')
    return path


def test_without_options_there_are_no_names() -> None:
    assert ApprovalOptions().approval() == Approval()


def test_options_take_precedence_over_the_file(file: Path) -> None:
    options = ApprovalOptions(approval_file=file, reference="L-2", reviewed_by="G. Hopper")
    assert options.approval() == Approval(
        reference="L-2", test_location="Hall 3", reviewed_by="G. Hopper", vendor=Approver(name="A. Person")
    )


def test_what_was_not_given_is_that_of_the_run(file: Path) -> None:
    stored = {"approval_file": str(file), "reference": "L-3", "clock_name": "real"}
    approval = ApprovalOptions(tested_by="A. Lovelace", test_location="Hall 4").or_else(stored).approval()
    assert (approval.reference, approval.test_location, approval.tested_by) == ("L-3", "Hall 4", "A. Lovelace")
    assert approval.vendor == Approver(name="A. Person")


def test_an_unknown_key_of_the_file_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "names.toml").write_text('author = "A. Person"')
    with pytest.raises(InvalidToml, match="author"):
        ApprovalOptions(approval_file=tmp_path / "names.toml").approval()
