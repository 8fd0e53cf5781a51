"""External limits that the control API sets."""

import httpx
import pytest
from tests.station.control.test_control import application_of, post
from tests.station.station_bench import station_bench

from plugfest.clock import run_simulated
from plugfest.hardware.ports import ExternalLimitChanged, HardwareEvent

PERIODS = [{"start": 0, "watts": 4140}, {"start": 60, "watts": 6900}]


@pytest.mark.parametrize(
    ("body", "limits"),
    [
        ({"watts": 4140}, [(0, 4140.0)]),
        ({"watts": 4140, "source": "SO", "evse_id": 1}, [(0, 4140.0)]),
        ({"periods": PERIODS, "source": "Other"}, [(0, 4140.0), (60, 6900.0)]),
        ({"periods": PERIODS, "duration": 120}, [(0, 4140.0), (60, 6900.0)]),
    ],
)
def test_an_external_limit_is_set_in_one_or_several_periods(
    body: dict[str, object], limits: list[tuple[int, float]]
) -> None:
    async def scenario() -> None:
        async with station_bench("reference-ac") as bench:
            events: list[HardwareEvent] = []
            bench.hardware.listen(events.append)
            transport = httpx.ASGITransport(application_of(bench))
            async with httpx.AsyncClient(transport=transport, base_url="http://station") as client:
                assert (await post(client, "external_limit", **body)).status_code == 200
                assert (await post(client, "external_limit", watts=None)).status_code == 200
            changed, released = (event for event in events if isinstance(event, ExternalLimitChanged))
            assert changed.watts is not None
            assert [(0, changed.watts), *((each.start, each.watts) for each in changed.later)] == limits
            assert (changed.source, changed.evse_id) == (body.get("source", "EMS"), body.get("evse_id"))
            assert changed.duration == body.get("duration")
            assert released == ExternalLimitChanged("EMS", None)

    run_simulated(scenario())


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ({}, "an external limit has either watts or periods"),
        ({"watts": 1, "periods": PERIODS}, "an external limit has either watts or periods"),
        ({"periods": PERIODS[1:]}, "the first period starts at 0 s, not at 60 s"),
        ({"periods": [*PERIODS, PERIODS[1]]}, "periods start at 0 s, then later and later, not at 0, 60, 60"),
        ({"periods": PERIODS, "duration": 60}, "a duration of 60 s ends before the last period, at 60 s"),
        ({"periods": [{"start": 0, "watts": -1}]}, "a limit is 0 W or more, not -1 W"),
        ({"watts": 1, "source": "CSO"}, "an external limit is set by EMS, SO, Other, not by CSO"),
    ],
)
def test_an_impossible_external_limit_is_refused(body: dict[str, object], error: str) -> None:
    async def scenario() -> None:
        async with station_bench("reference-ac") as bench:
            transport = httpx.ASGITransport(application_of(bench))
            async with httpx.AsyncClient(transport=transport, base_url="http://station") as client:
                answer = await post(client, "external_limit", **body)
                assert (answer.status_code, answer.json()["error"]) == (409, error)

    run_simulated(scenario())
