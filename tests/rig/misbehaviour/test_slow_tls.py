"""A slow TLS handshake: the first bytes come in drips, and the connection works all the same."""

import asyncio

import pytest
from tests.rig.misbehaviour.csms import RawCsms, listening, station
from tests.security.shared_pki import pki

from plugfest.clock import run_simulated
from plugfest.link.errors import CsmsUnreachable
from plugfest.link.tls import server_context
from plugfest.ocpp.versions import V201
from plugfest.products import load_product
from plugfest.rig.misbehaviour import parse
from plugfest.rig.misbehaviour.dripping import DRIPS, DrippingDialer

HOST = "127.0.0.1"


def test_the_first_bytes_take_so_many_seconds_and_the_others_none() -> None:
    async def main() -> list[tuple[float, bytes]]:
        loop = asyncio.get_running_loop()
        arrived: list[tuple[float, bytes]] = []

        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            while data := await reader.read(1000):
                arrived.append((loop.time(), data))
            writer.write(b"end")
            writer.close()

        dialer = DrippingDialer()
        async with await asyncio.start_server(serve, HOST, 0) as server:
            port = server.sockets[0].getsockname()[1]
            reader, writer = await asyncio.open_connection(sock=await dialer.dial(HOST, port, seconds=20))
            writer.write(b"x" * 95)
            await asyncio.sleep(30)
            writer.write(b"at once")
            await asyncio.sleep(1)
            writer.write_eof()
            assert await reader.read() == b"end"
            writer.close()
        return arrived

    *drips, (at_last, last) = run_simulated(main())
    assert len(drips) == DRIPS
    assert b"".join(data for _, data in drips) == b"x" * 95
    assert drips[-1][0] - drips[0][0] == pytest.approx(18, abs=0.1)
    assert last == b"at once"
    assert at_last - drips[0][0] == pytest.approx(30, abs=0.1)


@pytest.mark.parametrize("roots", [(), (pki().root_pem,)], ids=["HTTP", "TLS"])
def test_a_station_with_a_slow_handshake_is_connected_later(roots: tuple[str, ...]) -> None:
    async def main() -> None:
        csms = RawCsms()
        tls = server_context(pki().csms(HOST)) if roots else None
        async with listening(csms, tls=tls) as url, station(url, "slow-tls:seconds=8", roots=roots) as misbehaving:
            await asyncio.sleep(7)
            assert csms.opened == []
            await asyncio.sleep(5)
            assert len(csms.of("BootNotification")) == 1
            assert misbehaving.notices == ["slow-tls: the first bytes of the connection take 8 s"]
        assert csms.ends == [1001]

    run_simulated(main())


def test_a_server_that_does_not_listen_is_reported_as_without_the_fault() -> None:
    async def main() -> None:
        own = parse(["slow-tls"], load_product("reference-ac")).of("CS001")
        with pytest.raises(CsmsUnreachable, match=r"^cannot reach 127\.0\.0\.1:1: Connection refused$"):
            await own.open_websocket("ws://127.0.0.1:1", "CS001", protocols=[V201])

    run_simulated(main())
