"""Downloads and uploads of a station, over sockets, by each protocol."""

import asyncio
import re
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from tests.transfer.file_servers import HOST, IMAGE, PROTOCOLS, download, pki, running_server, server_tls, upload

from plugfest.clock import run_simulated
from plugfest.link.tls import server_context
from plugfest.transfer.client.ftp import path_on_server as ftp_path
from plugfest.transfer.errors import TransferFailed, TransferFault
from plugfest.transfer.location import parse_location
from plugfest.transfer.server import FileBehaviour, Outcome
from plugfest.transfer.server.http import HttpServer

every_protocol = pytest.mark.parametrize("protocol", PROTOCOLS)

LOG = b"\x00\r\n--log\xff" * 30_000


async def fault_of(work: object) -> TransferFault:
    with pytest.raises(TransferFailed) as caught:
        await work  # type: ignore[misc]
    assert "\n" not in str(caught.value)
    return caught.value.fault


@every_protocol
def test_it_fetches_a_file(protocol: str) -> None:
    async def scenario() -> None:
        async with running_server(protocol) as server:
            assert await download(server.url("/firmware/image 1.bin")) == IMAGE
            (access,) = server.documents.accesses
            assert (access.path, access.size, access.outcome) == ("/firmware/image 1.bin", len(IMAGE), Outcome.DONE)
            assert (access.tls is not None) == (protocol in ("HTTPS", "FTPS"))

    run_simulated(scenario())


@every_protocol
@pytest.mark.parametrize(
    ("url", "path"), [("/logs/", "/logs/log.zip"), ("/logs/mine.zip", "/logs/mine.zip")], ids=["folder", "file"]
)
def test_it_sends_a_file_to_a_folder_or_to_a_file_url(protocol: str, url: str, path: str) -> None:
    async def scenario() -> None:
        async with running_server(protocol) as server:
            steps: list[int] = []
            await upload(server.url(url), LOG, on_progress=steps.append)
            assert server.documents.files[path] == LOG
            assert server.documents.accesses[-1].outcome is Outcome.DONE
            assert steps[-1] == len(LOG)

    run_simulated(scenario())


@pytest.mark.parametrize("protocol", ["FTP", "FTPS", "SFTP"])
def test_a_folder_needs_no_slash_at_its_end(protocol: str) -> None:
    async def scenario() -> None:
        async with running_server(protocol) as server:
            await upload(server.url("/logs"), LOG)
            await upload(server.url("/"), LOG, "other.zip")
            assert server.documents.files["/logs/log.zip"] == server.documents.files["/other.zip"] == LOG

    run_simulated(scenario())


def test_without_put_the_file_is_sent_by_post_with_its_name() -> None:
    async def scenario() -> None:
        async with running_server("HTTPS") as server:
            assert isinstance(server, HttpServer)
            server.methods = frozenset({"POST"})
            await upload(server.url("/logs"), LOG, 'a "name".zip')
            assert server.documents.files["/logs/a _name_.zip"] == LOG
            post = server.documents.accesses[-1]
            assert post.request == "POST /logs"
            assert post.headers["content-type"].startswith("multipart/form-data; boundary=")  # N01.FR.19

    run_simulated(scenario())


@every_protocol
def test_it_logs_in_with_the_credentials_of_the_url(protocol: str) -> None:
    async def scenario() -> None:
        async with running_server(protocol, credentials=("charge@point", "p:a/s s")) as server:
            assert await download(server.url("/firmware/image 1.bin")) == IMAGE
            assert server.documents.accesses[-1].user == "charge@point"
            wrong = server.url("/logs/", credentials=("charge@point", "guess"))
            assert await fault_of(upload(wrong, LOG)) is TransferFault.DENIED
            assert server.documents.accesses[-1].outcome is Outcome.DENIED

    run_simulated(scenario())


@every_protocol
def test_a_missing_file_or_folder_is_not_found(protocol: str) -> None:
    async def scenario() -> None:
        async with running_server(protocol) as server:
            assert await fault_of(download(server.url("/firmware/none.bin"))) is TransferFault.NOT_FOUND
            assert await fault_of(upload(server.url("/nowhere/"), LOG)) is TransferFault.NOT_FOUND

    run_simulated(scenario())


@every_protocol
@pytest.mark.parametrize(
    ("behaviour", "fault", "outcome"),
    [
        (FileBehaviour(fail=True), TransferFault.FAILED, Outcome.FAILED),
        (FileBehaviour(abort_after=70_000), TransferFault.CONNECTION_LOST, Outcome.ABORTED_BY_SERVER),
        (FileBehaviour(hang_after=70_000), TransferFault.STALLED, Outcome.ABORTED_BY_CLIENT),
        (FileBehaviour(hang_after=0), TransferFault.STALLED, Outcome.ABORTED_BY_CLIENT),
    ],
    ids=["fail", "abort", "hang", "hang at once"],
)
def test_a_failing_server_has_its_fault(
    protocol: str, behaviour: FileBehaviour, fault: TransferFault, outcome: Outcome
) -> None:
    async def scenario() -> None:
        async with running_server(protocol) as server:
            for path in ("/firmware/image 1.bin", "/logs/log.zip"):
                server.documents.set_behaviour(path, behaviour)
            assert await fault_of(download(server.url("/firmware/image 1.bin"), stall_timeout=30)) is fault
            await server.documents.wait_until(lambda: server.documents.accesses[-1].outcome is outcome)
            assert await fault_of(upload(server.url("/logs/log.zip"), LOG, stall_timeout=30)) is fault
            await server.documents.wait_until(lambda: server.documents.accesses[-1].outcome is outcome)
            assert "/logs/log.zip" not in server.documents.files

    run_simulated(scenario())


