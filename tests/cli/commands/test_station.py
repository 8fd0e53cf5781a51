"""`plugfest station`: its options and its output."""

import asyncio
import os
import signal
import socket
import sqlite3
import sys
from pathlib import Path

import httpx
import pytest
from cryptography.hazmat.primitives import serialization
from tests.station.csms import UNAUTHORIZED, Csms, refuse
from tests.station.v16.station_bench import Csms16

from plugfest.cli.main import main
from plugfest.clock import SystemClock
from plugfest.ocpp.v201 import messages as m
from plugfest.security.keys import KeyKind, key_from_pem
from plugfest.security.pki import TestPki
from plugfest.station.storage.store import Store

PRODUCT = "alpitronic-hyc-200-eu"
PRODUCT_16 = "botari-evon200-40p-2cr"


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    with pytest.raises(SystemExit) as ended:
        main(["station", *arguments])
    assert isinstance(ended.value.code, int)
    return ended.value.code, capsys.readouterr().err.strip()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("nope", "--csms", "ws://x"), "nope"),
        ((PRODUCT, "--csms", "http://x"), "is not a CSMS URL"),
        ((PRODUCT, "--csms", "wss://x"), "--csms-root FILE"),
        (("btc-power-gen4-l3a", "--csms", "ws://x"), "does not support security profile 1; it supports 2 or 3"),
        ((PRODUCT, "--csms", "ws://x", "--set", "a"), "expected COMPONENT.VARIABLE=VALUE"),
        ((PRODUCT, "--csms", "ws://x", "--set", "A.B=1"), "has no variable A.B"),
        ((PRODUCT, "--csms", "ws://x", "--set", "OCPPCommCtrlr.HeartbeatInterval=x"), "not an integer"),
        ((PRODUCT, "--csms", "ws://x", "--set", "SecurityCtrlr.SecurityProfile=3"), "cannot be set"),
        ((PRODUCT, "--csms", "ws://x", "--set", "HeartbeatInterval=5"), "is not of the form Component.Variable"),
        ((PRODUCT_16, "--csms", "ws://x", "--set", "HeartbeatInterval=x"), "HeartbeatInterval cannot be 'x'"),
        ((PRODUCT_16, "--csms", "ws://x", "--set", "Nope=5"), "has no writable configuration key Nope"),
        (
            (PRODUCT_16, "--csms", "ws://x", "--set", "LocalAuthListMaxLength=5"),
            "has no writable configuration key LocalAuth",
        ),
        ((PRODUCT_16, "--csms", "ws://x", "--set", "NumberOfConnectors=5"), "NumberOfConnectors cannot be set"),
        ((PRODUCT_16, "--csms", "ws://x", "--set", "SecurityProfile=1"), "SecurityProfile cannot be set"),
        ((PRODUCT_16, "--csms", "ws://x", "--set", "AuthorizationKey=short"), "shorter than 16 characters"),
        ((PRODUCT, "--csms", "ws://x", "--id", "a:b"), "is not a station identity"),
        ((PRODUCT, "--csms", "ws://x", "--id", "a\nb"), "is not a station identity"),
        ((PRODUCT, "--csms", f"ws://{'a' * 64}.example"), "is not a CSMS URL"),
        ((PRODUCT, "--csms", "WSS://x"), "--csms-root FILE"),
        ((PRODUCT, "--csms", "ws://x", "--control", "here"), "expected [HOST:]PORT"),
        ((PRODUCT, "--csms", "ws://x", "--control", "192.0.2.1:1"), "cannot listen on 192.0.2.1 port 1"),
        ((PRODUCT, "--csms", "ws://x", "--store", "/no/such/folder/x.db"), "cannot use /no/such/folder/x.db"),
        ((PRODUCT, "--csms", "ws://x", "--store", ""), "--store needs the name of a file"),
        ((PRODUCT, "--csms", "wss://x", "--csms-root", "/no/such/file"), "cannot read /no/such/file"),
        ((PRODUCT, "--csms", "ws://x", "--root", "CSMSRootCertificate=x"), "expected USE=FILE, with USE one of"),
        ((PRODUCT, "--csms", "ws://x", "--root", "MORootCertificate=/no/such/file"), "cannot read /no/such/file"),
        ((PRODUCT, "--csms", "ws://x", "--security-profile", "2"), "for security profile 2: it must begin with wss://"),
        ((PRODUCT, "--csms", "ws://x", "--security-profile", "0"), "does not support security profile 0"),
        ((PRODUCT, "--csms", "wss://x", "--key", "x"), "--certificate and --key must be given together"),
    ],
)
def test_a_wrong_argument_is_one_line(
    arguments: tuple[str, ...], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code, error = run(capsys, *arguments)
    assert code == 2
    assert message in error
    assert "\n" not in error


def test_a_store_that_another_station_uses_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "station.db"
    mine = Store(path)
    code, error = run(capsys, PRODUCT, "--csms", "ws://x", "--store", str(path))
    mine.close()
    assert (code, error) == (
        2,
        f"plugfest: cannot use {path} as the station's store: another station is using it",
    )


def test_a_store_of_a_newer_version_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "station.db"
    Store(path).close()
    database = sqlite3.connect(path)
    database.execute("PRAGMA user_version = 99")
    database.close()
    code, error = run(capsys, PRODUCT, "--csms", "ws://127.0.0.1:1", "--store", str(path))
    assert code == 2
    assert "newer version of Plugfest" in error
    assert "\n" not in error


@pytest.mark.parametrize("form", [serialization.PrivateFormat.PKCS8, serialization.PrivateFormat.TraditionalOpenSSL])
@pytest.mark.parametrize("product", [PRODUCT, PRODUCT_16])
def test_an_encrypted_key_is_one_line(
    product: str, form: serialization.PrivateFormat, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    mine = TestPki(SystemClock().now()).station("CS001")
    encryption = serialization.BestAvailableEncryption(b"secret")
    encrypted = key_from_pem(mine.key).private_bytes(serialization.Encoding.PEM, form, encryption)
    certificate, key = tmp_path / "certificate", tmp_path / "key"
    certificate.write_text(mine.chain)
    key.write_bytes(encrypted)
    code, error = run(capsys, product, "--csms", "ws://x", "--certificate", str(certificate), "--key", str(key))
    assert (code, error) == (2, f"plugfest: the key in {key} is encrypted; give it without a pass phrase")


@pytest.mark.parametrize("product", [PRODUCT, PRODUCT_16])
def test_a_certificate_that_is_not_usable_has_the_same_reason_as_a_root(
    product: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pki = TestPki(SystemClock().now(), kind=KeyKind.RSA_1024)
    mine = pki.station("CS001")
    for name, pem in (("root", pki.root_pem), ("certificate", mine.chain), ("key", mine.key)):
        (tmp_path / name).write_text(pem)
    files = [word for name in ("certificate", "key") for word in (f"--{name}", str(tmp_path / name))]
    own, root = (
        run(capsys, product, "--csms", "ws://x", *arguments)
        for arguments in (files, ("--root", f"ManufacturerRootCertificate={tmp_path / 'root'}"))
    )
    for code, error in (own, root):
        assert code == 2
        assert "has a key of 1024 bits; at least 2048 are required" in error
        assert "\n" not in error


def test_a_certificate_with_another_key_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pki = TestPki(SystemClock().now())
    mine, other = pki.station("CS001"), pki.station("CS002")
    for name, pem in (("root", pki.root_pem), ("certificate", mine.chain), ("key", other.key)):
        (tmp_path / name).write_text(pem)
    files = [word for name in ("certificate", "key") for word in (f"--{name}", str(tmp_path / name))]
    code, error = run(capsys, PRODUCT, "--csms", "wss://x", "--csms-root", str(tmp_path / "root"), *files)
    assert code == 2
    assert "key values mismatch" in error
    assert "\n" not in error


async def listening(process: asyncio.subprocess.Process, text: str) -> None:
    """Read the output of the command until it contains `text`."""
    assert process.stdout is not None
    async with asyncio.timeout(30):
        while text not in (await process.stdout.readline()).decode():
            assert process.returncode is None


async def station(*arguments: str, product: str = PRODUCT) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable,
        *("-c", "from plugfest.cli.main import main; main()", "station", product, *arguments),
        stdout=asyncio.subprocess.PIPE,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )


def test_it_boots_at_a_csms_and_stops_at_ctrl_c(tmp_path: Path) -> None:
    async def scenario() -> None:
        csms = Csms()
        await csms.listen()
        process = await station("--csms", csms.url, "--id", "ABC", "--store", str(tmp_path / "abc.db"))
        await csms.expect(m.BootNotificationRequest, within=30)
        assert csms.handshakes[0].identity == "ABC"
        await listening(process, "answers the BootNotification with Accepted")
        process.send_signal(signal.SIGINT)
        await listening(process, "stopped")
        assert await process.wait() == 0
        await csms.server.close()

    asyncio.run(scenario())


def test_the_control_api_is_served_over_http() -> None:
    async def scenario() -> None:
        csms = Csms()
        await csms.listen()
        with socket.create_server(("127.0.0.1", 0)) as found:
            port = found.getsockname()[1]
        process = await station("--csms", csms.url, "--control", str(port))
        await listening(process, "answers the BootNotification with Accepted")
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
            plugged = await client.post("/plug_in", json={"evse_id": 1, "connector_id": 1})
            assert plugged.is_success
            occupied = await csms.expect(m.StatusNotificationRequest, 3, within=30)
            assert occupied.connector_status == "Occupied"
        process.send_signal(signal.SIGTERM)
        assert await process.wait() == 0
        await csms.server.close()

    asyncio.run(scenario())


def test_it_prints_why_the_connection_failed_and_keeps_trying() -> None:
    async def scenario() -> None:
        csms = Csms()
        await csms.listen()
        csms.admission = lambda _: UNAUTHORIZED
        process = await station("--csms", csms.url)
        await listening(process, "wrong password?")
        await listening(process, "next attempt to connect in ")
        process.send_signal(signal.SIGINT)
        assert await process.wait() == 0
        await csms.server.close()

    asyncio.run(scenario())


def test_a_station_in_profile_0_may_hold_a_password_for_a_higher_profile() -> None:
    async def scenario() -> None:
        csms = Csms16()
        await csms.listen()
        options = ("--security-profile", "0", "--set", "AuthorizationKey=at-least-16-characters")
        process = await station("--csms", csms.url, *options, product=PRODUCT_16)
        await listening(process, f"connected to {csms.url}")
        assert csms.handshakes[0].credentials is None
        process.send_signal(signal.SIGINT)
        assert await process.wait() == 0
        await csms.server.close()

    asyncio.run(scenario())


def test_it_prints_what_is_wrong_with_the_answers_of_the_csms() -> None:
    async def scenario() -> None:
        csms = Csms()
        await csms.listen()
        csms.replies["BootNotification"] = refuse
        process = await station("--csms", csms.url)
        await listening(process, f"connected to {csms.url}")
        await listening(process, "answers BootNotification with the error InternalError: not today")
        assert csms.peer is not None
        await csms.peer.send_text('[2,"1","Reset",{"type":"Soft"}]')
        await listening(
            process,
            "the station answers the CSMS's Reset with the error PropertyConstraintViolation: Invalid enum value",
        )
        process.send_signal(signal.SIGINT)
        assert await process.wait() == 0
        await csms.server.close()

    asyncio.run(scenario())


def test_it_stops_when_standard_output_is_closed() -> None:
    async def scenario() -> None:
        csms = Csms()
        await csms.listen()
        reading, writing = os.pipe()
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", "from plugfest.cli.main import main; main()", "station", PRODUCT),
            *("--csms", csms.url, "--frames"),
            stdout=writing,
            stderr=asyncio.subprocess.PIPE,
        )
        os.close(writing)
        os.close(reading)
        async with asyncio.timeout(30):
            _, error = await process.communicate()
        assert process.returncode == 2
        assert error.decode() == "plugfest: cannot write to standard output any more: Broken pipe\n"
        await csms.server.close()

    asyncio.run(scenario())
