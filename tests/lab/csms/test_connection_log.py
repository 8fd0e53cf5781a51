"""The lab logs why each connection ended and why attempts failed, and goes on; those of others are no findings."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from tests.lab.scripted_campaign import outcome
from tests.lab.scripted_station import ScriptedStation
from tests.raw_clients import HEADERS, SUBPROTOCOL, request, sends

from plugfest.lab import events
from plugfest.lab.case import case
from plugfest.lab.checks.handshake import next_attempt
from plugfest.lab.csms.connection_log import MAX_ENTRIES, MAX_OTHERS, ConnectionLog
from plugfest.lab.csms.runaway_limit import BURST_OF_OTHERS
from plugfest.lab.v201.bench import Bench
from plugfest.lab.verdict import Verdict
from plugfest.link.attempt import Attempt
from plugfest.ocpp.v201 import messages as m

Scenario = Callable[[Bench, ScriptedStation], Awaitable[None]]


@case("TC_X_02_CS")
async def next_case(bench: Bench) -> None:
    await bench.call(m.GetLocalListVersionRequest())


async def connect_and_send(port: int, data: bytes) -> None:
    """Connects, sends these bytes and waits until the lab closes the connection."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        await sends(data)(reader, writer)
    finally:
        writer.close()


def run(scenario: Scenario) -> tuple[list[Verdict], str, list[str]]:
    """The verdicts of a case with this scenario and of the next one, the findings, and the log."""

    stations: list[ScriptedStation] = []

    @case("TC_X_01_CS")
    async def first(bench: Bench) -> None:
        await scenario(bench, stations[0])
        await bench.call(m.GetLocalListVersionRequest())

    def answers(station: ScriptedStation) -> None:
        stations.append(station)
        station.handlers[m.GetLocalListVersionRequest] = lambda _: m.GetLocalListVersionResponse(version_number=0)

    emitted: list[events.Event] = []
    result = outcome(first, next_case, prepare=answers, listener=emitted.append)
    logged = [event.connection for event in emitted if isinstance(event, events.ConnectionLogged)]
    assert [one.reason for one in logged] == [one.reason for one in result.connections]
    found = "; ".join(finding.actual for one in result.results for finding in one.findings)
    return [one.verdict for one in result.results], found, [one.line for one in result.connections]


def test_clients_that_are_not_the_station_are_logged_and_change_no_verdict() -> None:
    async def others_connect(bench: Bench, _: ScriptedStation) -> None:
        port = bench.csms.main.port
        await connect_and_send(port, b"GET / HTTP/1.1\r\nHost: lab\r\n\r\n")
        await connect_and_send(port, request(*HEADERS, SUBPROTOCOL, line="GET /PLUGFEST-01 HTTP/1.1"))
        await connect_and_send(port, b"\x16\x03\x01\x00\x05\x01\x00\x00\x01\x00")

    verdicts, found, log = run(others_connect)
    assert verdicts == [Verdict.PASS, Verdict.PASS], found
    reasons = [line.partition(" failed: ")[2] for line in log]
    assert reasons == [
        "the URL ends with the unknown identity (none) (HTTP 404)",
        "there is no Authorization header (HTTP 401)",
        "the client began a TLS handshake on a port without TLS",
    ]
    assert all(line.startswith("connection attempt from 127.0.0.1:") for line in log)


def test_equal_attempts_in_a_row_are_one_entry() -> None:
    log = ConnectionLog(lambda: 1.0, lambda: 7)
    notified: list[str] = []
    log.listeners.append(lambda entry: notified.append(entry.reason))
    for host, reason in (("10.0.0.1", "a"), ("10.0.0.1", "a"), ("10.0.0.2", "a"), ("10.0.0.2", "b")):
        log.failed(Attempt(remote=f"{host}:{len(notified)}", at=0.0, failure=reason), is_station=False)
    assert [(one.reason, one.count) for one in log.entries] == [("a", 2), ("a", 1), ("b", 1)]
    assert notified == ["a", "a", "b"]


def test_attempts_of_many_different_clients_are_only_counted_after_some_time() -> None:
    log = ConnectionLog(lambda: 1.0, lambda: 7)
    notified: list[str] = []
    log.listeners.append(lambda entry: notified.append(entry.reason))
    for number in range(MAX_OTHERS + 1000):
        log.failed(Attempt(remote="10.0.0.1:1", at=0.0, failure=f"identity {number}"), is_station=False)
    log.failed(Attempt(remote="10.0.0.2:1", at=0.0, failure="no subprotocol"), is_station=True)
    assert len(log.entries) == len(notified) == MAX_OTHERS + 2
    assert (log.entries[-2].count, log.entries[-1].reason) == (1000, "no subprotocol")


async def connect_from_elsewhere(port: int) -> None:
    _, writer = await asyncio.open_connection("127.0.0.1", port, local_addr=("127.0.0.2", 0))
    writer.close()


