"""While a station is being connected, each attempt that fails is explained, and what to do about it."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
import websockets
from tests.lab.scripted_station import ScriptedStation
from websockets.headers import build_authorization_basic

from plugfest import clock
from plugfest.cli.terminal.connection_lines import ConnectionLines
from plugfest.lab import events
from plugfest.lab.ports import Commissioning
from plugfest.lab.settings import LabSettings
from plugfest.link.client import connect
from plugfest.link.errors import LinkError
from plugfest.link.tls import TLSVersion, client_context
from plugfest.ocpp.versions import V16, V201
from plugfest.products import load_product
from plugfest.rig.commissioning_guide import CommissioningGuide
from plugfest.rig.connection_check import NoStation, wait_for_station
from plugfest.rig.pki_folder import PkiFolder
from plugfest.security.pki import TestPki

PRODUCT = load_product("alpitronic-hyc-200-eu")
PLAIN, TLS = LabSettings(security_profile=1), LabSettings(security_profile=2)
RIGHT = (PLAIN.identity, PLAIN.password)

Client = Callable[[Commissioning], Awaitable[object]]


def checked(client: Client, settings: LabSettings = PLAIN, folder: PkiFolder | None = None) -> list[str]:
    """The lines that are printed while the client tries to connect, until no station has connected in time."""
    printed: list[str] = []
    lines = ConnectionLines(each_once=False)
    tasks: list[asyncio.Future[None]] = []

    def on_event(event: events.Event) -> None:
        printed.extend(line.plain.strip() for line in lines.lines(event))

    async def tries(commissioning: Commissioning) -> None:
        with contextlib.suppress(LinkError, OSError):
            await client(commissioning)

    def announce(guide: CommissioningGuide, _: float) -> None:
        tasks.append(asyncio.ensure_future(tries(guide.commissioning)))

    clock.run_simulated(_until_it_ends(wait_for_station(PRODUCT, settings, folder, announce, [on_event])))
    return printed


async def _until_it_ends(waiting: Awaitable[object]) -> None:
    with contextlib.suppress(NoStation):
        await waiting


async def sends_tls(commissioning: Commissioning) -> None:
    port = int(commissioning.csms_url.rpartition(":")[2])
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"\x16\x03\x01\x00\x05\x01\x00\x00\x01\x00")
    await reader.read()
    writer.close()


async def offers_no_subprotocol(commissioning: Commissioning) -> None:
    url, headers = f"{commissioning.csms_url}/{RIGHT[0]}", {"Authorization": build_authorization_basic(*RIGHT)}
    async with websockets.connect(url, additional_headers=headers) as websocket:
        await websocket.wait_closed()


@pytest.mark.parametrize(
    ("client", "reason", "what_to_do"),
    [
        (
            lambda at: connect(at.csms_url, "CS7", protocols=[V201], credentials=("CS7", "x")),
            "unknown identity CS7",
            "/PLUGFEST-01, or use --identity.",
        ),
        (
            lambda at: connect(at.csms_url, at.identity, protocols=[V201], credentials=(at.identity, "guess")),
            "the password is wrong",
            "Set the password of the station to that of the lab, or use --password-file.",
        ),
        (
            lambda at: connect(at.csms_url, at.identity, protocols=[V201]),
            "there is no Authorization header",
            "Set the password of the station, in security profile 1.",
        ),
        (
            lambda at: connect(at.csms_url, at.identity, protocols=[V201], credentials=("admin", at.password)),
            "the user name in the Authorization header is not PLUGFEST-01",
            "Set the user name, or the identity, of the station to PLUGFEST-01.",
        ),
        (
            lambda at: connect(at.csms_url, at.identity, protocols=[V16], credentials=RIGHT),
            "the subprotocol has to be ocpp2.0.1; the client offers ocpp1.6",
            "Set the OCPP version of the station, or test with a PICS of its version.",
        ),
        (
            offers_no_subprotocol,
            "the subprotocol has to be ocpp2.0.1; the client offers none",
            "Set the OCPP version of the station, or test with a PICS of its version.",
        ),
        (sends_tls, "began a TLS handshake on a port without TLS", "Set the URL of the station to ws://127.0.0.1:"),
    ],
)
def test_a_station_that_is_not_commissioned_rightly_gets_a_reason_and_what_to_do(
    client: Client, reason: str, what_to_do: str
) -> None:
    found, advised = checked(client)[:2]
    assert reason in found
    assert what_to_do in advised


@pytest.mark.parametrize(
    ("trusts", "maximum", "reason", "what_to_do"),
    [
        ("another", TLSVersion.TLSv1_3, "it does not trust the issuer", "Install the root certificate of the lab"),
        ("lab", TLSVersion.TLSv1, "there is no common TLS version", "Enable TLS 1.2 or 1.3"),
        ("lab", TLSVersion.TLSv1_1, "there is no common TLS version", "Enable TLS 1.2 or 1.3"),
    ],
)
def test_a_tls_handshake_that_fails_is_explained(
    trusts: str, maximum: TLSVersion, reason: str, what_to_do: str, tmp_path: Path
) -> None:
    folder = PkiFolder(tmp_path)
    now = clock.SystemClock().now()
    root = folder.pki(now).root_pem if trusts == "lab" else TestPki(now).root_pem

    def client(at: Commissioning) -> Awaitable[object]:
        tls = client_context([root], minimum=TLSVersion.TLSv1, maximum=maximum)
        return connect(at.csms_url, at.identity, protocols=[V201], credentials=RIGHT, tls=tls)

    found, advised = checked(client, TLS, folder)[:2]
    assert reason in found
    assert what_to_do in advised


def test_a_station_that_connects_ends_the_waiting() -> None:
    printed = checked(lambda at: ScriptedStation(PLAIN).run(at.csms_url))
    assert printed[0].startswith("station connected from 127.0.0.1:")
    assert printed[0].endswith(", without TLS")
    assert printed[1] == "waiting for the messages that a station sends at boot, at most 30 s"


def test_if_no_station_connects_the_last_reason_is_in_the_error() -> None:
    async def main() -> None:
        await wait_for_station(PRODUCT, PLAIN, None, lambda *_: None)

    with pytest.raises(NoStation, match=r"^no station connected within 180 s: there was no attempt to connect$"):
        clock.run_simulated(main())
