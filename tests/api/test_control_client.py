"""The client of the control API, in a thread beside the station."""

import asyncio
import inspect
from collections.abc import Callable
from itertools import islice

import pytest
from tests.station.control.http_api.station_site import Site, site

from plugfest import ControlClient, ControlFailed
from plugfest.link.peer import Direction
from plugfest.link.server import bind
from plugfest.station.control.http_api.answers import DroppedFrames, Frame
from plugfest.station.control.http_api.application import serve
from plugfest.station.control.operations import OPERATIONS
from plugfest.station.control.states import StationState


def beside(client: Callable[[ControlClient, Site], None]) -> None:
    """Run what the client does in a thread, in real time."""

    async def run() -> None:
        async with site(settle=0) as one:
            with ControlClient(f"http://127.0.0.1:{one.serve()}") as station:
                await asyncio.to_thread(client, station, one)

    asyncio.run(run())


def test_there_is_a_method_for_each_operation_with_its_arguments() -> None:
    for operation in OPERATIONS:
        method = getattr(ControlClient, operation.name)
        assert method.__name__ == operation.name
        assert method.__doc__.startswith(operation.summary)
        signature = inspect.signature(method)
        assert list(signature.parameters) == ["self", *operation.body.__struct_fields__]
        assert signature.return_annotation is (operation.answer or StationState)


def test_an_ev_is_charged() -> None:
    def client(station: ControlClient, _: Site) -> None:
        assert station.state().accepted
        station.ev_configure(1, reaction_time=0)
        station.plug_in(1, 1)
        message = station.wait_for_message("StatusNotification", sent=True, connectorStatus="Occupied", within=10)
        assert message.payload["evseId"] == 1
        assert station.present_token("04A2B1C3", evse_id=1).evses[0].connectors[0].cable_in_ev
        state = station.wait(charging_state="Charging", evse_id=1, connected=True)
        assert state.transactions[0].charging_state == "Charging"
        found = station.frames(action="TransactionEvent", kind="call", limit=2)
        assert [frame.action for frame in found.frames] == ["TransactionEvent"] * 2
        assert station.frames(after=found.newest).frames == []
        assert isinstance(station.display(), list)
        answer = station.data_transfer("com.vendor", data={"a": 1})
        assert answer.status == "UnknownVendorId"
        assert station.call("data_transfer", vendor_id="com.vendor") == answer
        assert isinstance(station.call("fault_on", evse_id=1, connector_id=1), StationState)

    beside(client)


def test_events_are_states_frames_and_frames_that_are_no_longer_kept() -> None:
    def client(station: ControlClient, one: Site) -> None:
        with pytest.raises(ControlFailed, match=r"Expected `int"):
            next(station.events(after="x"))  # type: ignore[arg-type]
        stream = station.events()
        assert isinstance(next(stream), StationState)
        station.plug_in(1, 1)
        frames = (event for event in stream if isinstance(event, Frame))
        assert next(frames).payload["connectorStatus"] == "Occupied"
        stream.close()
        separators = "\u2028 \x85 \x1c \\n \n\n"
        one.virtual.watch.frame(Direction.SENT, separators, 0.0)
        after = station.frames().newest - 1
        (frame,) = (event for event in islice(station.events(after), 1))
        assert isinstance(frame, Frame)
        assert frame.text == separators

    beside(client)


def test_each_error_has_one_line_and_the_status() -> None:
    def client(station: ControlClient, _: Site) -> None:
        errors: list[tuple[Callable[[], object], int, str]] = [
            (lambda: station.plug_in(9, 1), 409, "there is no EVSE 9; the station has 1, 2"),
            (lambda: station.plug_in("one", 1), 400, "Expected `int`, got `str` - at `$.evse_id`"),
            (lambda: station.call("paint"), 404, "there is no POST /paint"),
            (lambda: station.wait(colour="red"), 400, "colour is none of the parameters"),
            (lambda: station.wait(transaction=True, within=0.1), 504, "not reached within 0.1 s"),
            (lambda: station.wait_for_message("Heartbeat", within=0), 504, "no Heartbeat call within 0 s"),
        ]
        for call, status, reason in errors:
            with pytest.raises(ControlFailed) as failed:
                call()
            assert (failed.value.status, str(failed.value).startswith(reason)) == (status, True), str(failed.value)
        with pytest.raises(TypeError):
            station.plug_in(evse=1)

    beside(client)


def test_a_token_is_sent_and_a_wrong_one_is_an_error() -> None:
    async def run() -> None:
        async with site(settle=0) as one:
            with bind("127.0.0.1", 0) as listening:
                listening.listen()
                task = asyncio.create_task(serve(one.virtual, listening, "secret"))
                url = f"http://127.0.0.1:{listening.getsockname()[1]}"
                with ControlClient(url, token="secret") as station, ControlClient(url) as other:
                    assert (await asyncio.to_thread(station.state)).accepted
                    with pytest.raises(ControlFailed, match="token") as failed:
                        await asyncio.to_thread(other.state)
                    assert failed.value.status == 401
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)

    asyncio.run(run())


@pytest.mark.parametrize("url", ["http://127.0.0.1:9", "no url", "http://127.0.0.1:99999"])
def test_a_station_that_cannot_be_reached_is_one_line(url: str) -> None:
    with ControlClient(url) as station, pytest.raises(ControlFailed, match="cannot be reached") as failed:
        station.state()
    assert failed.value.status is None
    assert "\n" not in str(failed.value)


def test_dropped_frames_are_an_event() -> None:
    async def run() -> None:
        async with site(settle=0, keep_frames=2) as one:
            one.virtual.watch.frame(Direction.SENT, "x", 0.0)
            with ControlClient(f"http://127.0.0.1:{one.serve()}") as station:
                event = await asyncio.to_thread(lambda: next(station.events(after=0)))
                assert event == DroppedFrames(first=1, last=one.virtual.watch.frames[0].number - 1)

    asyncio.run(run())
