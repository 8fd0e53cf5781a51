"""The file servers of one case: opened when first used, with a record of the accesses."""

import io
from collections.abc import Sequence

import pytest

from plugfest import clock
from plugfest.lab.files.file_servers import LabFiles
from plugfest.lab.verdict import NotEquipped
from plugfest.link.tls import client_context, server_context
from plugfest.security.pki import TestPki
from plugfest.transfer.client import fetch, send
from plugfest.transfer.errors import TransferFailed
from plugfest.transfer.server import FileBehaviour

PKI = TestPki(clock.SystemClock().now())
TRUST = client_context([PKI.root_pem])

IMAGE = bytes(range(256)) * 10


def lab_files(protocols: Sequence[str] = ("HTTPS", "SFTP"), host: str = "127.0.0.1") -> LabFiles:
    return LabFiles(protocols, lambda: host, lambda host: server_context(PKI.csms(host)))


@pytest.mark.parametrize("protocol", ["HTTP", "HTTPS", "FTP", "FTPS", "SFTP"])
def test_a_station_gets_its_firmware_and_leaves_its_log_by_each_protocol(protocol: str) -> None:
    async def scenario() -> None:
        files = lab_files([protocol])
        files.documents.put("/firmware/1/image.bin", IMAGE)
        files.documents.make_folder("/logs/2")
        assert not files.fetched("/firmware/1/image.bin")
        sink = io.BytesIO()
        await fetch(await files.url("/firmware/1/image.bin", protocol), sink, tls=TRUST)
        assert sink.getvalue() == IMAGE
        assert files.fetched("/firmware/1/image.bin")
        await send(await files.url("/logs/2/", protocol), io.BytesIO(b"log"), "log.txt", tls=TRUST)
        assert files.received("/logs/2") == {"log.txt": b"log"}
        await files.close()

    clock.run_simulated(scenario())


def test_what_broke_off_is_neither_fetched_nor_received() -> None:
    async def scenario() -> None:
        files = lab_files()
        files.documents.put("/firmware/image.bin", IMAGE)
        files.documents.make_folder("/logs")
        for path in ("/firmware", "/logs"):
            files.documents.set_behaviour(path, FileBehaviour(abort_after=100))
        with pytest.raises(TransferFailed):
            await fetch(await files.url("/firmware/image.bin", "HTTPS"), io.BytesIO(), tls=TRUST)
        with pytest.raises(TransferFailed):
            await send(await files.url("/logs/", "HTTPS"), io.BytesIO(IMAGE), "log.txt", tls=TRUST)
        assert not files.fetched("/firmware/image.bin")
        assert files.received("/logs") == {}
        assert len(files.accesses("/logs", upload=True)) == 1
        await files.close()

    clock.run_simulated(scenario())


def test_a_client_without_credentials_gets_nothing() -> None:
    async def scenario() -> None:
        files = lab_files()
        files.documents.put("/firmware/image.bin", IMAGE)
        scheme, _, rest = (await files.url("/firmware/image.bin", "HTTPS")).partition("://")
        with pytest.raises(TransferFailed):
            await fetch(f"{scheme}://{rest.partition('@')[2]}", io.BytesIO(), tls=TRUST)
        await files.close()

    clock.run_simulated(scenario())


def test_cases_take_the_protocols_in_turns() -> None:
    files = lab_files(("HTTP", "FTP", "SFTP"))
    assert [files.protocol(turn) for turn in range(4)] == ["HTTP", "FTP", "SFTP", "HTTP"]


def test_without_a_protocol_or_an_address_there_is_no_server() -> None:
    async def scenario() -> None:
        with pytest.raises(NotEquipped, match="supports no file transfer protocol"):
            lab_files(()).protocol(0)
        with pytest.raises(NotEquipped, match="cannot serve files"):
            await lab_files(host="192.0.2.1").url("/", "HTTP")

    clock.run_simulated(scenario())
