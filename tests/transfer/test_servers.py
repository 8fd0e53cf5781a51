"""The file servers of the lab with third-party clients."""

import asyncio
import base64
import ftplib
import io

import pytest
from tests.transfer.file_servers import HOST, IMAGE, client_tls, running_server

from plugfest.clock import run_simulated
from plugfest.transfer.server import CannotServeFiles, DocumentStore, FileBehaviour, FileServer, Outcome
from plugfest.transfer.server.document_store import absolute
from plugfest.transfer.server.http import HttpServer
from plugfest.transfer.server.multipart import file_in_form, file_name


async def send_raw(server: FileServer, text: bytes) -> bytes:
    """The answer of an HTTP server to these bytes."""
    reader, writer = await asyncio.open_connection(server.host, server.port)
    writer.write(text)
    answer = await reader.read()
    writer.close()
    await writer.wait_closed()
    return answer


def test_http_answers_expect_100_continue() -> None:
    async def scenario() -> None:
        async with running_server("HTTP") as server:
            reader, writer = await asyncio.open_connection(server.host, server.port)
            writer.write(b"PUT /logs/a HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n")
            assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 100 ")
            writer.write(b"abc")
            assert (await reader.read()).startswith(b"HTTP/1.1 201 ")
            writer.close()
            await writer.wait_closed()
            assert server.documents.files["/logs/a"] == b"abc"

    run_simulated(scenario())


@pytest.mark.parametrize(
    ("text", "status"),
    [
        (b"HEAD /firmware/image%201.bin HTTP/1.1\r\nHost: x\r\n\r\n", b"200"),
        (b"DELETE /firmware/image%201.bin HTTP/1.1\r\nHost: x\r\n\r\n", b"405"),
        (b"POST /logs HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nab", b"400"),
        (b"What do you want?\r\n\r\n", b"400"),
    ],
    ids=["head", "delete", "file without a name", "nonsense"],
)
def test_http_has_a_status_for_everything(text: bytes, status: bytes) -> None:
    async def scenario() -> None:
        async with running_server("HTTP") as server:
            answer = await send_raw(server, text)
            assert answer.split()[1] == status
            assert answer.endswith(b"\r\n\r\n")

    run_simulated(scenario())


def test_http_accepts_a_post_of_the_file_itself_with_a_name() -> None:
    async def scenario() -> None:
        async with running_server("HTTP") as server:
            head = b'POST /logs HTTP/1.1\r\nHost: x\r\nContent-Disposition: attachment; filename="l.zip"\r\n'
            assert (await send_raw(server, head + b"Content-Length: 2\r\n\r\nab")).startswith(b"HTTP/1.1 201 ")
            assert server.documents.files["/logs/l.zip"] == b"ab"

    run_simulated(scenario())


def test_an_incomplete_upload_is_not_stored() -> None:
    async def scenario() -> None:
        async with running_server("HTTP") as server:
            _, writer = await asyncio.open_connection(server.host, server.port)
            writer.write(b"PUT /logs/a HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\na")
            writer.close()
            await writer.wait_closed()
            await server.documents.wait_until(
                lambda: [a.outcome for a in server.documents.accesses] == [Outcome.ABORTED_BY_CLIENT]
            )
            assert "/logs/a" not in server.documents.files

    run_simulated(scenario())


def test_no_password_is_recorded() -> None:
    async def scenario() -> None:
        async with running_server("HTTP", credentials=("user", "secret")) as server:
            await send_raw(server, b"GET / HTTP/1.1\r\nHost: x\r\nAuthorization: Basic dXNlcjpzZWNyZXQ=\r\n\r\n")
            (access,) = server.documents.accesses
            assert access.user == "user"
            assert "authorization" not in access.headers

    run_simulated(scenario())


@pytest.mark.parametrize("secret", [b"user:\xff\xfe", b"\xff:secret", b"user:secret\xff", b":", b""])
def test_credentials_of_any_bytes_that_are_wrong_are_refused(secret: bytes) -> None:
    async def scenario() -> None:
        async with running_server("HTTP", credentials=("user", "secret")) as server:
            header = b"Authorization: Basic " + base64.b64encode(secret)
            answer = await send_raw(
                server, b"GET /firmware/image%201.bin HTTP/1.1\r\nHost: x\r\n" + header + b"\r\n\r\n"
            )
            assert answer.startswith(b"HTTP/1.1 401 ")

    run_simulated(scenario())


