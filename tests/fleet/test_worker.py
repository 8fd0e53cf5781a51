"""The stations of one process of a fleet."""

import asyncio
from collections.abc import Callable
from http import HTTPStatus
from pathlib import Path
from random import Random

import pytest
from tests.fleet.plans import PASSWORD, plan_of
from tests.station.csms import Csms, refuse

from plugfest.clock import SystemClock, run_simulated
from plugfest.fleet.driving import Drive, Performance
from plugfest.fleet.figures import Figures
from plugfest.fleet.plan import FleetPlan, Misbehaving, ScenarioText, shares
from plugfest.fleet.worker import Worker, WorkerFailed
from plugfest.link.handshake import Admission
from plugfest.link.server import Handshake
from plugfest.link.tls import server_context
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201 import types as t
from plugfest.scenarios.file import scenario_text
from plugfest.security.pki import TestPki
from plugfest.station.control.virtual_station import VirtualStation

ACCEPTED = m.AuthorizeResponse(id_token_info=t.IdTokenInfoType(status=t.AuthorizationStatusEnumType.Accepted))


def run(
    seconds: float,
    change: Callable[[Csms], None] = lambda _: None,
    drive: Performance | None = None,
    **options: object,
) -> tuple[Figures, Csms]:
    """The figures of a fleet of one process after so many seconds."""

    async def main() -> tuple[Figures, Csms]:
        csms = Csms()
        change(csms)
        await csms.listen()
        (share,) = shares(plan_of(csms.url, **options), 1)
        worker = Worker(share, None if drive is None else Drive(drive))
        await worker.prepare()
        await asyncio.sleep(10)
        assert worker.report().prepared == len(share.members)
        worker.begin()
        await asyncio.sleep(seconds)
        await worker.close()
        await csms.server.close()
        return worker.report().figures, csms

    return run_simulated(main())


def test_every_station_connects_as_itself_and_is_accepted() -> None:
    figures, csms = run(60, stations=20)
    assert (figures.stations, figures.connected, figures.accepted, figures.connections) == (20, 20, 20, 20)
    assert {handshake.identity for handshake in csms.handshakes} == {f"CS{number:05d}" for number in range(1, 21)}
    assert {handshake.credentials for handshake in csms.handshakes} == {
        (f"CS{number:05d}", PASSWORD) for number in range(1, 21)
    }
    assert figures.opening.count == 20
    assert figures.latencies["BootNotification"].count == 20
    assert figures.errors == {}
    assert figures.lost == 0


def test_both_directions_are_counted() -> None:
    figures, csms = run(60, stations=3)
    assert figures.sent == len(csms.received)
    assert figures.received == figures.sent
    assert figures.latency().count == figures.sent


def test_stations_connect_at_the_rate_of_the_plan() -> None:
    _, csms = run(60, stations=20, rate=2.0)
    distances = [later - earlier for earlier, later in zip(csms.connected_at, csms.connected_at[1:], strict=False)]
    assert distances == pytest.approx([0.5] * 19, abs=0.01)


def test_a_refused_connection_is_counted_by_its_reason_and_tried_again() -> None:
    def refuse_most(csms: Csms) -> None:
        def admit(handshake: Handshake) -> Admission:
            few = handshake.identity <= "CS00002"
            return Admission.accept() if few else Admission.refuse(HTTPStatus.SERVICE_UNAVAILABLE)

        csms.admission = admit

    figures, csms = run(120, refuse_most, stations=5)
    assert (figures.stations, figures.connected) == (5, 2)
    (reason,) = figures.errors
    assert reason == "the CSMS refuses the connection: 503 Service Unavailable"
    assert figures.errors[reason] == len(csms.handshakes) - 2 > 3


def test_a_callerror_is_counted_by_its_action() -> None:
    figures, _ = run(30, lambda csms: csms.replies.update(StatusNotification=refuse), stations=2)
    assert figures.errors.keys() == {"CALLERROR InternalError to StatusNotification"}
    assert figures.accepted == 2


def test_a_lost_connection_is_counted_and_opened_again() -> None:
    async def main() -> Figures:
        csms = Csms()
        await csms.listen()
        (share,) = shares(plan_of(csms.url, stations=1), 1)
        worker = Worker(share)
        await worker.prepare()
        worker.begin()
        await csms.expect(m.BootNotificationRequest)
        await asyncio.sleep(1)
        assert csms.peer is not None
        await csms.peer.close(1001)
        await asyncio.sleep(1)
        assert worker.report().figures.connected == 0
        await asyncio.sleep(200)
        await worker.close()
        await csms.server.close()
        return worker.report().figures

    figures = run_simulated(main())
    assert (figures.connected, figures.accepted, figures.connections, figures.lost) == (1, 1, 2, 1)
    assert figures.errors == {"connection lost: the CSMS closed the connection with 1001 (going away)": 1}


