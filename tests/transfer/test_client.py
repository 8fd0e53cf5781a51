"""What a station fetches and sends, over real sockets, by each protocol."""

import asyncio
import ssl

import pytest
from tests.transfer.file_servers import HOST, IMAGE, PROTOCOLS, fetched, pki, sent, served

from plugfest.clock import run_simulated
from plugfest.link.tls import server_context
from plugfest.transfer.errors import Fault, TransferFailed
from plugfest.transfer.server import FileBehaviour, Outcome
from plugfest.transfer.server.http import HttpServer

every_protocol = pytest.mark.parametrize("protocol", PROTOCOLS)

LOG = b"\x00\r\n--log\xff" * 30_000


async def fault_of(work: object) -> Fault:
    with pytest.raises(TransferFailed) as caught:
        await work  # type: ignore[misc]
    assert "\n" not in str(caught.value)
    return caught.value.fault


@every_protocol
def test_it_fetches_a_file(protocol: str) -> None:
    async def scenario() -> None:
        async with served(protocol) as server:
            assert await fetched(server.url("/firmware/image 1.bin")) == IMAGE
            (access,) = server.documents.accesses
            assert (access.path, access.size, access.outcome) == ("/firmware/image 1.bin", len(IMAGE), Outcome.DONE)
            assert (access.tls is not None) == (protocol in ("HTTPS", "FTPS"))

    run_simulated(scenario())


@every_protocol
@pytest.mark.parametrize(
    ("url", "path"), [("/logs/", "/logs/log.zip"), ("/logs/mine.zip", "/logs/mine.zip")], ids=["folder", "file"]
)
def test_it_sends_a_file_into_a_folder_or_to_an_address_of_its_own(protocol: str, url: str, path: str) -> None:
    async def scenario() -> None:
        async with served(protocol) as server:
            steps: list[int] = []
            await sent(server.url(url), LOG, on_progress=steps.append)
            assert server.documents.files[path] == LOG
            assert server.documents.accesses[-1].outcome is Outcome.DONE
            assert steps[-1] == len(LOG)

    run_simulated(scenario())


@pytest.mark.parametrize("protocol", ["FTP", "FTPS", "SFTP"])
def test_a_folder_need_not_say_that_it_is_one(protocol: str) -> None:
    async def scenario() -> None:
        async with served(protocol) as server:
            await sent(server.url("/logs"), LOG)
            await sent(server.url("/"), LOG, "other.zip")
            assert server.documents.files["/logs/log.zip"] == server.documents.files["/other.zip"] == LOG

    run_simulated(scenario())


def test_where_a_server_takes_no_put_the_file_comes_by_post_with_its_name() -> None:
    async def scenario() -> None:
        async with served("HTTPS") as server:
            assert isinstance(server, HttpServer)
            server.methods = frozenset({"POST"})
            await sent(server.url("/logs"), LOG, 'a "name".zip')
            assert server.documents.files["/logs/a _name_.zip"] == LOG
            post = server.documents.accesses[-1]
            assert post.request == "POST /logs"
            assert post.headers["content-type"].startswith("multipart/form-data; boundary=")  # N01.FR.19

    run_simulated(scenario())


@every_protocol
def test_it_logs_in_with_what_the_url_says(protocol: str) -> None:
    async def scenario() -> None:
        async with served(protocol, credentials=("charge@point", "p:a/s s")) as server:
            assert await fetched(server.url("/firmware/image 1.bin")) == IMAGE
            assert server.documents.accesses[-1].user == "charge@point"
            wrong = server.url("/logs/", credentials=("charge@point", "guess"))
            assert await fault_of(sent(wrong, LOG)) is Fault.DENIED
            assert server.documents.accesses[-1].outcome is Outcome.DENIED

    run_simulated(scenario())


@every_protocol
def test_what_is_not_there_cannot_be_fetched(protocol: str) -> None:
    async def scenario() -> None:
        async with served(protocol) as server:
            assert await fault_of(fetched(server.url("/firmware/none.bin"))) is Fault.NOT_FOUND
            assert await fault_of(sent(server.url("/nowhere/"), LOG)) is Fault.NOT_FOUND

    run_simulated(scenario())


@every_protocol
@pytest.mark.parametrize(
    ("behaviour", "fault", "outcome"),
    [
        (FileBehaviour(fail=True), Fault.FAILED, Outcome.FAILED),
        (FileBehaviour(break_off_after=70_000), Fault.BROKEN_OFF, Outcome.BROKEN_OFF),
        (FileBehaviour(hang_after=70_000), Fault.STALLED, Outcome.ABANDONED),
        (FileBehaviour(hang_after=0), Fault.STALLED, Outcome.ABANDONED),
    ],
    ids=["fail", "break off", "hang", "hang at once"],
)
def test_a_server_that_does_not_do_its_part_is_found_out(
    protocol: str, behaviour: FileBehaviour, fault: Fault, outcome: Outcome
) -> None:
    async def scenario() -> None:
        async with served(protocol) as server:
            for path in ("/firmware/image 1.bin", "/logs/log.zip"):
                server.documents.behave(path, behaviour)
            assert await fault_of(fetched(server.url("/firmware/image 1.bin"), patience=30)) is fault
            await server.documents.until(lambda: server.documents.accesses[-1].outcome is outcome)
            assert await fault_of(sent(server.url("/logs/log.zip"), LOG, patience=30)) is fault
            await server.documents.until(lambda: server.documents.accesses[-1].outcome is outcome)
            assert "/logs/log.zip" not in server.documents.files

    run_simulated(scenario())


