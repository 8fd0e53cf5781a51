"""The examples of the guides do what the guides say.

A block ```toml NAME is a file, ```console holds `$ plugfest ...` commands and the beginnings of lines that they print,
```python is a case that our station passes, or with a NAME a program. Commands in ```sh are not run, but they exist.
"""

import asyncio
import re
import shlex
import socket
import sys
from collections.abc import Sequence
from pathlib import Path

import click
import pytest
from tests.cli.external.station_process import running_station

from plugfest.cli.main import main, plugfest
from plugfest.clock import run_simulated
from plugfest.lab.case import CampaignCase, Case
from plugfest.lab.settings import LabSettings
from plugfest.lab.verdict import Verdict
from plugfest.products import load_product
from plugfest.reports.signing.signature_line import DOMAIN
from plugfest.rig.virtual import run_campaign

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
GUIDES = [page for page in PAGES if page.parent.name == "guides"]
BLOCK = re.compile(r"^```(\w+) ?(\S*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
LINK = re.compile(r"\]\(([^)#:]+)\)")


def blocks(guide: Path, kind: str) -> list[tuple[str, str]]:
    """The blocks of a kind: what stands behind the kind, and the text."""
    return [(name, text) for found, name, text in BLOCK.findall(guide.read_text(encoding="utf-8")) if found == kind]


def commands(guide: Path) -> list[tuple[str, list[str]]]:
    """The commands of a guide, each with the lines that it has to print."""
    sessions = (text for _, text in blocks(guide, "console"))
    parts = (part.splitlines() for session in sessions for part in session.split("$ ")[1:])
    return [(command, expected) for command, *expected in parts]


@pytest.mark.parametrize("guide", [guide for guide in GUIDES if commands(guide)], ids=lambda guide: guide.stem)
def test_the_commands_of_a_guide_print_what_it_says(
    guide: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    for name, text in blocks(guide, "toml"):
        Path(name).write_text(text, encoding="utf-8")
    for command, expected in commands(guide):
        program, *arguments = shlex.split(command)
        assert program == "plugfest"
        with pytest.raises(SystemExit):
            main(arguments)
        captured = capsys.readouterr()
        printed = (captured.out + captured.err).splitlines()
        for line in expected:
            assert any(one.startswith(line) for one in printed), f"{command}: {line!r} is not in {printed}"


def test_the_case_of_the_guide_is_passed_by_our_station() -> None:
    ((_, text),) = blocks(ROOT / "docs" / "guides" / "write-a-case.md", "python")
    names: dict[str, object] = {}
    exec(text, names)
    (case,) = (value for value in names.values() if isinstance(value, Case))
    chosen = [CampaignCase(case.id, "as in the guide", "Core", case)]
    outcome = run_simulated(run_campaign(load_product("alpitronic-hyc-200-eu"), chosen, settings=LabSettings()))
    assert [result.verdict for result in outcome.results] == [Verdict.PASS], outcome.results


def test_the_csms_of_the_guide_serves_a_station_and_prints_what_the_guide_shows(tmp_path: Path) -> None:
    guide = ROOT / "docs" / "guides" / "run-a-station.md"
    ((name, program),) = blocks(guide, "python")
    ((_, expected),) = blocks(guide, "text")
    port = free_port()
    assert "9000" in program
    (tmp_path / name).write_text(program.replace("9000", str(port)), encoding="utf-8")
    asyncio.run(serve_a_station(tmp_path / name, f"ws://localhost:{port}", expected.splitlines()))


async def serve_a_station(program: Path, url: str, expected: Sequence[str]) -> None:
    """Run the CSMS and a station, charge, and wait for the lines that the CSMS has to print, in any order."""
    csms = await asyncio.create_subprocess_exec(sys.executable, "-u", str(program), stdout=asyncio.subprocess.PIPE)
    assert csms.stdout is not None
    missing = list(expected)
    try:
        async with asyncio.timeout(30), running_station("chargepoint-ct4000", url) as station:
            plugged_in = False
            while missing:
                line = (await csms.stdout.readline()).decode().rstrip()
                assert line or not csms.stdout.at_eof()
                missing = [one for one in missing if one != line]
                if line == "status of EVSE 1 Available" and not plugged_in:
                    plugged_in = True
                    await station.act("plug_in", evse_id=1, connector_id=1)
                    await station.act("present_token", id_token="10000001")
    finally:
        csms.terminate()
        await csms.wait()


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        return int(found.getsockname()[1])


def test_the_guide_names_the_bytes_that_are_signed() -> None:
    guide = (ROOT / "docs" / "guides" / "read-a-report.md").read_text(encoding="utf-8")
    assert f"The signed bytes are `{DOMAIN.decode().rstrip()}`, a line feed, and that text." in guide


def command_of(group: click.Group, arguments: list[str]) -> click.Command:
    command = group.get_command(click.Context(group), arguments[0])
    assert command is not None, arguments
    return command_of(command, arguments[1:]) if isinstance(command, click.Group) else command


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_command_and_option_that_is_shown_exists(page: Path) -> None:
    for _, text in blocks(page, "sh"):
        for line in text.replace("\\\n", "").splitlines():
            program, *arguments = shlex.split(line, comments=True) or [""]
            if program == "plugfest" and arguments[0] != "COMMAND":
                command = command_of(plugfest, arguments)
                known = {name for parameter in command.params for name in parameter.opts}
                assert {argument for argument in arguments if argument.startswith("--")} <= known, line


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_link_to_a_file_leads_to_one(page: Path) -> None:
    links = LINK.findall(page.read_text(encoding="utf-8"))
    assert [link for link in links if not (page.parent / link).exists()] == []