def test_an_attempt_from_another_host_than_the_station_s_is_not_taken_for_its_attempt() -> None:
    async def port_scanned(bench: Bench, _: ScriptedStation) -> None:
        main = bench.csms.main
        tried = len(main.attempts)
        await connect_from_elsewhere(main.port)
        bench.csms.drop_connection()
        attempt = await next_attempt(bench, tried)
        bench.check(attempt.handshake is not None, "the attempt of the station", "another one")
        assert await bench.csms.wait_connected(within=30)
        assert (len(main.attempts), main.other_attempts) == (tried + 1, 1)

    verdicts, found, log = run(port_scanned)
    assert verdicts == [Verdict.PASS, Verdict.PASS], found
    assert any("127.0.0.2" in line for line in log)


def test_if_only_other_hosts_try_to_connect_the_case_is_not_held_against_the_station() -> None:
    async def only_others(bench: Bench, _: ScriptedStation) -> None:
        await asyncio.gather(next_attempt(bench, len(bench.csms.main.attempts), within=5), later(bench.csms.main.port))

    async def later(port: int) -> None:
        await asyncio.sleep(1)
        await connect_from_elsewhere(port)

    verdicts, found, _ = run(only_others)
    assert verdicts == [Verdict.INCONCLUSIVE, Verdict.PASS]
    assert "not known to be the station" in found


def test_many_clients_that_are_not_the_station_are_an_obstacle_and_not_its_fault() -> None:
    async def flood(bench: Bench, _: ScriptedStation) -> None:
        for _ in range(BURST_OF_OTHERS + 100):
            await connect_and_send(bench.csms.main.port, request(*HEADERS, SUBPROTOCOL, line="GET /guess HTTP/1.1"))

    verdicts, found, log = run(flood)
    assert verdicts == [Verdict.INCONCLUSIVE, Verdict.PASS]
    assert "connection attempts of clients that are not known to be the station within" in found
    assert "the URL ends with the unknown identity guess (HTTP 404)" in found
    assert len(log) == 1


async def lab_closes(bench: Bench, _: ScriptedStation) -> None:
    await bench.csms.close_connection()


async def lab_drops(bench: Bench, _: ScriptedStation) -> None:
    bench.csms.drop_connection()


async def station_closes(_: Bench, station: ScriptedStation) -> None:
    assert station.peer is not None
    await station.peer.close(1011, "watchdog")


async def station_drops(_: Bench, station: ScriptedStation) -> None:
    assert station.peer is not None
    station.peer.abort()


@pytest.mark.parametrize(
    ("end", "why"),
    [
        (lab_closes, "closed with 1001 (going away): the lab disconnects"),
        (lab_drops, "dropped by the lab without a close frame"),
        (station_closes, "the station closed the connection with 1011 (internal error): watchdog"),
        (station_drops, "the station closed the TCP connection without a close frame"),
    ],
)
def test_the_end_of_the_connection_is_logged(end: Scenario, why: str) -> None:
    async def ends(bench: Bench, station: ScriptedStation) -> None:
        before = bench.csms.connection_count
        await end(bench, station)
        assert await bench.csms.wait_connected(within=30, after=before)

    verdicts, found, log = run(ends)
    assert log == [f"connection ended: {why}"]
    assert verdicts == [Verdict.PASS, Verdict.PASS], found


def test_a_request_that_is_lost_names_how_the_connection_ended() -> None:
    async def loses_a_request(bench: Bench, station: ScriptedStation) -> None:
        async def closes(_: object) -> None:
            await station_closes(bench, station)

        station.scripts[m.ClearCacheRequest] = closes
        await bench.call(m.ClearCacheRequest())

    verdicts, found, _ = run(loses_a_request)
    assert verdicts == [Verdict.FAIL, Verdict.PASS]
    assert found == ("the station disconnected: the station closed the connection with 1011 (internal error): watchdog")


def test_an_older_connection_that_a_newer_one_replaces_is_logged_with_both_addresses() -> None:
    async def second_device(bench: Bench, station: ScriptedStation) -> None:
        await station.connect_double()
        await bench.csms.wait_connected(within=30, after=1)

    _, _, log = run(second_device)
    assert log[0].startswith("connection ended: a client with the identity PLUGFEST-01 connected from 127.0.0.1:")
    assert log[0].endswith(" was open; the lab closed the older connection")


def test_what_comes_after_very_many_entries_is_counted_in_the_last_one() -> None:
    log = ConnectionLog(lambda: 0.0, lambda: 0)
    for number in range(MAX_ENTRIES + 10):
        log.ended("192.0.2.1:1", f"reason {number}", by_lab=False)
    assert (len(log.entries), log.entries[-1].count) == (MAX_ENTRIES, 11)
