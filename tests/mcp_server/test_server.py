"""The tools for assistants, called by the client of the official package."""

import asyncio
import contextlib
import json
import re
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from tests.docs.test_guides import ROOT

pytest.importorskip("mcp", reason="needs the extra mcp")
pytestmark = pytest.mark.filterwarnings("default")  # those of the package mcp are not ours

from mcp import Client, StdioServerParameters  # noqa: E402

from plugfest.lab.selection import cases  # noqa: E402
from plugfest.mcp_server.requirements import requirement  # noqa: E402
from plugfest.mcp_server.server import make_server  # noqa: E402


@contextlib.asynccontextmanager
async def csms() -> AsyncIterator[str]:
    """The CSMS of the guide about pytest."""
    guide = (ROOT / "docs" / "guides" / "test-your-csms.md").read_text()
    found = re.search(r"```python\n# conftest.py\n(.*?)```", guide, re.DOTALL)
    assert found is not None
    names: dict[str, Any] = {}
    exec(compile(found[1], "conftest.py", "exec"), names)
    async with names["running_csms"]() as url:
        yield url


async def text(client: Client, tool: str, **arguments: Any) -> str:
    result = await client.call_tool(tool, arguments)
    (content,) = result.content
    assert not result.is_error, content
    return str(content.text)


async def error(client: Client, tool: str, **arguments: Any) -> str:
    result = await client.call_tool(tool, arguments)
    assert result.is_error
    return str(result.content[0].text)


def run(body: Callable[[Client], Awaitable[None]]) -> None:
    async def main() -> None:
        async with Client(make_server()) as client:
            await body(client)

    asyncio.run(main())


def test_an_assistant_charges_an_ev() -> None:
    async def body(client: Client) -> None:
        async with csms() as url:
            product, password = "alpitronic-hyc-200-eu", "a-password-of-16"
            started = json.loads(await text(client, "start_station", product=product, csms=url, password=password))
            assert started["accepted"]
            await text(client, "act", identity="CS001", action="plug_in", arguments={"evse_id": 1, "connector_id": 1})
            await text(client, "act", identity="CS001", action="present_token", arguments={"id_token": "04A2B1C3"})
            state = await text(client, "wait_for_state", identity="CS001", condition={"charging_state": "Charging"})
            assert json.loads(state)["transactions"][0]["charging_state"] == "Charging"
            fields = {"eventType": "Updated"}
            frame = await text(client, "wait_for_message", identity="CS001", action="TransactionEvent", fields=fields)
            assert frame.startswith("-> [2,")
            assert "TransactionEvent: Started" in await text(client, "sequence_diagram", identity="CS001")
            frames = json.loads(await text(client, "frames", identity="CS001", action="BootNotification"))
            assert len(frames) == 2
            assert json.loads(await text(client, "stop_station", identity="CS001")) == {"running": []}

    run(body)


def test_a_station_misbehaves_as_an_assistant_chooses() -> None:
    async def body(client: Client) -> None:
        async with csms() as url:
            found = json.loads(await text(client, "list_misbehaviours", product="reference-ac", words=["gaps"]))
            assert [each["id"] for each in found["found"]] == ["leaves-gaps-in-seqno"]
            assert found["left_out"] == 0
            wrong = ["leaves-gaps-in-seqno", "doubled:rate=1,kind=call,message=StatusNotification"]
            settings = {"product": "reference-ac", "csms": url, "password": "a-password-of-16"}
            started = json.loads(await text(client, "start_station", **settings, misbehave=wrong))
            assert started["misbehaves"][0] == "leaves gaps in seqNo (E01.FR.07)"
            assert started["misbehaves"][1].startswith("doubled:rate=1,message=StatusNotification,kind=call: ")
            await text(client, "act", identity="CS001", action="plug_in", arguments={"evse_id": 1, "connector_id": 1})
            await text(client, "act", identity="CS001", action="present_token", arguments={"id_token": "04A2B1C3"})
            await text(client, "wait_for_state", identity="CS001", condition={"charging_state": "Charging"})
            frames = json.loads(await text(client, "frames", identity="CS001", action="TransactionEvent"))
            state = json.loads(await text(client, "station_state", identity="CS001"))
            assert state["transport_faults"][0] == "doubled: StatusNotification sent"
            assert re.findall(r'"seqNo":(\d+)', "".join(frames)) == ["0", "2", "4"]
            assert json.loads(await text(client, "behave", identity="CS001")) == {"misbehaves": []}
            added = json.loads(await text(client, "misbehave", identity="CS001", misbehaviours=["lost:rate=0"]))
            assert added == {"misbehaves": ["lost:rate=0: a frame does not arrive"]}
            assert (
                json.loads(await text(client, "station_state", identity="CS001"))["misbehaves"] == added["misbehaves"]
            )

    run(body)


