"""The folder of a fleet."""

from pathlib import Path

import msgspec
import pytest
from tests.fleet.test_run import description

from plugfest.fleet.figures import Figures
from plugfest.fleet.folder import RESULT_FILE, SECONDS_FILE, FleetFolder, FolderError, StoredFleet
from plugfest.fleet.results import FleetResult, History
from plugfest.fleet.worker import WorkerReport


def results(count: int) -> list[FleetResult]:
    """The results of so many seconds, in each of which a station connects and sends a message."""
    history = History(description(stations=count))
    made = [history.add(WorkerReport(prepared=count, figures=Figures()), 0.0, "preparing")]
    for second in range(1, count + 1):
        figures = Figures(stations=count, connected=second, connections=second, sent=second)
        for number in range(1, second + 1):
            figures.answered("Heartbeat", 0.01 * number)
            figures.failed("refused")
        made.append(history.add(WorkerReport(prepared=count, figures=figures, lag=0.0123), second, "running"))
    return made


def test_a_result_and_its_seconds_are_read_as_they_were_written(tmp_path: Path) -> None:
    written = results(4)
    with FleetFolder(tmp_path / "fleet") as folder:
        for result in written:
            folder.write(result)
    stored = StoredFleet(tmp_path / "fleet")
    assert stored.result() == written[-1]
    assert stored.seconds() == [one.now for one in written[1:]]
    assert stored.seconds()[0].p50 == pytest.approx(10, rel=0.03)


def test_what_is_written_can_be_read_at_once(tmp_path: Path) -> None:
    stored = StoredFleet(tmp_path / "fleet")
    with FleetFolder(tmp_path / "fleet") as folder:
        assert stored.seconds() == []
        for count, result in enumerate(results(3)):
            folder.write(result)
            assert stored.result() == result
            assert len(stored.seconds()) == count
        assert stored.is_in_use
    assert not stored.is_in_use


def test_a_folder_with_a_result_is_not_overwritten(tmp_path: Path) -> None:
    with FleetFolder(tmp_path) as folder:
        folder.write(results(1)[-1])
    with pytest.raises(FolderError, match="has the result of a fleet already: name a new folder"):
        FleetFolder(tmp_path)


def test_a_folder_that_cannot_be_created_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(FolderError, match=r"file.*: (Not a directory|File exists)"):
        FleetFolder(tmp_path / "file" / "fleet")


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"{}", "cannot be read: Object missing required field"),
        (b"\xff", "cannot be read"),
        (None, "No such file"),
    ],
)
def test_a_result_that_cannot_be_read_is_named(tmp_path: Path, content: bytes | None, problem: str) -> None:
    if content is not None:
        (tmp_path / RESULT_FILE).write_bytes(content)
    with pytest.raises(FolderError, match=problem):
        StoredFleet(tmp_path).result()


def test_a_result_of_another_format_is_refused(tmp_path: Path) -> None:
    other = msgspec.structs.replace(results(1)[-1], format_version=99)
    (tmp_path / RESULT_FILE).write_bytes(msgspec.json.encode(other))
    with pytest.raises(FolderError, match="has format 99: this Plugfest reads 1"):
        StoredFleet(tmp_path).result()


def test_damaged_lines_are_left_out(tmp_path: Path) -> None:
    with FleetFolder(tmp_path) as folder:
        for result in results(2):
            folder.write(result)
    file = tmp_path / SECONDS_FILE
    lines = file.read_bytes().splitlines()
    file.write_bytes(b"\n".join([lines[0], b"\xff,1", lines[1].replace(b"1.0", b"one", 1), lines[2], b"1,2"]))
    assert [one.connections for one in StoredFleet(tmp_path).seconds()] == [2]
