"""Keys are read once, set for a case, and restored; keys that the station does not have are not set."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, cast

import pytest

from plugfest.lab.csms.csms import Csms
from plugfest.lab.settings import LabSettings
from plugfest.lab.v16.configuration import Configuration, needs, same
from plugfest.lab.verdict import NotConfigurable
from plugfest.ocpp.message import UNSET, Request, Response, given
from plugfest.ocpp.v16 import messages as m
from plugfest.ocpp.v16 import types as t


class Station:
    """A station with keys, in place of the lab's CSMS."""

    def __init__(self, *readonly: str, **keys: str) -> None:
        self.keys = keys
        self.readonly = readonly
        self.status = t.ChangeConfigurationResponseStatus.Accepted
        self.deaf = False
        self.changes: list[tuple[str, str]] = []
        self.asked: list[list[str]] = []

    async def call(self, request: Request[Any], *, timeout: float) -> Response:
        if isinstance(request, m.ChangeConfigurationRequest):
            self.changes.append((request.key, request.value))
            if not self.deaf:
                self.keys[request.key] = request.value
            return m.ChangeConfigurationResponse(status=self.status)
        assert isinstance(request, m.GetConfigurationRequest)
        wanted = given(request.key)
        self.asked.append(wanted or [])
        reported = [self._value(key) for key in self.keys if not wanted or key in wanted]
        return m.GetConfigurationResponse(configuration_key=reported or UNSET)

    def _value(self, key: str) -> t.KeyValue:
        return t.KeyValue(key=key, readonly=key in self.readonly, value=self.keys[key])


def with_keys(station: Station, action: Callable[[Configuration], Awaitable[object]]) -> Configuration:
    async def scenario() -> Configuration:
        configuration = Configuration(cast(Csms, station), LabSettings())
        await configuration.load()
        await action(configuration)
        return configuration

    return asyncio.run(scenario())


async def nothing(_: Configuration) -> None:
    pass


def test_only_values_that_differ_are_set() -> None:
    station = Station(ConnectionTimeOut="30", LocalPreAuthorize="False")
    wanted = needs({"ConnectionTimeOut": "20", "LocalPreAuthorize": "false"})
    with_keys(station, lambda configuration: configuration.establish(wanted))
    assert station.changes == [("ConnectionTimeOut", "20")]


def test_a_missing_or_readonly_key_is_not_set() -> None:
    station = Station("AuthorizeRemoteTxRequests", AuthorizeRemoteTxRequests="false")
    wanted = needs({"AuthorizeRemoteTxRequests": "true", "MinimumStatusDuration": "0"})
    with_keys(station, lambda configuration: configuration.establish(wanted))
    assert station.changes == []


def test_a_missing_mandatory_key_is_not_configurable() -> None:
    station = Station("AuthorizeRemoteTxRequests", AuthorizeRemoteTxRequests="false")
    wanted = needs({"AuthorizeRemoteTxRequests": "true"}, if_implemented=False)
    with pytest.raises(NotConfigurable, match="the case needs AuthorizeRemoteTxRequests = 'true', which cannot be set"):
        with_keys(station, lambda configuration: configuration.establish(wanted))


def test_a_rejected_value_is_not_configurable() -> None:
    station = Station(ConnectionTimeOut="30")
    station.status = t.ChangeConfigurationResponseStatus.Rejected
    with pytest.raises(NotConfigurable, match="ConnectionTimeOut = '20': Rejected"):
        with_keys(station, lambda configuration: configuration.establish(needs({"ConnectionTimeOut": "20"})))


def test_changed_values_are_restored_and_read() -> None:
    station = Station(ConnectionTimeOut="30")

    async def case(configuration: Configuration) -> None:
        await configuration.establish(needs({"ConnectionTimeOut": "20"}))
        configuration.note("ConnectionTimeOut", "25")  # and again by the case itself
        await configuration.restore()
        await configuration.restore()  # once is enough

    with_keys(station, case)
    assert station.changes == [("ConnectionTimeOut", "20"), ("ConnectionTimeOut", "30")]
    assert station.asked == [[], ["ConnectionTimeOut"]]


def test_a_station_that_accepts_a_value_and_does_not_set_it_is_detected() -> None:
    station = Station(ConnectionTimeOut="30")

    async def case(configuration: Configuration) -> None:
        await configuration.establish(needs({"ConnectionTimeOut": "20"}))
        station.deaf = True
        await configuration.restore()

    with pytest.raises(NotConfigurable, match="ConnectionTimeOut was restored to '30' and reads '20'"):
        with_keys(station, case)


def test_keys_are_read_in_batches_that_the_station_supports() -> None:
    station = Station(GetConfigurationMaxKeys="1", ConnectionTimeOut="30", HeartbeatInterval="60")

    async def case(configuration: Configuration) -> None:
        await configuration.establish(needs({"ConnectionTimeOut": "20", "HeartbeatInterval": "90"}))
        await configuration.restore()

    with_keys(station, case)
    assert station.asked == [[], ["ConnectionTimeOut"], ["HeartbeatInterval"]]


@pytest.mark.parametrize("value", ["--5", "many", ""])
def test_a_number_of_keys_that_is_none_is_read_as_one(value: str) -> None:
    station = Station(GetConfigurationMaxKeys=value, ConnectionTimeOut="30", HeartbeatInterval="60")

    async def case(configuration: Configuration) -> None:
        await configuration.establish(needs({"ConnectionTimeOut": "20", "HeartbeatInterval": "90"}))
        await configuration.restore()

    with_keys(station, case)
    assert station.asked == [[], ["ConnectionTimeOut"], ["HeartbeatInterval"]]


def test_keys_are_found_whatever_their_case() -> None:
    configuration = with_keys(Station(HeartbeatInterval="60"), nothing)
    assert configuration.number("heartbeatinterval") == 60
    assert configuration.has("HEARTBEATINTERVAL")
    assert not configuration.has("Heartbeat")


def test_a_station_without_keys_cannot_be_tested() -> None:
    with pytest.raises(NotConfigurable, match="returns no key"):
        with_keys(Station(), nothing)


@pytest.mark.parametrize(("one", "other"), [("true", "True"), ("FALSE", "false"), ("a,b", "a,b")])
def test_equal_values(one: str, other: str) -> None:
    assert same(one, other)


@pytest.mark.parametrize(("one", "other"), [("true", "false"), ("Energy", "energy"), (None, "true")])
def test_different_values(one: str | None, other: str) -> None:
    assert not same(one, other)
