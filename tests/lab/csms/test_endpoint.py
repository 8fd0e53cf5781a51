"""The endpoint refuses clients that are not the station, and says why; the last failed attempt is reported."""

import asyncio
import base64

import pytest
from tests.raw_clients import HEADERS, SUBPROTOCOL, read_head, request

from plugfest import clock
from plugfest.lab.csms.endpoint import MAX_ATTEMPTS, Endpoint, EndpointSettings
from plugfest.link.attempt import Attempt
from plugfest.ocpp.versions import V201
from plugfest.security.profile import SecurityProfile

PASSWORD = "secret"


def settings(profile: SecurityProfile = SecurityProfile.BASIC) -> EndpointSettings:
    return EndpointSettings(identity="CS001", password=PASSWORD, profile=profile)


async def never(_: object) -> None:
    raise AssertionError("no connection is accepted")


def basic(user_and_password: bytes) -> str:
    return f"Authorization: Basic {base64.b64encode(user_and_password).decode()}"


def attempt_with(*headers: str, path: str = "/CS001", refusing: bool = False) -> tuple[Attempt, bool, str]:
    """The attempt of a client with these headers, whether it is known to be the station, and `last_refusal`."""

    async def scenario() -> tuple[Attempt, bool, str]:
        noted: list[tuple[Attempt, bool]] = []
        endpoint = Endpoint([V201], settings(), never, lambda attempt, is_station: noted.append((attempt, is_station)))
        endpoint.refusing = refusing
        await endpoint.open()
        reader, writer = await asyncio.open_connection("127.0.0.1", endpoint.port)
        writer.write(request(*HEADERS, *headers, line=f"GET {path} HTTP/1.1"))
        await read_head(reader)
        writer.close()
        await endpoint.next_attempt(after=0, within=5)
        await endpoint.close()
        return *noted[0], endpoint.last_refusal()

    return clock.run_simulated(scenario())


@pytest.mark.parametrize(
    ("headers", "why"),
    [
        ((), "there is no Authorization header"),
        (("Authorization: Bearer abc",), "the Authorization header is not of the Basic scheme"),
        (("Authorization: Digest username=CS001",), "the Authorization header is not of the Basic scheme"),
        (("Authorization: Basic",), "the Authorization header has no colon after the user name"),
        (("Authorization: Basic !!!",), "the Authorization header is not valid base64"),
        (("Authorization: Basic \xff\xfe",), "the Authorization header is not valid base64"),
        ((basic(b"CS001"),), "the Authorization header has no colon after the user name"),
        ((basic(b"CS002:secret"),), "the user name in the Authorization header is not CS001"),
        ((basic(b"\xff\xfe:secret"),), "the user name in the Authorization header is not CS001"),
        ((basic(b"CS001:guess"),), "the password is wrong"),
        ((basic(b"CS001:"),), "the password is wrong"),
        ((basic(b"CS001:\xff\xfe"),), "the password is wrong"),
        ((basic(b"CS001:\xed\xb0\x80"),), "the password is wrong"),
        ((basic(b"CS001:" + b"x" * 5000),), "the password is wrong"),
        ((basic(b"CS001:secret"), basic(b"CS001:secret")), "the Authorization header is not valid base64"),
    ],
)
def test_each_wrong_authorization_is_refused_with_401_and_its_reason(headers: tuple[str, ...], why: str) -> None:
    attempt, is_station, _ = attempt_with(SUBPROTOCOL, *headers)
    assert attempt.http_status == 401
    assert attempt.failure == f"{why} (HTTP 401)"
    assert not is_station


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("/CS002", "CS002"),
        ("/", "(none)"),
        ("/CS001/", "(none)"),
        ("/%FF%FE", "\ufffd\ufffd"),
        ("/%1B[2J", "\ufffd[2J"),
    ],
)
def test_another_identity_is_refused_with_404_and_named(path: str, shown: str) -> None:
    attempt, is_station, _ = attempt_with(SUBPROTOCOL, basic(b"CS001:secret"), path=path)
    assert attempt.failure == f"the URL ends with the unknown identity {shown} (HTTP 404)"
    assert not is_station


def test_a_station_that_is_refused_for_another_reason_is_known_to_be_the_station() -> None:
    attempt, is_station, _ = attempt_with(SUBPROTOCOL, basic(b"CS001:secret"), refusing=True)
    assert attempt.failure == "the lab accepts no connection for some time (HTTP 503)"
    assert is_station


def test_the_reason_of_the_last_refused_attempt_is_reported() -> None:
    attempt, _, refusal = attempt_with("Sec-WebSocket-Protocol: ocpp1.6", basic(b"CS001:secret"))
    assert refusal == (
        f"the last attempt, from {attempt.remote}, failed:"
        " the subprotocol has to be ocpp2.0.1; the client offers ocpp1.6"
    )


def test_no_attempt_to_connect_is_reported() -> None:
    assert Endpoint([V201], settings(), never, lambda *_: None).last_refusal() == "there was no attempt to connect"


def test_of_many_attempts_the_oldest_are_forgotten_and_counted() -> None:
    async def scenario() -> tuple[int, str, str]:
        endpoint = Endpoint([V201], settings(), never, lambda *_: None)
        await endpoint.open()
        for _ in range(MAX_ATTEMPTS + 1):
            _, writer = await asyncio.open_connection("127.0.0.1", endpoint.port)
            writer.close()
        await endpoint.next_attempt(after=MAX_ATTEMPTS, within=5)
        await endpoint.close()
        return len(endpoint.attempts), endpoint.attempts[0].remote, endpoint.attempts[1].remote

    number, oldest, second = clock.run_simulated(scenario())
    assert (number, oldest) == (MAX_ATTEMPTS + 1, "")
    assert second.startswith("127.0.0.1:")
