"""`plugfest certify --listen`: a station of the user, and its operator."""

import asyncio
import contextlib
import os
import pty
import re
import socket
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from plugfest.cli.main import main
from plugfest.cli.values.external_station import PROMPT_OPERATOR_TIMEOUT, ExternalStationOptions
from plugfest.lab.settings import LabSettings
from plugfest.products import load_product

PRODUCT = "alpitronic-hyc-200-eu"
PICS = load_product("reference-ac")  # without limits of the vendor
WS, WSS = "ws://127.0.0.1:9000", "wss://127.0.0.1:9000"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--operator", "prompt"], "need --listen URL"),
        (["--identity", "CS1"], "need --listen URL"),
        (["--listen", WS], "--listen needs --operator"),
        (["--listen", WS, "--operator", "me"], "--operator me is not prompt, page, http=URL or station=URL"),
        (["--listen", WS, "--operator", "prompt=x"], "prompt=x is not prompt, page, http=URL or station=URL"),
        (["--listen", WS, "--operator", "http=here"], "--operator http=here is not http://HOST:PORT/PATH"),
        (["--listen", WS, "--operator", "prompt", "--ev", "http://x"], "--ev needs --operator http=URL"),
        (["--listen", WS, "--operator", "prompt", "--cannot", "fly"], "'fly' is not one of 'plug_in', 'unplug'"),
        (["--cannot", "park"], "need --listen URL"),
        (["--listen", "127.0.0.1:9000", "--operator", "prompt"], "is not ws://HOST:PORT or wss://HOST:PORT"),
        (["--listen", "ws://127.0.0.1", "--operator", "prompt"], "is not ws://HOST:PORT or wss://HOST:PORT"),
        (["--listen", "ws://127.0.0.1:9x", "--operator", "prompt"], "is not ws://HOST:PORT or wss://HOST:PORT"),
        (["--listen", "ws://h:1/path", "--operator", "prompt"], "is not ws://HOST:PORT or wss://HOST:PORT"),
        (["--listen", "ws://0.0.0.0:9000", "--operator", "prompt"], "needs --host NAME"),
        (["--listen", WS, "--operator", "prompt", "--security-profile", "2"], "cannot be used with ws://"),
        (["--listen", WSS, "--operator", "prompt", "--security-profile", "0"], "cannot be used with wss://"),
        (["--listen", WS, "--operator", "prompt", "--clock", "simulated"], "--listen needs the real clock"),
        (["--listen", WS, "--operator", "prompt", "--station-root", "/no/file"], "cannot read /no/file"),
        (["--listen", "ws://192.0.2.1:9000", "--operator", "http=http://x"], "cannot listen on 192.0.2.1 port 9000"),
        (["--settings", "/no/file"], "cannot read /no/file"),
    ],
)
def test_wrong_options_are_one_line_and_exit_code_2(
    arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["certify", PRODUCT, "--case", "TC_B_06", *arguments])
    error = capsys.readouterr().err
    assert ended.value.code == 2
    assert message in error
    assert len(error.splitlines()) == 1


def options(**values: object) -> ExternalStationOptions:
    return ExternalStationOptions(**{"listen": WS, "operator": "prompt", "pki_folder": Path("pki"), **values})  # type: ignore[arg-type]


def test_the_address_gives_the_host_and_the_listening_address() -> None:
    settings = options().settings(None, None, PICS)
    assert (settings.host, settings.listen_host, settings.port) == ("127.0.0.1", "127.0.0.1", 9000)
    settings = options(listen="ws://0.0.0.0:9000", host="lab.local").settings(None, None, PICS)
    assert (settings.host, settings.listen_host) == ("lab.local", "0.0.0.0")


def test_the_scheme_determines_the_security_profile_unless_it_is_given() -> None:
    assert options().settings(None, None, PICS).security_profile == 1
    assert options(listen=WSS).settings(None, None, PICS).security_profile == 2
    assert options(listen=WSS).settings(None, 3, PICS).security_profile == 3
    assert options().settings(None, 0, PICS).security_profile == 0


def test_options_take_precedence_over_the_settings_file(tmp_path: Path) -> None:
    (tmp_path / "lab.toml").write_text("identity = 'A'\npassword = 'a-password-of-16'\noperator_timeout = 7")
    settings = options(identity="B").settings(tmp_path / "lab.toml", None, PICS)
    assert (settings.identity, settings.password, settings.operator_timeout) == ("B", "a-password-of-16", 7)


def test_a_prompted_operator_has_more_time_than_a_fixture() -> None:
    assert options().settings(None, None, PICS).operator_timeout == PROMPT_OPERATOR_TIMEOUT
    by_fixture = options(operator="http=http://x").settings(None, None, PICS)
    assert by_fixture.operator_timeout == LabSettings().operator_timeout < PROMPT_OPERATOR_TIMEOUT


