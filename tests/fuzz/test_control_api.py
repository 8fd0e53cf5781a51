"""Requests to the control API of a running station, drawn from its own description, and others that are not in it."""

import asyncio
import json
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.fuzz.conversation import no_traceback
from tests.fuzz.effort import fuzzed, inputs
from tests.station.station_bench import station_bench
from tests.station.v16.station_bench import station_bench as station_bench_16

from plugfest.clock import run_simulated
from plugfest.http_server.access import Access, AccessRules
from plugfest.station.control.commands import Control
from plugfest.station.control.http_api.application import application
from plugfest.station.control.http_api.openapi import openapi
from plugfest.station.control.operated_station import OperatedStation
from plugfest.station.control.watch import StationWatch

DESCRIPTION = openapi()

STATUSES = {200, 400, 409, 423, 504}

NUMBERS = st.integers() | st.sampled_from((0, 1, 2, -1, 2**31, 2**63, 2**64, 10**30, 0.0, -0.5, 1e-300, 1e308))

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=40) | st.sampled_from(("A", "ISO14443", "x" * 5000))

ANY = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=5,
)


SIMPLE: dict[str, st.SearchStrategy[Any]] = {
    "integer": st.integers(0, 3) | st.integers(),
    "number": st.floats(0, 1e6) | NUMBERS,
    "string": TEXTS,
    "boolean": st.booleans(),
    "null": st.none(),
}


def values(schema: dict[str, Any]) -> st.SearchStrategy[Any]:
    """Values of a JSON Schema, as the description has it."""
    if "$ref" in schema:
        return values(DESCRIPTION["components"]["schemas"][schema["$ref"].rpartition("/")[2]])
    if "anyOf" in schema:
        return st.one_of(*(values(each) for each in schema["anyOf"]))
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    if schema.get("type") == "array":
        return st.lists(values(schema.get("items", {})), max_size=3)
    if schema.get("type") == "object":
        properties = {name: values(each) for name, each in schema.get("properties", {}).items()}
        required = {name: properties.pop(name) for name in schema.get("required", ())}
        return st.fixed_dictionaries(required, optional=properties)
    return SIMPLE.get(schema.get("type", ""), ANY)


def encoded(value: object) -> bytes:
    return json.dumps(value).encode()


def bodies(path: str) -> st.SearchStrategy[bytes]:
    """Bodies of an operation: mostly valid ones."""
    described = DESCRIPTION["paths"][path]["post"]["requestBody"]["content"]["application/json"]["schema"]
    valid = values(described).map(encoded)
    return st.one_of(valid, valid, valid, ANY.map(encoded), st.binary(max_size=60), st.just(b"[" * 5000))


PATHS = [path for path, methods in DESCRIPTION["paths"].items() if "post" in methods]

Query = dict[str, str]


def queries(path: str) -> st.SearchStrategy[Query]:
    """The parameters of a GET request: mostly those that it has."""
    described = DESCRIPTION["paths"][path]["get"]["parameters"]
    own = {each["name"]: values(each["schema"]).map(written) | TEXTS for each in described if each["in"] == "query"}
    return st.one_of(
        *(st.fixed_dictionaries({}, optional={name: each}) for name, each in own.items()),
        st.fixed_dictionaries({}, optional=own),
        st.dictionaries(TEXTS, TEXTS, max_size=2),
    )


def written(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value)


QUERIED = [path for path, methods in DESCRIPTION["paths"].items() if "get" in methods and path != "/events"]

posts = st.sampled_from(PATHS).flatmap(lambda path: st.tuples(st.just(path), bodies(path)))
gets = st.sampled_from(QUERIED).flatmap(lambda path: st.tuples(st.just(path), queries(path)))
requests = st.one_of(posts, posts, gets)


async def send(control: Control, sequence: list[tuple[str, bytes | Query]]) -> None:
    api = application(OperatedStation(control, StationWatch()))
    transport = httpx.ASGITransport(Access(api, AccessRules()))
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
        for path, content in sequence:
            if isinstance(content, bytes):
                answer = await client.post(path, content=content, headers={"Content-Type": "application/json"})
            else:
                answer = await client.get(path, params=content)
            assert answer.status_code in STATUSES, (path, content, answer.text)
            if answer.status_code != 200:
                assert len(answer.json()["error"]) < 1000
            await asyncio.sleep(20)
        assert (await client.get("/state")).status_code == 200
        await client.post("/power_on")
        await asyncio.sleep(600)
        assert (await client.get("/state")).json()["powered"]


@pytest.mark.parametrize("version", ["1.6", "2.0.1"])
@fuzzed(12)
@given(sequence=st.lists(requests, min_size=5, max_size=15))
def test_every_request_has_an_answer_and_the_station_lives_on(
    version: str, sequence: list[tuple[str, bytes | Query]]
) -> None:
    async def scenario() -> None:
        async with station_bench() if version == "2.0.1" else station_bench_16() as bench:
            await send(Control(bench.station, bench.hardware), sequence)

    with no_traceback():
        run_simulated(scenario())
    inputs["requests to the control API"] += len(sequence)
