"""What people did, from the frames that our station made, is what they did."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tests.scenarios.performing import Performance, performed

from plugfest.scenarios.file import load_scenario, parse_scenario
from plugfest.scenarios.logs import scenario_of_log
from plugfest.scenarios.logs.history import Action, history_of
from plugfest.scenarios.logs.reading import LoggedFrame, frames_of_text

START = datetime(2026, 3, 1, 12, tzinfo=UTC)
PEOPLE = ("plug_in", "plug_out", "present_token", "fault_on", "fault_off")


def log_of(done: Performance) -> str:
    """The frames as lines of JSON."""
    return "\n".join(json.dumps([each.at.isoformat(), each.sent, each.text]) for each in done.frames)


def actions(text: str) -> list[Action]:
    return history_of(frames_of_text(text)).actions


def shown(found: list[Action], begin: LoggedFrame, *operations: str) -> list[tuple[int, str, object]]:
    """Seconds, operation and EVSE of these operations."""
    return [
        (round((each.at - begin.at).total_seconds()), each.operation, each.arguments.get("evse_id"))
        for each in found
        if each.operation in operations
    ]


def did(done: Performance, *operations: str) -> list[tuple[int, str, object]]:
    return [
        (round(seconds), event.placed.do, event.evse_id)
        for seconds, event in done.events
        if event.placed.do in operations and str(event.state) == "done"
    ]


@pytest.mark.parametrize(
    ("name", "product", "hours"),
    [
        ("commute", "reference-ac", 32),
        ("commute", "reference-16-ac", 32),
        ("motorway-holiday", "reference-dc", 3),
        ("motorway-holiday", "reference-16-dc", 3),
    ],
)
def test_cables_and_tokens_are_those_of_the_drivers(name: str, product: str, hours: float) -> None:
    done = performed(load_scenario(name), product, hours=hours)
    begin = next(frames_of_text(log_of(done)))
    found = shown(actions(log_of(done)), begin, *PEOPLE)
    expected = did(done, *PEOPLE)
    while expected[-1][1] != "plug_out":  # the EVSE of a token may not be known yet where the log ends
        expected.pop()
    found = found[: len(expected)]
    assert len(expected) >= 12
    assert [each[1:] for each in found] == [each[1:] for each in expected]
    assert [each[0] for each in found] == [pytest.approx(each[0], abs=1) for each in expected]


def test_the_replay_of_a_log_makes_the_same_messages(tmp_path: Path) -> None:
    done = performed(load_scenario("single-charge"), "reference-ac", seed=5)
    log = tmp_path / "station.jsonl"
    log.write_text(log_of(done))
    again = performed(parse_scenario("again.toml", scenario_of_log(log).encode()), "reference-ac", seed=9)
    one, other = (
        [
            (each.payload["eventType"], each.payload["triggerReason"], each.payload.get("idToken"))
            for each in performance.frames
            if each.action == "TransactionEvent" and each.kind == "call"
        ]
        for performance in (done, again)
    )
    assert one == other
    assert len(one) > 5
    assert again.seconds == pytest.approx(done.seconds, abs=2)


def test_a_cable_that_was_unplugged_as_soon_as_it_was_free_is_so_again(tmp_path: Path) -> None:
    done = performed(load_scenario("single-charge"), "reference-ac", seed=5, compress=1000)
    log = tmp_path / "station.jsonl"
    log.write_text(log_of(done))
    again = performed(parse_scenario("again.toml", scenario_of_log(log).encode()), "reference-ac")
    assert len(again.lines("plug_out")) == 1
    assert "refused" not in again.lines("plug_out")[0]


FAILURES = """\
summary = "A power failure, an outage of the network and a fault, with a car at EVSE 1."
[[steps]]
do = "present_token"
id_token = "04AABB"
evse_id = 1
[[steps]]
do = "pause"
for = "10 s"
[[steps]]
do = "plug_in"
evse_id = 1
[[steps]]
do = "pause"
for = "20 min"
[[steps]]
do = "network_off"
[[steps]]
do = "pause"
for = "10 min"
[[steps]]
do = "network_on"
[[steps]]
do = "pause"
for = "30 min"
[[steps]]
do = "power_off"
[[steps]]
do = "pause"
for = "10 min"
[[steps]]
do = "power_on"
[[steps]]
do = "pause"
for = "30 min"
[[steps]]
do = "fault_on"
evse_id = 2
[[steps]]
do = "pause"
for = "30 min"
[[steps]]
do = "fault_off"
evse_id = 2
"""


LATE = {"network_off": 70, "network_on": 600, "power_off": 310}
"""Seconds: until the next metered value, the next attempt to connect, the next heartbeat."""


@pytest.mark.parametrize("product", ["reference-ac", "reference-16-dc"])
def test_power_failures_outages_and_faults_are_found(product: str) -> None:
    done = performed(FAILURES, product)
    begin = next(frames_of_text(log_of(done)))
    operations = ("network_off", "network_on", "power_off", "power_on", "fault_on", "fault_off")
    found = shown(actions(log_of(done)), begin, *operations)
    expected = did(done, *operations)
    assert [each[1] for each in found] == [each[1] for each in expected] == list(operations)
    for (at, name, _), (was_at, *_) in zip(found, expected, strict=True):
        assert abs(at - was_at) <= LATE.get(name, 3), name


def test_what_the_csms_does_is_no_action_of_people_but_a_remark() -> None:
    frames = [
        [2, "1", "RemoteStartTransaction", {"connectorId": 1, "idTag": "APP1"}],
        [2, "2", "StatusNotification", {"connectorId": 1, "status": "Preparing"}],
        [2, "3", "StartTransaction", {"connectorId": 1, "idTag": "APP1", "timestamp": "2026-03-01T12:00:03Z"}],
        [3, "3", {"transactionId": 5, "idTagInfo": {"status": "Accepted"}}],
        [2, "4", "RemoteStopTransaction", {"transactionId": 5}],
        [2, "5", "StopTransaction", {"transactionId": 5, "reason": "Remote", "timestamp": "2026-03-01T12:00:05Z"}],
    ]
    text = "\n".join(f"12:00:{number:02} {json.dumps(each)}" for number, each in enumerate(frames, 1))
    history = history_of(frames_of_text(text))
    assert [each.operation for each in history.actions] == ["plug_in"]
    assert history.remarks == [
        "12:00:01: the CSMS started a transaction for APP1: it has to do it again",
        "12:00:05: the CSMS stopped a transaction: it has to do it again",
    ]


def test_a_cable_that_is_taken_from_the_ev_first_is_unplugged_there() -> None:
    frames = [
        (0, [2, "1", "TransactionEvent", event("Started", "CablePluggedIn")]),
        (60, [2, "2", "TransactionEvent", event("Ended", "EVCommunicationLost")]),
        (90, [2, "3", "StatusNotification", {"evseId": 1, "connectorId": 1, "connectorStatus": "Available"}]),
    ]
    text = "\n".join(json.dumps([1_800_000_000 + at, each]) for at, each in frames)
    assert [(each.operation, each.arguments.get("side")) for each in actions(text)] == [
        ("plug_in", None),
        ("plug_out", "ev"),
    ]
    near = text.replace("1800000090", "1800000061")
    assert [each.arguments.get("side") for each in actions(near)] == [None, None]


def event(kind: str, trigger: str) -> dict[str, object]:
    return {
        "eventType": kind,
        "triggerReason": trigger,
        "transactionInfo": {"transactionId": "T"},
        "evse": {"id": 1, "connectorId": 1},
    }


def status(at: int, status: str, timestamp: int) -> str:
    time = (START + timedelta(seconds=timestamp)).isoformat()
    payload = {"evseId": 1, "connectorId": 1, "connectorStatus": status, "timestamp": time}
    return json.dumps([(START + timedelta(seconds=at)).timestamp(), [2, f"s{at}", "StatusNotification", payload]])


def test_an_event_that_was_kept_shows_when_the_cable_was_plugged_in() -> None:
    kept = {**event("Started", "CablePluggedIn"), "timestamp": (START + timedelta(seconds=300)).isoformat()}
    lines = [
        status(0, "Available", 0),
        status(900, "Occupied", 900),
        json.dumps([(START + timedelta(seconds=901)).timestamp(), [2, "x", "TransactionEvent", kept]]),
    ]
    found = actions("\n".join(lines))
    assert [(each.operation, each.at - START) for each in found] == [
        ("network_off", timedelta(seconds=299)),
        ("plug_in", timedelta(seconds=300)),
        ("network_on", timedelta(seconds=901)),
    ]


def test_a_token_that_was_refused_long_ago_is_not_the_one_that_starts_a_transaction() -> None:
    def frame(at: int, action: str, payload: dict[str, object]) -> str:
        return json.dumps([(START + timedelta(seconds=at)).timestamp(), [2, f"f{at}", action, payload]])

    started = {**event("Started", "Authorized"), "idToken": {"idToken": "04AA", "type": "ISO14443"}}
    lines = [frame(0, "Authorize", {"idToken": {"idToken": "04AA", "type": "ISO14443"}})]
    lines.append(frame(600, "TransactionEvent", started))
    found = actions("\n".join(lines))
    assert [(each.operation, each.arguments.get("evse_id")) for each in found] == [
        ("present_token", None),
        ("present_token", 1),
    ]
