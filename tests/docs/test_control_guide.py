"""The examples of the guide of the control API, against a station in a process of its own."""

import asyncio
import re
import shlex
import sys
from pathlib import Path

import httpx
from tests.cli.external.station_process import StationProcess, running_station
from tests.docs.test_guides import ROOT, blocks
from tests.station.csms import Csms

from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201 import types as t
from plugfest.station.control.conditions import Condition
from plugfest.station.control.http_api.openapi import openapi
from plugfest.station.control.operations import OPERATIONS

GUIDE = ROOT / "docs" / "guides" / "control-a-station.md"
ADDRESS = "localhost:8080"


def requests() -> list[tuple[str, ...]]:
    """The curl commands of the guide, without the program."""
    lines = (line for _, text in blocks(GUIDE, "sh") for line in text.splitlines())
    return [tuple(shlex.split(line)[1:]) for line in lines if line.startswith("curl ")]


def request(client: httpx.Client, arguments: tuple[str, ...]) -> httpx.Request:
    """What curl sends."""
    method, headers, fields = "GET", {}, list[tuple[str, str]]()
    content: str | None = None
    rest = iter(arguments)
    path = ""
    for one in rest:
        match one:
            case "-G" | "-N":
                pass
            case "-H":
                name, _, value = next(rest).partition(": ")
                headers[name] = value
            case "-d" if "-G" not in arguments:
                method, content = "POST", next(rest)
                headers["Content-Type"] = "application/x-www-form-urlencoded"
            case "-d" | "--data-urlencode":
                name, _, value = next(rest).partition("=")
                fields.append((name, value))
            case _:
                assert one.startswith(ADDRESS), one
                path = one.removeprefix(ADDRESS)
    return client.build_request(method, path, params=fields or None, headers=headers, content=content)


def perform(url: str) -> dict[tuple[str, ...], httpx.Response]:
    """The answers to all requests of the guide, in their order; of a stream its beginning."""
    answers = {}
    with httpx.Client(base_url=url, timeout=60) as client:
        for arguments in requests():
            sent = request(client, arguments)
            answer = client.send(sent, stream="-N" in arguments)
            if "-N" in arguments:
                assert next(answer.iter_bytes()).startswith(b"event: ")
                answer.close()
            assert answer.status_code == 200, f"{arguments}: {answer.text}"
            answers[arguments] = answer
    return answers


async def run(tmp_path: Path) -> None:
    csms = Csms()
    accepted = t.IdTokenInfoType(status=t.AuthorizationStatusEnumType.Accepted)
    csms.replies["Authorize"] = lambda _: m.AuthorizeResponse(id_token_info=accepted)
    await csms.listen()
    async with asyncio.timeout(120), running_station("chargepoint-ct4000", csms.url) as station:
        answers = await asyncio.to_thread(perform, station.url)
        (transfer,) = (answer for arguments, answer in answers.items() if "data_transfer" in arguments[0])
        assert transfer.text == '{"status":"UnknownVendorId","data":null,"reason":""}'
        assert transfer.json() == {"status": "UnknownVendorId", "data": None, "reason": ""}
        await asyncio.sleep(0)
        await print_as_shown(station, tmp_path)
    await csms.server.close()


async def print_as_shown(station: StationProcess, tmp_path: Path) -> None:
    """Run the program of the guide."""
    ((name, program),) = blocks(GUIDE, "python")
    ((_, expected),) = blocks(GUIDE, "text")
    assert f"http://{ADDRESS}" in program
    (tmp_path / name).write_text(program.replace(f"http://{ADDRESS}", station.url), encoding="utf-8")
    process = await asyncio.create_subprocess_exec(
        sys.executable, str(tmp_path / name), stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    printed, _ = await process.communicate()
    assert printed.decode() == expected


def test_the_examples_do_what_the_guide_shows(tmp_path: Path) -> None:
    asyncio.run(run(tmp_path))


def test_the_guide_names_every_operation_status_and_parameter() -> None:
    text = GUIDE.read_text(encoding="utf-8")
    named = set(re.findall(r"`(\w+)`", text))
    assert {operation.name for operation in OPERATIONS} <= named
    assert set(Condition.__struct_fields__) <= named
    statuses = {
        status
        for methods in openapi()["paths"].values()
        for operation in methods.values()
        for status in operation["responses"]
    }
    assert statuses == set(re.findall(r"^\| (\d{3}) \|", text, re.MULTILINE))
