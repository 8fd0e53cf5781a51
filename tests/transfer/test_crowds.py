"""The file servers among clients that have no password, or that do not speak the protocol."""

import asyncio
import logging
import socket

import pytest
from tests.crowds import no_file_descriptors_left, open_connections
from tests.transfer.file_servers import HOST, IMAGE, PROTOCOLS, download, running_server, upload

from plugfest.clock import run_simulated
from plugfest.transfer.errors import TransferFailed
from plugfest.transfer.server import Outcome
from plugfest.transfer.server.document_store import MAX_UPLOAD

CREDENTIALS = ("plugfest", "secret")


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_a_station_gets_its_file_while_a_crowd_keeps_connections_open(protocol: str) -> None:
    async def scenario() -> bytes:
        async with (
            running_server(protocol, credentials=CREDENTIALS) as server,
            open_connections(server.host, server.port, b"\x16\x03\x01"),
        ):
            return await download(server.url("/firmware/image 1.bin"))

    assert run_simulated(scenario()) == IMAGE


@pytest.mark.parametrize("protocol", ["HTTP", "FTP"])
def test_a_crowd_does_not_end_a_transfer_that_has_begun(protocol: str) -> None:
    async def scenario() -> bytes:
        async with running_server(protocol, credentials=CREDENTIALS) as server:
            downloading = asyncio.create_task(download(server.url("/firmware/image 1.bin")))
            await server.documents.wait_until(lambda: bool(server.documents.accesses))
            async with open_connections(server.host, server.port):
                return await downloading

    assert run_simulated(scenario()) == IMAGE


def test_a_server_accepts_again_when_there_are_file_descriptors_again(caplog: pytest.LogCaptureFixture) -> None:
    async def scenario() -> bytes:
        async with running_server("HTTP") as server:
            waiting = socket.socket()
            waiting.setblocking(False)
            with no_file_descriptors_left():
                await asyncio.get_running_loop().sock_connect(waiting, (server.host, server.port))
                await asyncio.sleep(5)
            waiting.close()
            return await download(server.url("/firmware/image 1.bin"))

    assert run_simulated(scenario()) == IMAGE
    assert not caplog.records


@pytest.mark.parametrize("line", [b"A" * 200_000, b"USER " + b"A" * 200_000 + b"\r\n"])
def test_ftp_answers_a_line_without_an_end_and_disconnects(line: bytes, caplog: pytest.LogCaptureFixture) -> None:
    async def scenario() -> bytes:
        async with running_server("FTP") as server:
            reader, writer = await asyncio.open_connection(server.host, server.port)
            writer.write(line)
            answer = await reader.readuntil(b"500 Line too long")
            writer.transport.abort()
            return answer

    assert run_simulated(scenario()).startswith(b"220 ")
    assert not caplog.records


def test_a_data_connection_of_another_host_is_closed() -> None:
    async def scenario() -> bytes:
        async with running_server("FTP") as server:
            reader, writer = await asyncio.open_connection(server.host, server.port)
            for command in (b"USER a", b"PASS b", b"EPSV"):
                writer.write(command + b"\r\n")
            text = (await reader.readuntil(b"|)")).decode()
            port = int(text.rpartition("|||")[2].rstrip("|)"))
            other, its_writer = await asyncio.open_connection(HOST, port, local_addr=("127.0.0.2", 0))
            writer.write(b"RETR /firmware/image 1.bin\r\n")
            stolen = await other.read()
            its_writer.close()
            data, data_writer = await asyncio.open_connection(HOST, port)
            received = await data.read()
            data_writer.close()
            writer.transport.abort()
            assert stolen == b""
            return received

    assert run_simulated(scenario()) == IMAGE


@pytest.mark.parametrize("protocol", PROTOCOLS)
@pytest.mark.parametrize(
    "sent",
    [
        b"\0" * 1000,
        b"\xff\xfe\r\n" * 100,
        b"GET http://[ HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET /%ff%00 HTTP/1.1\r\nHost: \xff\r\n\r\n",
        b"PUT /logs/a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b'POST /logs HTTP/1.1\r\nHost: x\r\nContent-Type: multipart/form-data; boundary="\xe9\r\n\r\n',
        b"POST /logs HTTP/1.1\r\nHost: x\r\nContent-Type: multipart/x; boundary=a\r\nContent-Length: 5\r\n\r\n--a\r\n",
        b"AUTH TLS\r\n" * 3,
        b"SSH-2.0-x\r\n" + b"\xff" * 300,
    ],
)
def test_nonsense_is_no_error_of_the_server(protocol: str, sent: bytes, caplog: pytest.LogCaptureFixture) -> None:
    async def scenario() -> bytes:
        async with running_server(protocol) as server:
            reader, writer = await asyncio.open_connection(server.host, server.port)
            writer.write(sent)
            writer.write_eof()
            try:
                async with asyncio.timeout(300):
                    await reader.read()
            except (TimeoutError, OSError):
                pass
            writer.transport.abort()
            return await download(server.url("/firmware/image 1.bin"))

    assert run_simulated(scenario()) == IMAGE
    assert not [record for record in caplog.records if record.levelno >= logging.WARNING]


@pytest.mark.parametrize("protocol", ["HTTP", "FTP"])
def test_an_upload_without_end_is_aborted(protocol: str) -> None:
    async def scenario() -> tuple[list[Outcome], list[str]]:
        async with running_server(protocol, credentials=CREDENTIALS) as server:
            with pytest.raises(TransferFailed):
                await upload(server.url("/logs/"), b"0" * (MAX_UPLOAD + 1))
            accesses = [access.outcome for access in server.documents.accesses]
            return accesses, [path for path in server.documents.files if path.startswith("/logs")]

    assert run_simulated(scenario()) == ([Outcome.ABORTED_BY_SERVER], [])
