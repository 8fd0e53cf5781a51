"""The stations of an assistant."""

import pytest
from tests.station.csms import Csms
from tests.station.v16.station_bench import Csms16

from plugfest.api.errors import ActionRefused
from plugfest.clock import run_simulated
from plugfest.link.peer import Direction
from plugfest.mcp_server.stations import Stations
from plugfest.station.blocks.p_data_transfer.outgoing import VendorAnswer
from plugfest.station.control.states import StationState


def test_an_action_returns_its_answer_or_else_the_state() -> None:
    async def run() -> None:
        csms, stations = Csms(), Stations()
        await csms.listen()
        await stations.start("reference-ac", csms.url, "CS001", "a-password-of-16", 30)
        answer = await stations.act("CS001", "data_transfer", {"vendor_id": "com.vendor"})
        assert answer == VendorAnswer(status="UnknownVendorId")
        state = await stations.act("CS001", "plug_in", {"evse_id": 1, "connector_id": 1})
        assert isinstance(state, StationState)
        await stations.stop_all()
        await csms.server.close()

    run_simulated(run())


def test_a_frame_has_no_password() -> None:
    async def run() -> None:
        csms, stations = Csms16(), Stations()
        await csms.listen()
        await stations.start("reference-16-ac", csms.url, "CS001", "a-password-of-16", 30)
        text = '[2,"1","ChangeConfiguration",{"key":"AuthorizationKey","value":"a-secret-of-the-csms"}]'
        stations.get("CS001").virtual.watch.frame(Direction.RECEIVED, text, 0)
        awaited = await stations.wait_for_message("CS001", "ChangeConfiguration", {"value": "a-secret-of-the-csms"}, 1)
        assert awaited == "<- " + text.replace("a-secret-of-the-csms", "(not shown)")
        assert stations.frames("CS001", "ChangeConfiguration", 9) == [awaited]
        await stations.stop_all()
        await csms.server.close()

    run_simulated(run())


def test_a_number_of_frames_is_positive() -> None:
    async def run() -> None:
        csms, stations = Csms(), Stations()
        await csms.listen()
        await stations.start("reference-ac", csms.url, "CS001", "a-password-of-16", 30)
        assert len(stations.frames("CS001", None, 1)) == 1
        for number in (0, -1):
            with pytest.raises(ActionRefused, match=f"newest is 1 or more, not {number}"):
                stations.frames("CS001", None, number)
            with pytest.raises(ActionRefused, match=f"newest is 1 or more, not {number}"):
                stations.diagram("CS001", number)
        await stations.stop_all()
        await csms.server.close()

    run_simulated(run())
