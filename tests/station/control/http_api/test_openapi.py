"""The description of the control API."""

from collections.abc import Iterator
from typing import Any

from tests.station.control.http_api.station_site import Site, on_site

from plugfest.station.control.conditions import Condition
from plugfest.station.control.http_api.openapi import openapi
from plugfest.station.control.operations import OPERATIONS

QUERIES = {"/state", "/wait", "/frames", "/events", "/display", "/measured_values"}


def references(value: Any) -> Iterator[str]:
    """The names of all components that are referred to."""
    if isinstance(value, dict):
        if "$ref" in value:
            yield value["$ref"].rpartition("/")[2]
        for each in value.values():
            yield from references(each)
    elif isinstance(value, list):
        for each in value:
            yield from references(each)


def test_the_description_lists_what_is_served() -> None:
    paths = openapi()["paths"]
    assert set(paths) == {f"/{operation.name}" for operation in OPERATIONS} | QUERIES
    assert {path for path, methods in paths.items() if "get" in methods} == QUERIES


def test_all_that_is_described_is_served() -> None:
    async def scenario(site: Site) -> None:
        for path in QUERIES - {"/events"}:
            assert (await site.get(path)).status_code != 404
        for operation in OPERATIONS:
            assert (await site.get(f"/{operation.name}")).status_code == 405
        assert (await site.get("/colours")).json()["error"].startswith("there is no GET /colours; GET /openapi.json")

    on_site(scenario)


def test_each_component_that_is_referred_to_is_described() -> None:
    description = openapi()
    components = description["components"]["schemas"]
    assert set(references(description)) <= set(components)
    assert {"Frame", "DroppedFrames", "VendorAnswer", "Fault"} <= set(components)


def test_each_answer_has_a_description_and_a_schema() -> None:
    for methods in openapi()["paths"].values():
        for operation in methods.values():
            assert "200" in operation["responses"]
            for answer in operation["responses"].values():
                assert answer["description"]
                assert all(content["schema"] for content in answer["content"].values())


def test_the_token_is_described() -> None:
    description = openapi()
    (name,) = description["components"]["securitySchemes"]
    assert description["security"] == [{name: []}, {}]
    assert all(
        "401" in operation["responses"] for methods in description["paths"].values() for operation in methods.values()
    )


def test_the_parameters_of_a_wait_are_those_of_conditions_and_messages() -> None:
    wait = openapi()["paths"]["/wait"]["get"]
    names = [each["name"] for each in wait["parameters"]]
    assert set(Condition.__struct_fields__) | {"within", "message", "contains", "after"} <= set(names)
    assert len(set(names)) == len(names)
    within = next(each for each in wait["parameters"] if each["name"] == "within")
    assert within["schema"] == {"type": "number", "minimum": 0, "maximum": 3600.0, "default": 30.0}
    assert "each field that is given has to hold" in wait["description"]
    assert {"400", "503", "504"} <= set(wait["responses"])


def test_an_operation_that_returns_something_describes_it() -> None:
    success = openapi()["paths"]["/data_transfer"]["post"]["responses"]["200"]
    assert success["content"]["application/json"]["schema"]["$ref"].endswith("/VendorAnswer")
