"""The examples of connection URLs, opening requests and credentials."""

import asyncio
import contextlib

import pytest
from tests.link.endpoints import running_csms
from tests.specification.examples import EXAMPLES, BasicCredentials, Identity, OpeningAnswer, OpeningRequest, name
from tests.station.powered_station import product_claiming
from tests.station.v16.station_bench import station_bench
from websockets.utils import accept_key

from plugfest.clock import run_simulated
from plugfest.link.cipher_suites import OCPP_SUITES
from plugfest.link.client import connect
from plugfest.link.errors import HandshakeRefused
from plugfest.link.handshake import basic, connection_url, identity_in, parse_basic
from plugfest.ocpp.versions import by_name
from plugfest.station.setup.provisioning import ProvisioningError, Settings, provision
from plugfest.station.setup.virtual_hardware import virtual_hardware
from plugfest.station.storage.store import Store

PRODUCTS = {"1.6": ("reference-16-ac", "C-11"), "2.0.1": ("alpitronic-hyc-200-eu", "C-61")}
KEY = "Sec-WebSocket-Key: x3JJHMbDL1EzLkh9GBhXDw=="

HEADERS = ("Host: some.server.com:33033", "Upgrade: websocket", "Connection: Upgrade", KEY, "Sec-WebSocket-Version: 13")
"""Without the subprotocols."""


@pytest.mark.parametrize("example", EXAMPLES.identities, ids=name)
def test_a_connection_url_is_the_endpoint_with_the_encoded_identity(example: Identity) -> None:
    assert connection_url(example.endpoint, example.identity) == example.url
    assert identity_in(example.url) == example.identity


@pytest.mark.parametrize("example", EXAMPLES.identities, ids=name)
def test_a_station_can_have_the_identity(example: Identity) -> None:
    product_name, plain = PRODUCTS[example.version]
    product = product_claiming(product_name, {plain: True})
    settings = Settings(identity=example.identity, csms_url="ws://csms.example.com", password="a-password-of-20-chr")
    refusal = pytest.raises(ProvisioningError, match=r"is not a station identity of OCPP 2\.0\.1")
    with refusal if example.refused else contextlib.nullcontext():
        provision(product, Store(), virtual_hardware(product), settings)


def test_a_station_with_a_space_in_its_identity_connects() -> None:
    """1.6J 3.1.1: with HTTP Basic, whose user name is the identity."""

    async def scenario() -> tuple[str, str]:
        async with station_bench("reference-16-ac", identity="RDAM 123") as bench:
            handshake = bench.csms.handshakes[0]
            assert handshake.credentials is not None
            return handshake.path, handshake.credentials[0]

    assert run_simulated(scenario()) == ("/ocpp/RDAM%20123", "RDAM 123")


@pytest.mark.parametrize("example", EXAMPLES.handshakes, ids=name)
def test_an_opening_request_is_answered(example: OpeningRequest) -> None:
    async def scenario() -> tuple[list[str], bytes]:
        async with running_csms() as csms:
            reader, writer = await asyncio.open_connection("127.0.0.1", csms.server.port)
            writer.write(_request(example).encode())
            head = (await reader.readuntil(b"\r\n\r\n")).decode().splitlines()
            attempt = await csms.attempt()
            assert attempt.handshake is not None
            assert attempt.handshake.identity == example.identity
            if example.authorization is not None:
                assert attempt.handshake.credentials == tuple(example.authorization.split(":"))
            frame = b"" if example.chosen else await reader.read(2)
            writer.close()
            return head, frame

    head, frame = run_simulated(scenario())
    assert head[0] == "HTTP/1.1 101 Switching Protocols"
    key = next((line for line in example.headers if line.startswith("SEC-WEBSOCKET-KEY")), KEY).partition(": ")[2]
    assert f"Sec-WebSocket-Accept: {accept_key(key)}" in head
    chosen = [line for line in head if line.startswith("Sec-WebSocket-Protocol")]
    assert chosen == ([f"Sec-WebSocket-Protocol: {example.chosen}"] if example.chosen else [])
    assert frame[:1] == (b"" if example.chosen else b"\x88"), example.refused  # a close frame


def _request(example: OpeningRequest) -> str:
    lines = [f"GET {example.path} HTTP/1.1", *(example.headers or HEADERS)]
    if example.offered:
        lines.append(f"Sec-WebSocket-Protocol: {', '.join(example.offered)}")
    if example.authorization is not None:
        user, password = example.authorization.split(":")
        lines.append(f"AUTHORIZATION: {basic((user, password))}")
    return "\r\n".join([*lines, "", ""])


@pytest.mark.parametrize("example", EXAMPLES.answers, ids=lambda one: f"{one.source} {one.accept}")
def test_a_station_accepts_the_answer_for_its_own_request(example: OpeningAnswer) -> None:
    answered = asyncio.Event()

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        request = (await reader.readuntil(b"\r\n\r\n")).decode().splitlines()
        key = next(line for line in request if line.startswith("Sec-WebSocket-Key")).partition(": ")[2]
        accept = f"Sec-WebSocket-Accept: {example.accept or accept_key(key)}"
        writer.write("\r\n".join(["HTTP/1.1 101 Switching Protocols", *example.headers, accept, "", ""]).encode())
        await reader.read()
        writer.close()
        answered.set()

    async def scenario() -> str | None:
        async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
            port = server.sockets[0].getsockname()[1]
            try:
                websocket = await connect(f"ws://127.0.0.1:{port}", "CS001", protocols=[by_name(example.version)])
                websocket.transport.close()
                return websocket.subprotocol
            finally:
                await answered.wait()

    refusal = pytest.raises(HandshakeRefused) if example.refused else contextlib.nullcontext()
    with refusal:
        assert run_simulated(scenario()) == by_name(example.version).subprotocol


def test_the_cipher_suites_are_those_of_the_documents() -> None:
    assert set(OCPP_SUITES) == set(EXAMPLES.cipher_suites)


@pytest.mark.parametrize("example", EXAMPLES.credentials, ids=name)
def test_a_key_in_hexadecimal_is_the_password_of_the_next_connection(example: BasicCredentials) -> None:
    async def scenario() -> str | None:
        async with station_bench("reference-16-ac", identity=example.identity) as bench:
            await bench.change("AuthorizationKey", example.key)
            await bench.csms.until(lambda: len(bench.csms.handshakes) > 1)
            return bench.csms.handshakes[-1].authorization

    assert run_simulated(scenario()) == example.header
    assert parse_basic(example.header) == (
        example.identity,
        bytes.fromhex(example.key).decode(errors="surrogateescape"),
    )