def test_misbehaviours_are_refused_in_the_words_of_the_command() -> None:
    async def body(client: Client) -> None:
        settings = {"product": "reference-ac", "csms": "ws://127.0.0.1:1"}
        reason = await error(client, "start_station", **settings, misbehave=["half-opn"])
        assert "half-opn: there is no such misbehaviour of OCPP 2.0.1; did you mean half-open?" in reason
        assert json.loads(await text(client, "station_state")) == {"running": []}
        reason = await error(client, "list_misbehaviours", message="TransactonEvent")
        assert "OCPP has no such message; did you mean TransactionEvent?" in reason
        everything = json.loads(await text(client, "list_misbehaviours"))
        assert len(everything["found"]) < 100 < everything["left_out"]

    run(body)


def test_problems_are_one_line() -> None:
    async def body(client: Client) -> None:
        assert "no station CS9 runs" in await error(client, "station_state", identity="CS9")
        assert "no-such-product" in await error(client, "start_station", product="no-such-product", csms="ws://x")
        unreachable = await error(
            client, "start_station", product="reference-16-plain", csms="ws://127.0.0.1:1", within=3.0
        )
        assert "accepted is false" in unreachable
        assert "127.0.0.1" in unreachable
        async with csms() as url:
            password = "a-password-of-16"
            await text(client, "start_station", product="reference-ac", csms=url, password=password)
            assert "runs already" in await error(client, "start_station", product="reference-ac", csms=url)
            assert "there is no action fly" in await error(client, "act", identity="CS001", action="fly")
            assert "evse_id" in await error(client, "act", identity="CS001", action="plug_in", arguments={})
            wrong = {"no_such_field": 1}
            assert "no_such_field" in await error(client, "wait_for_state", identity="CS001", condition=wrong)
            never = {"charging_state": "Charging"}
            reason = await error(client, "wait_for_state", identity="CS001", condition=never, within=0.1)
            assert "no transaction is ongoing" in reason

    run(body)


def test_an_assistant_runs_cases_and_reads_their_findings() -> None:
    async def body(client: Client) -> None:
        products = json.loads(await text(client, "list_products", ocpp_version="1.6"))
        assert "reference-16-plain" in {each["name"] for each in products}
        assert "TC_E_09_CS" in json.loads(await text(client, "list_cases", product="alpitronic-hyc-200-eu"))
        (found,) = json.loads(await text(client, "run_cases", product="reference-16-plain", cases=["TC_001"]))
        assert found["passed"]
        assert [each["verdict"] for each in found["cases"]] == ["PASS"]
        assert "TC_Z_99" in await error(client, "run_cases", product="reference-16-plain", cases=["TC_Z_99"])
        assert "no-such" in await error(client, "read_findings", report="no-such.json")

    run(body)


def test_a_requirement_is_found_in_cases_wrong_stations_and_code() -> None:
    found = requirement("E07.FR.02")
    assert found.wrong_stations
    assert any(place.startswith("plugfest/station/") for place in found.code)
    assert requirement("e07.fr.02").code == found.code
    judged = cases("2.0.1")["TC_E_09_CS"].requirements[0]
    assert "TC_E_09_CS" in requirement(judged).cases
    assert requirement("E07.FR.0").code == []


def test_the_command_serves_on_standard_input_and_output(tmp_path: Path) -> None:
    async def main() -> None:
        server = StdioServerParameters(command=sys.executable, args=["-m", "plugfest", "mcp"], cwd=tmp_path)
        async with Client(server) as client:
            tools = (await client.list_tools()).tools
            assert {"start_station", "act", "run_cases", "look_up_requirement"} <= {each.name for each in tools}
            assert all(each.description for each in tools)
            found = json.loads(await text(client, "look_up_requirement", id="B01.FR.08"))
            assert found["code"]

    asyncio.run(main())
