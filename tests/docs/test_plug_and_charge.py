"""The guide about plug and charge: its programs and commands run, with an OCSP responder that is asked over HTTP."""

import asyncio
import contextlib
import json
import os
import shlex
import sys
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import NamedTuple

import pytest
from tests.cli.external.station_process import running_station
from tests.docs.test_guides import ROOT, blocks, free_port

GUIDE = ROOT / "docs" / "guides" / "plug-and-charge.md"

PLUGFEST = (sys.executable, "-c", "from plugfest.cli.main import main; main()")

EMAID = "DE-8AA-C12345678-X"

LIMIT = 60.0


class Outcome(NamedTuple):
    """What the CSMS prints about the contract, and what the station prints then; none if it charges."""

    contract: str
    problem: str | None = None


REFUSED = f"contract {EMAID}: the CSMS answers Invalid, certificateStatus CertificateRevoked"

OUTCOMES = {
    "good": Outcome("GOOD GOOD GOOD"),
    "revoked": Outcome("REVOKED GOOD GOOD", REFUSED),
    "unknown": Outcome("UNKNOWN GOOD GOOD", REFUSED),
    "down": Outcome("None None None", REFUSED),
}


def path_with_plugfest(folder: Path) -> str:
    """A PATH with the `plugfest` that is under test."""
    script = folder / "bin" / "plugfest"
    script.parent.mkdir()
    script.write_text(f'#!/bin/sh\nexec {shlex.join(PLUGFEST)} "$@"\n')
    script.chmod(0o755)
    return f"{script.parent}{os.pathsep}{os.environ['PATH']}"


@contextlib.asynccontextmanager
async def process(folder: Path, *command: str) -> AsyncIterator[asyncio.StreamReader]:
    """A process in the folder during the block; its standard output."""
    running = await asyncio.create_subprocess_exec(*command, cwd=folder, stdout=asyncio.subprocess.PIPE)
    assert running.stdout is not None
    try:
        yield running.stdout
    finally:
        running.terminate()
        await running.wait()


async def run(folder: Path, *command: str) -> str:
    running = await asyncio.create_subprocess_exec(*command, cwd=folder, stdout=asyncio.subprocess.PIPE)
    printed, _ = await running.communicate()
    assert running.returncode == 0
    return printed.decode()


async def wait_for_lines(output: asyncio.StreamReader, *expected: str) -> None:
    """Wait for lines in any order."""
    missing = list(expected)
    while missing:
        line = (await output.readline()).decode()
        assert line, f"the output has ended without {missing}"
        missing = [one for one in missing if one != line.rstrip()]


@contextlib.asynccontextmanager
async def responder(folder: Path, status: str) -> AsyncIterator[None]:
    """The responder with this answer about the contract; `down`: none."""
    if status == "down":
        yield
        return
    if status == "unknown":
        (issued,) = (folder / "pnc" / "issued").iterdir()
        issued.unlink()
    revoked = ("--revoked", "pnc/contract.pem") if status == "revoked" else ()
    async with process(folder, *PLUGFEST, "v2g", "responder", "pnc", *revoked) as output:
        assert (await output.readline()).startswith(b"OCSP responder at http://localhost:")
        yield


async def follow_the_guide(folder: Path, status: str, transaction: Sequence[str]) -> None:
    ((name, program),) = blocks(GUIDE, "python")
    port, ocsp_port = free_port(), free_port()
    (folder / name).write_text(program.replace("9000", str(port)), encoding="utf-8")
    await run(folder, *PLUGFEST, "v2g", "certificates", "-o", "pnc", "--ocsp", f"http://localhost:{ocsp_port}")
    roots = [
        f"--root={use}={folder}/pnc/{file}"
        for use, file in (("V2GRootCertificate", "v2g-root.pem"), ("MORootCertificate", "mo-root.pem"))
    ]
    expected = OUTCOMES[status]
    async with (
        asyncio.timeout(LIMIT),
        responder(folder, status),
        process(folder, sys.executable, "-u", name) as csms,
        running_station("reference-plug-and-charge", f"ws://localhost:{port}", *roots) as station,
    ):
        await wait_for_lines(csms, "V2G certificate Accepted")
        await station.act("ev_prepare", **json.loads((folder / "pnc" / "ev.json").read_text()))
        await station.act("plug_in", evse_id=1, connector_id=1)
        charges = transaction if expected.problem is None else ()
        await wait_for_lines(csms, f"contract {EMAID} {expected.contract}", *charges)
        if expected.problem is not None:
            await station.until_printed(expected.problem)
            assert (await station.state())["evses"][0]["contract_problem"] == expected.problem
        if status == "down":
            await station.until_printed("the CSMS has none")
        assert not [line for line in station.printed if "error" in line or "invalid" in line]


@pytest.mark.parametrize("status", OUTCOMES)
def test_the_guide_works_whatever_the_responder_answers(
    status: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", path_with_plugfest(tmp_path))
    ((_, shown),) = blocks(GUIDE, "text")
    transaction = [line for line in shown.splitlines() if line.startswith("transaction")]
    asyncio.run(follow_the_guide(tmp_path, status, transaction))


def test_the_lines_of_the_guide_are_those_of_a_good_contract() -> None:
    ((_, shown),) = blocks(GUIDE, "text")
    assert f"contract {EMAID} {OUTCOMES['good'].contract}" in shown.splitlines()