# The prompt operator, over TLS, in real time


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        return int(found.getsockname()[1])


@contextlib.asynccontextmanager
async def plugfest(*arguments: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """The running command; it is ended after the context."""
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", "from plugfest.cli.main import main; main()", *arguments),
        stdin=pipe,
        stdout=pipe,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.terminate()
        await process.communicate()


async def instructions(process: asyncio.subprocess.Process, output: list[str]) -> AsyncIterator[tuple[int, str]]:
    """Each instruction with its number; other lines of the command go into `output`."""
    assert process.stdout is not None
    instruction: tuple[int, str] | None = None
    while line := (await process.stdout.readline()).decode():
        if numbered := re.match(r"\[(\d+)\] (.*)", line):
            instruction = int(numbered[1]), numbered[2]
        elif instruction is not None and line.startswith("    Press Enter when"):
            yield instruction
            instruction = None
        else:
            output.append(line)


def test_the_prompt_operator_gets_one_instruction_at_a_time(tmp_path: Path) -> None:
    port, control_port = free_port(), free_port()
    url, root = f"wss://127.0.0.1:{port}", tmp_path / "pki" / "root.pem"
    certify = [
        *("certify", PRODUCT, "--case", "TC_G_01", "--case", "TC_C_02", "--listen", url, "--operator", "prompt"),
        *("--identity", "CS7", "--password", "a-password-of-this-station", "--pki", str(root.parent)),
    ]
    station = [
        *("station", PRODUCT, "--csms", url, "--id", "CS7", "--csms-root", str(root)),
        *("--set", "SecurityCtrlr.BasicAuthPassword=a-password-of-this-station", "--control", str(control_port)),
    ]
    actions = {"Connect an EV to connector 1 of EVSE 1": "plug_in", "Disconnect the EV": "plug_out"}
    asked: list[tuple[int, str]] = []
    output: list[str] = []

    async def scenario() -> int | None:
        async with (
            plugfest(*certify) as lab,
            contextlib.AsyncExitStack() as stack,
            httpx.AsyncClient(base_url=f"http://127.0.0.1:{control_port}", trust_env=False) as control,
        ):
            async for number, instruction in instructions(lab, output):
                asked.append((number, instruction))
                answer = "\n"
                if number == 1:
                    await stack.enter_async_context(plugfest(*station))
                elif action := next(
                    (action for words, action in actions.items() if instruction.startswith(words)), None
                ):
                    await control.post(f"/{action}", json={"evse_id": 1, "connector_id": 1})
                else:
                    answer = "no I have lost the card\n"
                assert lab.stdin is not None
                lab.stdin.write(answer.encode())
            return await lab.wait()

    assert asyncio.run(asyncio.wait_for(scenario(), 120)) == 1
    assert [number for number, _ in asked] == list(range(1, len(asked) + 1))
    assert asked[0][1].startswith("Configure this as the station's only connection to a CSMS")
    verdicts = [line.split()[:2] for line in output if line.startswith(("PASS", "FAIL", "INCONCLUSIVE"))]
    assert verdicts == [["PASS", "TC_G_01_CS"], ["INCONCLUSIVE", "TC_C_02_CS"]]
    assert "I have lost the card" in "".join(output)


def test_quit_at_a_terminal_keeps_the_run_and_shows_how_to_continue(tmp_path: Path) -> None:
    keyboard, terminal = pty.openpty()
    certify = [
        *("certify", PRODUCT, "--case", "TC_C_02", "--listen", f"ws://127.0.0.1:{free_port()}"),
        *("--operator", "prompt", "--bell", "--run", str(tmp_path / "run")),
    ]
    command = (sys.executable, "-c", "from plugfest.cli.main import main; main()", *certify)
    environment = {**os.environ, "TERM": "xterm", "COLUMNS": "120"}
    shown = ""
    with subprocess.Popen(command, stdin=terminal, stdout=terminal, stderr=terminal, env=environment) as running:
        while "Also:" not in shown:
            shown += os.read(keyboard, 4096).decode(errors="replace")
        os.write(keyboard, b"quit\n")
        while "Continue:" not in shown:
            shown += os.read(keyboard, 4096).decode(errors="replace")
        assert running.wait(30) == 130
    os.close(keyboard)
    os.close(terminal)
    assert "[1] Configure this as the station's only connection" in shown
    assert "\N{UPPER HALF BLOCK}" in shown  # of the QR code
    assert "\a" in shown
    assert "Interrupted before the first case" in shown
