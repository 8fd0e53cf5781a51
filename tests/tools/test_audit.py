"""Which vulnerabilities of dependencies are errors."""

import msgspec
import pytest
from tools.dependencies.audit import judge, lines

REPORT = b"""{"dependencies": [
  {"name": "good", "version": "1.0", "vulns": []},
  {"name": "old", "version": "2.0", "vulns": [{"id": "A-1", "fix_versions": ["2.1", "3.0"], "aliases": []}]},
  {"name": "open", "version": "3.0", "vulns": [{"id": "A-2", "fix_versions": []}]},
  {"name": "own", "skip_reason": "not found"}
], "fixes": []}"""


def test_only_an_advisory_with_a_repaired_version_is_an_error() -> None:
    assert list(lines(judge(REPORT))) == [
        "error: old 2.0: A-1, repaired in 2.1, 3.0",
        "note: 1 of 4 packages are not known to the index",
        "note: open 3.0: A-2, not repaired yet",
    ]


def test_without_a_report_there_is_nothing_to_judge() -> None:
    with pytest.raises(msgspec.MsgspecError):
        judge(b"")
