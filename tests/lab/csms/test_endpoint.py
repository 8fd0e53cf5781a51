"""The endpoint reports why the last attempt to connect failed."""

import asyncio
from collections.abc import Sequence

import pytest

from plugfest import clock
from plugfest.lab.csms.endpoint import Endpoint, EndpointSettings
from plugfest.link.client import connect
from plugfest.link.errors import LinkError
from plugfest.ocpp.versions import V16, V201, Protocol
from plugfest.security.profile import SecurityProfile

SETTINGS = EndpointSettings(identity="CS001", password="secret", profile=SecurityProfile.BASIC)


async def never(_: object) -> None:
    raise AssertionError("no connection is accepted")


def refusal(identity: str, password: str, protocols: Sequence[Protocol] = (V201,)) -> str:
    """The reason why the lab refuses a station with this identity and password."""

    async def scenario() -> str:
        endpoint = Endpoint(V201, SETTINGS, never, lambda: None)
        await endpoint.open()
        with pytest.raises(LinkError):
            await connect(endpoint.url, identity, protocols=protocols, credentials=(identity, password))
        await endpoint.next_attempt(after=0, within=5)
        refusal = endpoint.last_refusal()
        await endpoint.close()
        return refusal

    return clock.run_simulated(scenario())


@pytest.mark.parametrize(
    ("identity", "password", "protocols", "why"),
    [
        ("CS002", "secret", (V201,), "failed: unknown identity CS002 in the URL"),
        ("CS001", "guess", (V201,), "failed: wrong identity or password"),
        ("CS001", b"\xff\xfe".decode(errors="surrogateescape"), (V201,), "failed: wrong identity or password"),
        ("CS001", "secret", (V16,), "failed: the lab requires the subprotocol ocpp2.0.1, the station offers ocpp1.6"),
    ],
)
def test_the_reason_of_a_refused_connection_is_reported(
    identity: str, password: str, protocols: Sequence[Protocol], why: str
) -> None:
    assert why in refusal(identity, password, protocols)


def test_a_connection_without_an_upgrade_request_is_reported() -> None:
    async def scenario() -> str:
        endpoint = Endpoint(V201, SETTINGS, never, lambda: None)
        await endpoint.open()
        _, writer = await asyncio.open_connection("127.0.0.1", endpoint.port)
        writer.close()
        await endpoint.next_attempt(after=0, within=5)
        refusal = endpoint.last_refusal()
        await endpoint.close()
        return refusal

    assert clock.run_simulated(scenario()).endswith("failed: no WebSocket upgrade request")


def test_no_attempt_to_connect_is_reported() -> None:
    assert Endpoint(V201, SETTINGS, never, lambda: None).last_refusal() == "there was no attempt to connect"