@every_protocol
def test_the_behaviour_of_a_file_overrides_that_of_its_folder(protocol: str) -> None:
    async def scenario() -> None:
        async with running_server(protocol) as server:
            server.documents.set_behaviour("/logs", FileBehaviour(fail=True))
            server.documents.set_behaviour("/logs/mine.zip", FileBehaviour())
            assert await fault_of(upload(server.url("/logs/"), LOG)) is TransferFault.FAILED
            await upload(server.url("/logs/mine.zip"), LOG)
            assert "/logs/mine.zip" in server.documents.files

    run_simulated(scenario())


def test_a_behaviour_applies_to_a_whole_folder() -> None:
    async def scenario() -> None:
        async with running_server("FTP") as server:
            server.documents.set_behaviour("/logs", FileBehaviour(deny=True))
            assert (
                await fault_of(upload(server.url("/logs/"), LOG)) is TransferFault.NOT_FOUND
            )  # FTP has one code for both
            assert server.documents.accesses[-1].outcome is Outcome.DENIED

    run_simulated(scenario())


@every_protocol
def test_a_slow_transfer_does_not_time_out(protocol: str) -> None:
    async def scenario() -> None:
        async with running_server(protocol) as server:
            server.documents.set_behaviour("/firmware/image 1.bin", FileBehaviour(bytes_per_second=1000))
            start = asyncio.get_running_loop().time()
            assert await download(server.url("/firmware/image 1.bin"), stall_timeout=40) == IMAGE
            assert asyncio.get_running_loop().time() - start == pytest.approx(len(IMAGE) / 1000, abs=5)

    run_simulated(scenario())


@every_protocol
def test_a_transfer_can_be_held(protocol: str) -> None:
    async def scenario() -> None:
        async with running_server(protocol) as server:
            proceed = asyncio.Event()
            server.documents.set_behaviour("/firmware/image 1.bin", FileBehaviour(proceed=proceed))
            task = asyncio.create_task(download(server.url("/firmware/image 1.bin"), stall_timeout=40))
            await asyncio.sleep(20)
            assert server.documents.accesses[-1].size == 0
            proceed.set()
            assert await task == IMAGE

    run_simulated(scenario())


@every_protocol
def test_cancelling_the_task_aborts_the_transfer(protocol: str) -> None:
    async def scenario() -> None:
        async with running_server(protocol) as server:
            server.documents.set_behaviour("/firmware/image 1.bin", FileBehaviour(bytes_per_second=1000))
            task = asyncio.create_task(download(server.url("/firmware/image 1.bin")))
            await asyncio.sleep(60)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            await server.documents.wait_until(
                lambda: server.documents.accesses[-1].outcome is Outcome.ABORTED_BY_CLIENT
            )

    run_simulated(scenario())


@every_protocol
def test_a_file_that_is_too_large_fails(protocol: str) -> None:
    async def scenario() -> None:
        async with running_server(protocol) as server:
            assert (
                await fault_of(download(server.url("/firmware/image 1.bin"), max_size=100_000))
                is TransferFault.TOO_LARGE
            )

    run_simulated(scenario())


@every_protocol
def test_a_stopped_server_is_unreachable(protocol: str) -> None:
    async def scenario() -> None:
        async with running_server(protocol) as server:
            url = server.url("/logs/")
        assert await fault_of(upload(url, LOG)) is TransferFault.UNREACHABLE

    run_simulated(scenario())


@pytest.mark.parametrize("protocol", ["HTTPS", "FTPS"])
def test_a_server_with_the_certificate_of_another_host_is_refused(protocol: str) -> None:
    async def scenario() -> None:
        async with running_server(protocol, tls=server_context(pki().csms("other.example"))) as server:
            assert await fault_of(download(server.url("/firmware/image 1.bin"))) is TransferFault.INSECURE
            assert not server.documents.accesses

    run_simulated(scenario())


def test_the_data_connection_of_ftps_resumes_the_tls_session() -> None:
    async def scenario() -> None:
        tls = server_context(pki().csms(HOST))
        async with running_server("FTPS", tls=tls) as server:
            await download(server.url("/firmware/image 1.bin"))
            assert tls.session_stats()["hits"] == 1

    run_simulated(scenario())


def test_auth_tls_is_used_if_the_server_requires_it() -> None:
    async def scenario() -> None:
        async with running_server("FTPS") as server:
            server._implicit_tls = _no_implicit_tls  # type: ignore[method-assign, attr-defined]
            assert await download(server.url("/firmware/image 1.bin")) == IMAGE
            assert server.documents.accesses[-1].tls is not None

    run_simulated(scenario())


