"""A station in a program that does something wrong on demand."""

import asyncio
import subprocess
import sys

import pytest
from tests.rig.misbehaviour.csms import PASSWORD, RawCsms, listening

from plugfest import ActionRefused, Station, UnusableSettings, run


def test_a_station_misbehaves_from_its_start() -> None:
    async def main() -> None:
        csms = RawCsms()
        async with (
            listening(csms) as url,
            Station("reference-ac", csms=url, password=PASSWORD, misbehave=("doubled:rate=1,kind=call",)) as station,
        ):
            await station.wait_for(accepted=True)
            assert station.misbehaviours == [
                "doubled:rate=1,kind=call: a frame arrives twice",
            ]
        boots = csms.of("BootNotification")
        assert station.transport_faults[0] == "doubled: BootNotification sent"
        assert len(boots) == 2
        assert boots[0] == boots[1]

    run(main(), simulated=True)


def test_it_begins_and_ends_at_run_time() -> None:
    async def main() -> None:
        csms = RawCsms()
        async with (
            listening(csms) as url,
            Station("reference-ac", csms=url, password=PASSWORD, misbehave=()) as station,
        ):
            await station.wait_for(accepted=True)
            station.misbehave("lost:rate=1,message=StatusNotification", "answers-getlocallistversion")
            assert station.misbehaviours[0].startswith("answers ")
            before = len(csms.of("StatusNotification"))
            await station.plug_in()
            await station.wait_for(connector_status="Occupied")
            await asyncio.sleep(70)
            assert len(csms.of("StatusNotification")) == before
            station.behave()
            assert station.misbehaviours == []
            await station.unplug()
            await asyncio.sleep(70)
            assert len(csms.of("StatusNotification")) > before

    run(main(), simulated=True)


def test_a_handler_of_requests_can_be_wrong_at_run_time() -> None:
    async def main() -> list[str]:
        csms = RawCsms()
        async with (
            listening(csms) as url,
            Station("reference-ac", csms=url, password=PASSWORD, misbehave=()) as station,
        ):
            await station.wait_for(accepted=True)
            await csms.send("first", "GetLocalListVersion", {})
            await asyncio.sleep(1)
            station.misbehave("answers-getlocallistversion")
            await csms.send("second", "GetLocalListVersion", {})
            await asyncio.sleep(1)
        return [str(frame[2]["versionNumber"]) for frame in csms.answers]

    first, second = run(main(), simulated=True)
    assert first != second


def test_what_cannot_be_is_one_line() -> None:
    async def main() -> None:
        with pytest.raises(UnusableSettings, match=r"^half-opn: .* did you mean half-open\?$"):
            Station("reference-ac", csms="ws://127.0.0.1:1", misbehave=["half-opn"])
        with pytest.raises(ActionRefused, match=r"create it with misbehave=\(\)"):
            Station("reference-ac", csms="ws://127.0.0.1:1").misbehave("lost")
        station = Station("reference-ac", csms="ws://127.0.0.1:1", misbehave="lost")
        with pytest.raises(ActionRefused, match="lost: rate=3: expected a number from 0 to 1"):
            station.misbehave("doubled", "lost:rate=3")
        assert len(station.misbehaviours) == 1

    run(main(), simulated=True)


def test_the_chances_follow_from_the_seed() -> None:
    async def main(seed: int) -> list[str]:
        csms = RawCsms()
        settings = {"password": PASSWORD, "misbehave": ["lost:rate=0.5,message=StatusNotification"], "seed": seed}
        async with listening(csms) as url, Station("reference-ac", csms=url, **settings) as station:  # type: ignore[arg-type]
            await station.wait_for(accepted=True)
            for _ in range(4):
                await station.plug_in()
                await asyncio.sleep(70)
                await station.unplug()
                await asyncio.sleep(70)
        return [each["connectorStatus"] for each in csms.of("StatusNotification")]

    first, again, other = (run(main(seed), simulated=True) for seed in (1, 1, 3))
    assert first == again
    assert first != other


def test_a_station_that_does_not_misbehave_needs_neither_lab_nor_wrong_stations() -> None:
    program = "import sys, plugfest; plugfest.Station('reference-ac', csms='ws://127.0.0.1:1');"
    program += "print([name for name in sys.modules if 'misbehaviour' in name or name.startswith('plugfest.lab')])"
    found = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"
