"""The pages of fleets."""

from pathlib import Path

import httpx
import pytest
from tests.fleet.test_folder import results
from tests.web.site import accessibility_problems, answer, chromium, needs_chromium, served

from plugfest.fleet.folder import SECONDS_FILE, FleetFolder
from plugfest.web.fleets.part import FleetsPart

NAME = "2026-01-01-000000-4-stations"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A folder of the user with a fleet that was not finished."""
    with FleetFolder(tmp_path / "fleets" / NAME) as folder:
        for result in results(4):
            folder.write(result)
    return tmp_path


def get(data: Path, path: str) -> httpx.Response:
    return answer(list(FleetsPart(data).routes()), "GET", path)


def test_fleets_are_listed_from_the_newest_with_what_is_known_of_them(data: Path) -> None:
    with FleetFolder(data / "fleets" / "2026-01-02-000000-1-stations") as folder:
        folder.write(results(1)[-1])
        text = get(data, "/fleets").text
    assert text.index("2026-01-02-000000-1-stations") < text.index(NAME)
    assert '<span class="live">running</span>' in text
    assert "not finished" in text
    assert "0 accepted, 4 errors" in text


def test_without_a_fleet_the_list_explains_what_will_be_there(tmp_path: Path) -> None:
    assert "There are no fleets yet." in get(tmp_path / "none", "/fleets").text


def test_a_damaged_folder_is_named_and_the_others_are_listed(data: Path) -> None:
    (data / "fleets" / "damaged").mkdir()
    text = get(data, "/fleets").text
    assert "cannot be read</span>" in text
    assert NAME in text
    assert "result.json: No such file or directory" in get(data, "/fleets/damaged").text


def test_the_page_of_a_fleet_has_its_figures_charts_and_files(data: Path) -> None:
    text = get(data, f"/fleets/{NAME}").text
    assert "4 stations at ws://127.0.0.1:9" in text
    assert text.count("<svg") == 3
    assert '<th scope="row">Heartbeat</th><td class="number">4</td>' in text
    assert '<td class="wrap">refused</td>' in text
    assert get(data, f"/fleets/{NAME}/{SECONDS_FILE}").text.count("\n") == 5
    assert get(data, f"/fleets/{NAME}/result.json").json()["fleet"]["stations"] == 4


@pytest.mark.parametrize("path", ["nope", f"{NAME}/nope", f"{NAME}/..%2F..%2Fetc", "..%2Fruns", "nope/live"])
def test_what_there_is_not_is_not_found(data: Path, path: str) -> None:
    assert get(data, f"/fleets/{path}").status_code == 404


def test_a_stream_sends_the_parts_of_a_fleet_and_ends_with_it(data: Path) -> None:
    text = get(data, f"/fleets/{NAME}/live").text
    assert [line for line in text.splitlines() if line.startswith("event:")] == [
        "event: state",
        "event: tables",
        "event: charts",
        "event: ended",
    ]


@needs_chromium
def test_the_page_of_a_running_fleet_follows_it(data: Path) -> None:
    every = results(9)
    with served(data) as site, chromium() as browser, FleetFolder(data / "fleets" / "running") as folder:
        page = browser.new_page()
        folder.write(every[1])
        page.goto(f"{site}/fleets/running")
        for result in every[2:6]:
            folder.write(result)
        page.get_by_text("5 of 9").first.wait_for()
        assert page.locator(".drawing svg").count() == 3
        assert accessibility_problems(page) == []
        page.goto(f"{site}/fleets")
        assert accessibility_problems(page) == []
