"""`plugfest init`."""

import asyncio
import re
import socket
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner
from tests.cli.external.csms import IDENTITY, PASSWORD
from tests.cli.external.station_process import running_station
from tests.cli.test_main import run
from tests.products.draft.test_form import ROWS

from plugfest.cli.main import plugfest
from plugfest.link.client import connect
from plugfest.link.errors import LinkError
from plugfest.ocpp.versions import V201
from plugfest.products import ProductError, load_product


@pytest.fixture(autouse=True)
def _in_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("version", ["1.6", "2.0.1"])
def test_a_template_is_written_with_what_it_lacks(version: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("init", "--version", version, "-o", "my.toml") == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "my.toml: 0 answers."
    assert lines[1].endswith(" open questions (lines with # ?). Each counts as No, unless its line differs:")
    written = Path("my.toml").read_text(encoding="utf-8").splitlines()
    vendor = next(number for number, line in enumerate(written, 1) if line.startswith("# ? vendor ="))
    assert f"my.toml:{vendor}: product.vendor: is missing; add it" in lines
    empty = [line.split(": ")[:2] for line in lines if ": is empty; claim at least one of" in line]
    assert empty
    for place, key in empty:
        assert key.partition(".")[2].strip('"') in written[int(place.removeprefix("my.toml:")) - 1]
    open_ids = " ".join(line.lstrip("# ") for line in written[6 : written.index("[product]") - 1]).split()
    assert " ".join(open_ids) in " ".join(" ".join(lines).split())
    with pytest.raises(ProductError):
        load_product("my.toml")


def test_a_form_becomes_a_file_that_loads_when_it_is_complete(capsys: pytest.CaptureFixture[str]) -> None:
    more = [
        *(["C-06.2", "", "Yes"], ["C-09.1", "", "Yes"], ["C-10.1", "", "Yes"], ["C-12.2", "", "Yes"]),
        *(["C-38", "", "Yes"], ["C-48.1", "", "Yes"]),
        ["C-41", "", "TLS_RSA_WITH_AES_128_GCM_SHA256, TLS_RSA_WITH_AES_256_GCM_SHA384"],
        *([f"C-40.{number}", "", "Voltage"] for number in (2, 3, 4, 5)),
        ["C-25", "", "perhaps"],
    ]
    Path("form.csv").write_text("\n".join("\t".join(row) for row in [*ROWS, *more]), encoding="utf-8")
    assert run("init", "--form", "form.csv") == 0
    printed = capsys.readouterr()
    assert printed.err == 'Left open, row 32 of form.csv: C-25 is "perhaps"; write Yes or No\n'
    product = load_product("my-station.toml")
    assert (product.model, product.supports("C-49"), product.profiles) == (
        "Wallbox",
        True,
        {"Core", "Advanced Security"},
    )
    assert "cases apply: plugfest cases my-station.toml" in printed.out


def test_questions_are_asked_until_the_input_ends() -> None:
    ended = CliRunner().invoke(plugfest, ["init", "--ask", "-o", "my.toml"], input="Acme\nWallbox\n")
    assert ended.exit_code == 0
    lines = [" ".join(line.split()) for line in Path("my.toml").read_text(encoding="utf-8").splitlines()]
    assert 'vendor = "Acme" # answered at the terminal' in lines
    assert 'model = "Wallbox" # answered at the terminal' in lines
    assert any(line.startswith("# ? firmware_version") for line in lines)


def test_contradictions_of_a_form_are_shown_with_their_lines(capsys: pytest.CaptureFixture[str]) -> None:
    rows = [*ROWS, ["ORS-7", "", "9"], ["ORS-8", "", "3"]]
    Path("form.csv").write_text("\n".join("\t".join(row) for row in rows), encoding="utf-8")
    assert run("init", "--form", "form.csv", "-o", "my.toml") == 0
    (line,) = (one for one in capsys.readouterr().out.splitlines() if '"ORS-7"' in one)
    number = int(line.removeprefix("my.toml:").split(":")[0])
    assert Path("my.toml").read_text(encoding="utf-8").splitlines()[number - 1].startswith('"ORS-7" = 9')
    assert line.endswith("is 9, greater than ORS-8 = 3; make it the smaller one")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["-o", "exists.toml"], "exists.toml exists: name another file with -o, or overwrite it with --force"),
        (["-o", "my.txt"], "the name of a PICS file ends in .toml: my.txt does not"),
        (["-o", "exists.toml/my.toml"], "cannot write exists.toml/my.toml: "),
        (["--form", "none.csv"], "cannot read none.csv"),
        (["--form", "exists.toml"], "exists.toml has no feature of a PICS: expected the columns ID, feature, answer"),
        (["--form", "none.csv", "--listen", "ws://127.0.0.1:1"], "give either --form or --listen"),
        (["--identity", "CS1"], "the options for a station need --listen URL"),
        (["--listen", "127.0.0.1"], "is not ws://HOST:PORT or wss://HOST:PORT"),
        (["--listen", "ws://127.0.0.1:1", "--password", "short"], "the password has 5 bytes; write 16 to 64"),
        (
            ["--listen", "ws://127.0.0.1:1", "--password", "long-enough-for-both", "--password-file", "-"],
            "give only one",
        ),
        (["--version", "2.1"], "'2.1' is not one of '1.6', '2.0.1'"),
    ],
)
def test_wrong_options_are_one_line_and_write_nothing(
    arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("exists.toml").write_text("kept = 1")
    assert run("init", *arguments) == 2
    error = capsys.readouterr().err
    assert message in error
    assert len(error.splitlines()) == 1
    assert [(path.name, path.read_text()) for path in Path().iterdir()] == [("exists.toml", "kept = 1")]


def test_an_existing_file_is_overwritten_with_force() -> None:
    Path("my.toml").write_text("old = 1")
    assert run("init", "-o", "my.toml", "--force") == 0
    assert "old" not in Path("my.toml").read_text(encoding="utf-8")


async def written_from(station: str, port: int) -> tuple[str, str]:
    """The outputs of `plugfest init --listen` for a station in a process of its own, after a client that is wrong."""
    url = f"ws://127.0.0.1:{port}"
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", "from plugfest.cli.main import main; main()", "init", "--within", "60"),
        *("--listen", url, "--identity", IDENTITY, "--password-file", "password", "-o", "my.toml", "--no-ask"),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    assert process.stderr is not None
    while "Waiting for the station, at most 1 min 00 s." not in (line := (await process.stderr.readline()).decode()):
        assert line
    with pytest.raises(LinkError):
        await connect(url, "CP-7", protocols=[V201])
    async with asyncio.timeout(60), running_station(station, url):
        out, errors = await process.communicate()
    assert process.returncode == 0
    return out.decode(), errors.decode()


@pytest.mark.parametrize(("station", "version"), [("alpitronic-hyc-200-eu", "2.0.1"), ("reference-16-ac", "1.6")])
def test_a_station_on_the_network_fills_in_what_it_reports(station: str, version: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as found:
        port = int(found.getsockname()[1])
    Path("password").write_text(PASSWORD)
    printed, errors = asyncio.run(written_from(station, port))
    assert int(printed.removeprefix("my.toml: ").split()[0]) > 15
    assert "failed: the URL ends with the unknown identity CP-7 (HTTP 404)" in errors
    assert f"/{IDENTITY}, or use --identity." in errors
    assert "station connected from 127.0.0.1:" in errors
    text = re.sub(" +", " ", Path("my.toml").read_text(encoding="utf-8"))
    product = load_product(station)
    assert f"The station has chosen OCPP {version}." in errors
    assert PASSWORD not in errors
    assert f'ocpp_version = "{version}"' in text
    assert f'model = "{product.model[:20]}" # BootNotification' in text
    assert version == "1.6" or text.count("[[evse]]") == len(product.evses)