@pytest.mark.parametrize("with_certificates", [False, True])
def test_stations_connect_with_tls(with_certificates: bool) -> None:
    pki = TestPki(SystemClock().now())
    client_roots = [pki.root_pem] if with_certificates else None

    def use_tls(csms: Csms) -> None:
        csms.tls = server_context(pki.csms("127.0.0.1"), client_roots=client_roots)

    identities = ("CS00001", "CS00002")
    options: dict[str, object] = (
        {"keys": {identity: pki.station(identity) for identity in identities}, "password": None}
        if with_certificates
        else {}
    )
    figures, csms = run(60, use_tls, stations=2, csms_roots=(pki.root_pem,), **options)
    assert (figures.accepted, figures.errors) == (2, {})
    for handshake in csms.handshakes:
        assert handshake.tls is not None
        assert bool(handshake.tls.client_chain) is with_certificates
        assert (handshake.credentials is None) is with_certificates


def test_a_drive_acts_at_each_station_from_its_turn_on() -> None:
    plugged: list[float] = []

    async def drive(virtual: VirtualStation, random: Random) -> None:
        plugged.append(asyncio.get_running_loop().time())
        await asyncio.sleep(10 + random.random())
        await virtual.act(lambda control: control.plug_in(1, 1))

    figures, csms = run(60, drive=drive, stations=3, rate=0.5)
    assert plugged == pytest.approx([plugged[0], plugged[0] + 2, plugged[0] + 4], abs=0.01)
    assert figures.errors == {}
    occupied = [one for one in csms.all(m.StatusNotificationRequest) if one.connector_status == "Occupied"]
    assert len(occupied) == 3


def test_a_drive_that_fails_is_counted_and_the_station_goes_on() -> None:
    async def drive(virtual: VirtualStation, _: Random) -> None:
        raise ValueError("no EVSE 7")

    figures, _ = run(60, drive=drive, stations=2)
    assert figures.errors == {"scenario failed: no EVSE 7": 2}
    assert figures.accepted == 2


def test_a_power_cycle_does_not_count_a_station_twice() -> None:
    async def drive(virtual: VirtualStation, _: Random) -> None:
        await asyncio.sleep(10)
        await virtual.act(lambda control: control.power_off())
        await virtual.act(lambda control: control.power_on())

    figures, csms = run(120, drive=drive, stations=2)
    assert (figures.stations, figures.connected, figures.accepted) == (2, 2, 2)
    assert (figures.connections, figures.lost) == (4, 2)
    assert figures.errors == {}
    assert len(csms.all(m.BootNotificationRequest)) == 4


def test_the_state_of_each_station_is_in_a_file_only_when_asked(tmp_path: Path) -> None:
    run(10, stations=2)
    assert [*tmp_path.iterdir()] == []
    folder = tmp_path / "a new" / "folder"
    run(10, stations=2, store_folder=str(folder))
    assert {file.name for file in folder.glob("*.sqlite")} == {"CS00001.sqlite", "CS00002.sqlite"}


def test_stations_perform_the_scenario_of_the_plan_each_in_its_own_way() -> None:
    text = ScenarioText("single-charge", scenario_text("single-charge").decode())
    figures, csms = run(
        3 * 3600, lambda csms: csms.replies.update(Authorize=lambda _: ACCEPTED), stations=3, scenario=text
    )
    started = [
        at for at, one in csms.received if isinstance(one, m.TransactionEventRequest) and one.event_type == "Started"
    ]
    assert len(started) == len(set(started)) == 3
    assert figures.latencies["TransactionEvent"].count > 6
    assert figures.errors == {}


def test_a_scenario_that_waits_for_messages_has_them() -> None:
    scenario = """
        summary = "A test"
        [[steps]]
        do = "plug_in"
        evse_id = 1
        connector_id = 1
        [[steps]]
        do = "wait_for_message"
        action = "StatusNotification"
        contains = { connectorStatus = "Occupied" }
        [[steps]]
        do = "plug_out"
        evse_id = 1
        connector_id = 1
    """
    figures, csms = run(120, stations=2, scenario=ScenarioText("test.toml", scenario))
    assert figures.errors == {}
    assert [one.connector_status for one in csms.all(m.StatusNotificationRequest)].count("Occupied") == 2


def test_a_share_of_the_stations_misbehaves() -> None:
    figures, _ = run(120, stations=8, misbehaving=(Misbehaving("late:rate=1,seconds=5", 0.25),))
    answers = figures.latencies["BootNotification"]
    assert answers.count == figures.accepted == 8
    assert answers.quantile(0.75) == pytest.approx(0, abs=0.001)
    assert answers.quantile(0.76) == pytest.approx(5, rel=0.03)


def test_a_misbehaviour_that_there_is_not_is_named() -> None:
    assert_refused(plan_of(misbehaving=(Misbehaving("nope"),)), r"CS00001: --misbehave .*nope")


def test_a_folder_that_cannot_be_created_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    plan = plan_of(store_folder=str(tmp_path / "file" / "folder"))
    assert_refused(plan, "file/folder cannot be created for the state of the stations")


def assert_refused(plan: FleetPlan, reason: str) -> None:
    async def main() -> None:
        worker = Worker(shares(plan, 1)[0])
        with pytest.raises(WorkerFailed, match=reason):
            await worker.prepare()
        await worker.close()

    run_simulated(main())