async def _no_implicit_tls(_: object) -> ssl.SSLContext | None:
    return None


class Redirecting:
    """A server that redirects every request to `target`. `heads`: the requests that it has received."""

    def __init__(self, status: int) -> None:
        self.status = status
        self.target = ""
        self.heads: list[str] = []
        self.connections: list[asyncio.Task[None] | None] = []

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections.append(asyncio.current_task())
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        self.heads.append(head)
        size = re.search(r"content-length: (\d+)", head, re.IGNORECASE)
        await reader.readexactly(int(size[1]) if size else 0)
        answer = f"HTTP/1.1 {self.status} Moved\r\nLocation: {self.target}\r\nContent-Length: 0\r\n\r\n"
        writer.write(answer.encode())
        await reader.read()
        writer.close()
        await writer.wait_closed()


@asynccontextmanager
async def redirecting(status: int, tls: ssl.SSLContext | None = None) -> AsyncIterator[tuple[Redirecting, str]]:
    """The server and its authority."""
    redirects = Redirecting(status)
    server = await asyncio.start_server(redirects.serve, HOST, 0, ssl=tls)
    async with server:
        yield redirects, f"{HOST}:{server.sockets[0].getsockname()[1]}"
        await asyncio.gather(*filter(None, redirects.connections))


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_of_a_download_is_followed(status: int) -> None:
    async def scenario() -> None:
        async with running_server("HTTPS") as server, redirecting(status) as (redirects, authority):
            redirects.target = server.url("/firmware/image 1.bin")
            assert await download(f"http://{authority}/latest") == IMAGE

    run_simulated(scenario())


@pytest.mark.parametrize("status", [307, 308])
def test_a_redirect_of_an_upload_that_keeps_the_method_is_followed(status: int) -> None:
    async def scenario() -> None:
        async with running_server("HTTPS") as server, redirecting(status) as (redirects, authority):
            redirects.target = server.url("/logs/moved.zip")
            await upload(f"http://{authority}/logs/", LOG)
            assert redirects.heads[0].startswith("PUT /logs/log.zip ")
            assert server.documents.files["/logs/moved.zip"] == LOG

    run_simulated(scenario())


def test_a_redirect_of_an_upload_to_another_method_is_a_failure() -> None:
    async def scenario() -> None:
        async with running_server("HTTPS") as server, redirecting(302) as (redirects, authority):
            redirects.target = server.url("/logs/moved.zip")
            assert await fault_of(upload(f"http://{authority}/logs/", LOG)) is TransferFault.FAILED
            assert not server.documents.accesses

    run_simulated(scenario())


def test_a_redirect_to_another_server_has_no_credentials() -> None:
    async def scenario() -> None:
        async with redirecting(307) as (second, there), redirecting(307) as (first, here):
            first.target = f"http://{there}/logs/a.zip"
            second.target = f"http://{there}/logs/a.zip"  # for ever
            assert await fault_of(upload(f"http://me:secret@{here}/logs/a.zip", LOG)) is TransferFault.FAILED
            assert "authorization:" in first.heads[0].lower()
            assert 0 < len(second.heads) < 10
            assert not any("authorization:" in head.lower() for head in second.heads)

    run_simulated(scenario())


def test_a_redirect_away_from_tls_is_refused() -> None:
    async def scenario() -> None:
        async with running_server("HTTP") as server, redirecting(302, server_tls()) as (redirects, authority):
            redirects.target = server.url("/firmware/image 1.bin")
            assert await fault_of(download(f"https://{authority}/latest")) is TransferFault.INSECURE
            assert not server.documents.accesses

    run_simulated(scenario())


@pytest.mark.parametrize(
    ("path", "command"),
    [
        ("/%2Flogs/a.zip", "/logs/a.zip"),
        ("/logs/a.zip", "logs/a.zip"),
        ("/%2F", "/"),
        ("/logs/a.bin;type=I", "logs/a.bin"),
        ("/logs/a%3Btype=i", "logs/a;type=i"),
    ],
)
def test_an_ftp_path_is_absolute_if_it_begins_with_an_encoded_slash(path: str, command: str) -> None:
    assert ftp_path(parse_location(f"ftp://{HOST}{path}")) == command  # RFC 1738, 3.2.2


@pytest.mark.parametrize(
    ("scheme", "fault"),
    [("http", TransferFault.CONNECTION_LOST), ("ftp", TransferFault.BAD_MESSAGE), ("sftp", TransferFault.BAD_MESSAGE)],
)
def test_a_server_that_sends_nonsense_has_its_fault(scheme: str, fault: TransferFault) -> None:
    async def send_nonsense(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"What do you want?\r\n" * 2000)
        writer.close()

    async def scenario() -> None:
        server = await asyncio.start_server(send_nonsense, HOST, 0)
        async with server:
            port = server.sockets[0].getsockname()[1]
            assert await fault_of(download(f"{scheme}://{HOST}:{port}/x")) is fault

    run_simulated(scenario())
