"""File transfers of the station: protocols, trust, network outages and retries."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

import pytest
from tests.station.powered_station import powered_station

from plugfest.clock import run_simulated
from plugfest.link.tls import server_context
from plugfest.security.pki import TestPki
from plugfest.station.files.file_transfer import OWN_RETRIES, OWN_RETRY_INTERVAL, FileTransfer, Retries, retries_of
from plugfest.station.lifecycle.power import PoweredStation
from plugfest.station.security.trust_store import CSMS_ROOT
from plugfest.transfer.errors import TransferFailed, TransferFault
from plugfest.transfer.server import DocumentStore, FileBehaviour, file_server

Body = Callable[[PoweredStation, FileTransfer], Awaitable[None]]


def run_on_bench(body: Body, product: str = "alpitronic-hyc-200-eu") -> None:
    async def run() -> None:
        async with powered_station(product) as (station, csms):
            await csms.until(lambda: station.station is not None)
            assert station.station is not None
            await body(station, station.station.context.files)

    run_simulated(run())


async def fault_of(work: Awaitable[object]) -> TransferFault:
    with pytest.raises(TransferFailed) as caught:
        await work
    return caught.value.fault


def test_it_has_the_protocols_of_its_pics() -> None:
    async def body(station: PoweredStation, files: FileTransfer) -> None:
        assert files.url_problem("https://host/x") is None
        assert files.url_problem("sftp://host/x") == "SFTP is not supported; expected HTTPS, FTP, FTPS"
        assert (
            files.url_problem("nowhere")
            == "not a valid file URL: the scheme '' is not one of http, https, ftp, ftps, sftp"
        )
        assert await fault_of(files.fetch("http://127.0.0.1:1/x", max_size=1)) is TransferFault.ADDRESS

    run_on_bench(body, "btc-power-gen4-l3a")


@pytest.mark.parametrize("protocol", ["HTTPS", "FTPS"])
def test_it_trusts_the_pki_of_its_csms(protocol: str) -> None:
    pki = TestPki(datetime.now(UTC))

    async def body(station: PoweredStation, files: FileTransfer) -> None:
        documents = DocumentStore()
        server = file_server(protocol, documents, server_context(pki.csms("127.0.0.1")))
        await server.listen()
        assert await fault_of(files.send(server.url("/"), b"log", "log.zip")) is TransferFault.INSECURE
        assert station.station is not None
        station.station.context.trust.install(CSMS_ROOT, pki.root_pem)
        await files.send(server.url("/"), b"log", "log.zip")  # N01.FR.15
        assert documents.files["/log.zip"] == b"log"
        await server.close()

    run_on_bench(body)


def test_without_a_network_transfers_fail() -> None:
    async def body(station: PoweredStation, files: FileTransfer) -> None:
        documents = DocumentStore()
        documents.put("/x", b"data")
        documents.set_behaviour("/x", FileBehaviour(hang_after=1))
        server = file_server("HTTP", documents, server_context())
        await server.listen()
        fetching = asyncio.create_task(files.fetch(server.url("/x"), max_size=10))
        await documents.wait_until(lambda: bool(documents.accesses))
        station.network_off()
        assert await fault_of(fetching) is TransferFault.CONNECTION_LOST
        assert await fault_of(files.fetch(server.url("/x"), max_size=10)) is TransferFault.UNREACHABLE
        await server.close()

    run_on_bench(body)


def test_cancelling_the_caller_cancels_the_transfer() -> None:
    async def body(station: PoweredStation, files: FileTransfer) -> None:
        documents = DocumentStore()
        documents.put("/x", b"data")
        documents.set_behaviour("/x", FileBehaviour(hang_after=1))
        server = file_server("HTTP", documents, server_context())
        await server.listen()
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(5):
                await files.fetch(server.url("/x"), max_size=10)
        await documents.wait_until(lambda: documents.accesses[0].outcome == "aborted by the client")
        await server.close()

    run_on_bench(body)


@pytest.mark.parametrize(
    ("asked", "done"),
    [
        ((3, 7), Retries(3, 7)),
        ((0, 0), Retries(0, 0)),
        ((None, 7), Retries(OWN_RETRIES, 7)),
        ((3, None), Retries(3, OWN_RETRY_INTERVAL)),
        ((-1, -5), Retries(0, 0)),
    ],
)
def test_requested_retries_override_the_own_ones(asked: tuple[int | None, int | None], done: Retries) -> None:
    assert retries_of(*asked) == done