@pytest.mark.parametrize("name", ["..", "/..", "a/..", "\\\\..", "."])
def test_an_upload_with_the_name_of_a_folder_is_refused(name: str) -> None:
    async def scenario() -> None:
        async with running_server("HTTP") as server:
            before = dict(server.documents.files)
            head = f'POST /logs HTTP/1.1\r\nHost: x\r\nContent-Disposition: attachment; filename="{name}"\r\n'
            assert (await send_raw(server, f"{head}Content-Length: 2\r\n\r\nab".encode())).startswith(b"HTTP/1.1 400 ")
            assert server.documents.files == before

    run_simulated(scenario())


@pytest.mark.parametrize("protocol", ["FTP", "FTPS"])
def test_ftp_with_the_client_of_the_standard_library(protocol: str) -> None:
    def use_client(server: FileServer) -> None:
        client = ftplib.FTP_TLS(context=client_tls()) if protocol == "FTPS" else ftplib.FTP()
        client.connect(HOST, server.port)
        client.login("user", "secret")
        if isinstance(client, ftplib.FTP_TLS):
            client.prot_p()
        client.cwd("/firmware")
        assert client.pwd() == "/firmware"
        client.voidcmd("TYPE I")
        assert client.size("image 1.bin") == len(IMAGE)
        whole, rest = io.BytesIO(), io.BytesIO()
        client.retrbinary("RETR image 1.bin", whole.write)
        client.retrbinary("RETR image 1.bin", rest.write, rest=1000)
        assert whole.getvalue() == IMAGE
        assert rest.getvalue() == IMAGE[1000:]
        client.cwd("../logs")
        client.storbinary("STOR log.zip", io.BytesIO(b"log"))
        for forbidden in ("DELE log.zip", "CWD /nowhere", "APPE log.zip", "RETR log.zip", "REST x", "STOR x"):
            with pytest.raises(ftplib.Error):
                client.voidcmd(forbidden)
        client.quit()

    async def scenario() -> None:
        async with running_server(protocol, credentials=("user", "secret")) as server:
            await asyncio.to_thread(use_client, server)
            assert server.documents.files["/logs/log.zip"] == b"log"
            assert [access.request for access in server.documents.accesses] == [
                "RETR image 1.bin",
                "RETR image 1.bin",
                "STOR log.zip",
            ]

    asyncio.run(scenario())


def test_ftps_accepts_no_password_in_plain_text() -> None:
    def use_client(server: FileServer) -> None:
        client = ftplib.FTP()
        client.connect(HOST, server.port)
        with pytest.raises(ftplib.error_perm, match="534"):
            client.login("user", "secret")
        with pytest.raises(ftplib.error_perm, match="530"):
            client.voidcmd("PASV")
        client.close()

    async def scenario() -> None:
        async with running_server("FTPS") as server:
            await asyncio.to_thread(use_client, server)

    asyncio.run(scenario())


def test_an_address_in_use_is_reported_in_one_line() -> None:
    async def scenario() -> None:
        async with running_server("HTTP") as server:
            with pytest.raises(CannotServeFiles, match=f"cannot serve files on {HOST}:{server.port}: .*in use"):
                await HttpServer(DocumentStore()).listen(HOST, server.port)

    run_simulated(scenario())


def test_closing_a_server_ends_transfers_in_progress() -> None:
    async def scenario() -> None:
        async with running_server("HTTP") as server:
            server.documents.set_behaviour("/firmware/image 1.bin", FileBehaviour(hang_after=0))
            task = asyncio.create_task(send_raw(server, b"GET /firmware/image%201.bin HTTP/1.1\r\nHost: x\r\n\r\n"))
            await server.documents.wait_until(lambda: bool(server.documents.accesses))
        assert (await task).startswith(b"HTTP/1.1 200 ")

    run_simulated(scenario())


def test_files_in_forms() -> None:
    body = (
        b'--X\r\nContent-Disposition: form-data; name="comment"\r\n\r\nhello\r\n'
        b'--X\r\nContent-Disposition: form-data; name="f"; filename="C:\\\\logs\\\\a.zip"\r\n\r\n'
        b"\r\n--data\r\n--X--\r\n"
    )
    assert file_in_form("multipart/form-data; boundary=X", body) == ("a.zip", b"\r\n--data")
    assert file_in_form("multipart/form-data", body) is None
    assert file_in_form("multipart/form-data; boundary=Y", body) is None
    assert file_name("attachment") is None
    assert file_name('attachment; filename="../../etc/passwd"') == "passwd"


def test_paths_stay_in_the_document_store() -> None:
    assert absolute("../../a/./b//c/..", "/logs") == "/a/b"
    assert absolute("/..") == "/"