@every_protocol
def test_a_server_behaves_with_a_file_as_with_its_folder_unless_the_file_has_a_way_of_its_own(protocol: str) -> None:
    async def scenario() -> None:
        async with served(protocol) as server:
            server.documents.behave("/logs", FileBehaviour(fail=True))
            server.documents.behave("/logs/mine.zip", FileBehaviour())
            assert await fault_of(sent(server.url("/logs/"), LOG)) is Fault.FAILED
            await sent(server.url("/logs/mine.zip"), LOG)
            assert "/logs/mine.zip" in server.documents.files

    run_simulated(scenario())


def test_a_server_behaves_so_in_a_whole_folder() -> None:
    async def scenario() -> None:
        async with served("FTP") as server:
            server.documents.behave("/logs", FileBehaviour(deny=True))
            assert await fault_of(sent(server.url("/logs/"), LOG)) is Fault.NOT_FOUND  # FTP has one code for both
            assert server.documents.accesses[-1].outcome is Outcome.DENIED

    run_simulated(scenario())


@every_protocol
def test_a_slow_server_takes_its_time_and_is_not_given_up(protocol: str) -> None:
    async def scenario() -> None:
        async with served(protocol) as server:
            server.documents.behave("/firmware/image 1.bin", FileBehaviour(bytes_per_second=1000))
            start = asyncio.get_running_loop().time()
            assert await fetched(server.url("/firmware/image 1.bin"), patience=40) == IMAGE
            assert asyncio.get_running_loop().time() - start == pytest.approx(len(IMAGE) / 1000, abs=5)

    run_simulated(scenario())


@every_protocol
def test_a_transfer_ends_with_its_task(protocol: str) -> None:
    async def scenario() -> None:
        async with served(protocol) as server:
            server.documents.behave("/firmware/image 1.bin", FileBehaviour(bytes_per_second=1000))
            task = asyncio.create_task(fetched(server.url("/firmware/image 1.bin")))
            await asyncio.sleep(60)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            await server.documents.until(lambda: server.documents.accesses[-1].outcome is Outcome.ABANDONED)

    run_simulated(scenario())


@every_protocol
def test_a_file_that_is_too_large_is_given_up(protocol: str) -> None:
    async def scenario() -> None:
        async with served(protocol) as server:
            assert await fault_of(fetched(server.url("/firmware/image 1.bin"), largest=100_000)) is Fault.TOO_LARGE

    run_simulated(scenario())


@every_protocol
def test_a_server_that_is_not_there_is_unreachable(protocol: str) -> None:
    async def scenario() -> None:
        async with served(protocol) as server:
            url = server.url("/logs/")
        assert await fault_of(sent(url, LOG)) is Fault.UNREACHABLE

    run_simulated(scenario())


@pytest.mark.parametrize("protocol", ["HTTPS", "FTPS"])
def test_a_server_with_a_certificate_of_somebody_else_is_not_talked_to(protocol: str) -> None:
    async def scenario() -> None:
        async with served(protocol, tls=server_context(pki().csms("other.example"))) as server:
            assert await fault_of(fetched(server.url("/firmware/image 1.bin"))) is Fault.INSECURE
            assert not server.documents.accesses

    run_simulated(scenario())


def test_the_data_connection_of_ftps_takes_up_the_session() -> None:
    async def scenario() -> None:
        tls = server_context(pki().csms(HOST))
        async with served("FTPS", tls=tls) as server:
            await fetched(server.url("/firmware/image 1.bin"))
            assert tls.session_stats()["hits"] == 1

    run_simulated(scenario())


def test_a_server_that_wants_auth_tls_gets_it() -> None:
    async def scenario() -> None:
        async with served("FTPS") as server:
            server._tls_from_the_start = _greets_first  # type: ignore[method-assign, attr-defined]
            assert await fetched(server.url("/firmware/image 1.bin")) == IMAGE
            assert server.documents.accesses[-1].tls is not None

    run_simulated(scenario())


async def _greets_first(_: object) -> ssl.SSLContext | None:
    return None


def test_a_redirect_is_followed() -> None:
    async def redirect(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(f"HTTP/1.1 302 Found\r\nLocation: {target}\r\nContent-Length: 0\r\n\r\n".encode())
        await reader.read()
        writer.close()

    target = ""

    async def scenario() -> None:
        nonlocal target
        async with served("HTTPS") as server:
            target = server.url("/firmware/image 1.bin")
            door = await asyncio.start_server(redirect, HOST, 0)
            async with door:
                port = door.sockets[0].getsockname()[1]
                assert await fetched(f"http://{HOST}:{port}/latest") == IMAGE

    run_simulated(scenario())


@pytest.mark.parametrize(
    ("scheme", "fault"), [("http", Fault.BROKEN_OFF), ("ftp", Fault.BAD_MESSAGE), ("sftp", Fault.BAD_MESSAGE)]
)
def test_a_server_that_talks_nonsense_is_found_out(scheme: str, fault: Fault) -> None:
    async def babble(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"What do you want?\r\n" * 2000)
        writer.close()

    async def scenario() -> None:
        door = await asyncio.start_server(babble, HOST, 0)
        async with door:
            port = door.sockets[0].getsockname()[1]
            assert await fault_of(fetched(f"{scheme}://{HOST}:{port}/x")) is fault

    run_simulated(scenario())
