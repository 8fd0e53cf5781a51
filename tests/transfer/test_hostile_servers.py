"""File servers that send what no client expects: each transfer ends with its fault."""

import asyncio
import gzip

import pytest
from tests.transfer.file_servers import HOST, download, upload
from tests.transfer.hostile_server import answering, tcp_server

from plugfest.clock import run_simulated
from plugfest.transfer.errors import TransferFailed, TransferFault


def download_from(scheme: str, *answers: bytes, **options: object) -> bytes:
    async def scenario() -> bytes:
        async with answering(answers) as port:
            return await download(f"{scheme}://{HOST}:{port}/x", **options)

    return run_simulated(scenario())


def fault_of_download(scheme: str, *answers: bytes, **options: object) -> TransferFailed:
    with pytest.raises(TransferFailed) as caught:
        download_from(scheme, *answers, **options)
    assert len(str(caught.value)) < 500
    assert "\n" not in str(caught.value)
    return caught.value


def http(*headers: str, status: str = "200 OK", body: bytes = b"") -> bytes:
    lines = (f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", "Connection: close", *headers, "", "")
    return "\r\n".join(lines).encode() + body


# HTTP


def test_a_body_that_is_compressed_although_identity_was_asked_for_is_not_decoded() -> None:
    body = gzip.compress(bytes(10_000_000), 1)
    assert download_from("http", http("Content-Encoding: gzip", body=body), max_size=len(body)) == body


@pytest.mark.parametrize("method", ["download", "upload"])
@pytest.mark.parametrize("location", ["file:///etc/passwd", "ftp://127.0.0.1/x", "javascript:x"])
def test_a_redirect_to_another_protocol_is_not_followed(method: str, location: str) -> None:
    async def scenario() -> TransferFault:
        async with answering([http(f"Location: {location}", status="307 Temporary Redirect")]) as port:
            url = f"http://{HOST}:{port}/x"
            with pytest.raises(TransferFailed) as caught:
                await (download(url) if method == "download" else upload(url, b"log"))
            return caught.value.fault

    assert run_simulated(scenario()) in (TransferFault.BAD_MESSAGE, TransferFault.CONNECTION_LOST)


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\n" + b"a: b\r\n" * 100_000,
        b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: " + b"9" * 5000 + b"\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + b"F" * 1000,
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nZ\r\n",
        b"HTTP/1.1 101 Switching Protocols\r\n\r\n",
        bytes(100_000),
    ],
    ids=["endless headers", "negative length", "huge length", "huge chunk", "no number", "upgrade", "zeros"],
)
def test_an_answer_that_is_not_http_has_its_fault(answer: bytes) -> None:
    assert fault_of_download("http", answer).fault in (TransferFault.BAD_MESSAGE, TransferFault.CONNECTION_LOST)


def test_an_endless_download_ends_at_its_limit() -> None:
    async def send_without_end(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            writer.write(bytes(65536))
            await writer.drain()

    async def scenario() -> None:
        async with tcp_server(send_without_end) as port:
            with pytest.raises(TransferFailed) as caught:
                await download(f"http://{HOST}:{port}/x", max_size=1_000_000)
            assert caught.value.fault is TransferFault.TOO_LARGE

    run_simulated(scenario())


# FTP

LOGGED_IN = (b"220 Hello\r\n", b"230 Logged in\r\n", b"200 Binary\r\n")


@pytest.mark.parametrize(
    "answers",
    [
        (b"2" * 100_000,),
        ("²²² Hello\r\n".encode(),),
        (b"999 Hello\r\n",),
        (b"\xff\xfe\r\n",),
        (*LOGGED_IN, b"229 (|||99999|)\r\n"),
        (*LOGGED_IN, b"229 (|||0|)\r\n"),
        (*LOGGED_IN, b"229 (|||" + b"9" * 5000 + b"|)\r\n"),
        (*LOGGED_IN, b"500 No\r\n", b"227 127,0,0,1,999,999\r\n"),
        (*LOGGED_IN, b"500 No\r\n", b"227 127,0,0,1,4,99999\r\n"),
    ],
    ids=["endless", "superscripts", "999", "bytes", "port 99999", "port 0", "huge", "PASV 999", "PASV digits"],
)
def test_a_reply_that_is_not_ftp_has_its_fault(answers: tuple[bytes, ...]) -> None:
    assert fault_of_download("ftp", *answers).fault is TransferFault.BAD_MESSAGE


def test_a_reply_without_end_is_a_stalled_transfer() -> None:
    endless = b"220-Hello\r\n" + b"more\r\n" * 10_000
    assert fault_of_download("ftp", endless, stall_timeout=5).fault is TransferFault.STALLED


@pytest.mark.parametrize("address", ["192,0,2,1", "0,0,0,0"])
def test_a_server_cannot_have_the_station_connect_to_another_host(address: str) -> None:
    async def scenario() -> bytes:
        passive = f"227 ({address},BYTES)\r\n".encode()
        async with answering((*LOGGED_IN, b"500 No\r\n", passive, b"150 Here\r\n226 Done\r\n"), data=b"image") as port:
            return await download(f"ftp://{HOST}:{port}/x")

    assert run_simulated(scenario()) == b"image"


# SFTP


@pytest.mark.parametrize(
    "greeting",
    [
        b"SSH-2.0-\xff\xfe\r\n",
        b"SSH-2.0-x\r\n\x00\x00\x00\x10\x04\x14" + bytes(14),
        b"SSH-2.0-x\r\n" + b"\xff" * 100,
        b"SSH-1.0-x\r\n",
        bytes(100_000),
        b"x\r\n" * 100_000,
    ],
    ids=["bytes", "short packet", "huge packet", "old version", "zeros", "endless banner"],
)
def test_a_greeting_that_is_not_ssh_has_its_fault(greeting: bytes) -> None:
    fault = fault_of_download("sftp", greeting, stall_timeout=5).fault
    assert fault in (TransferFault.BAD_MESSAGE, TransferFault.FAILED)
