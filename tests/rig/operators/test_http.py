"""The operator over HTTP: the request for each action, and the error of a request that fails."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from typing import NamedTuple

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from plugfest import clock
from plugfest.lab.composition import compose
from plugfest.lab.iso15118.ev import CommunicatingEv
from plugfest.lab.operator.capabilities import PROVIDED, Capability
from plugfest.lab.ports import OperatorDriver
from plugfest.lab.settings import LabSettings, Token
from plugfest.lab.verdict import CableHeld, NotCapable, OperatorFailed, OperatorTooSlow
from plugfest.products import load_product
from plugfest.rig.external import MakeOperator, control_api_operator, http_operator
from plugfest.rig.operators.http_client import HttpClient
from plugfest.security.keys import CertifiedKey
from plugfest.station.control.operations import OPERATIONS

CARD = Token("04A1B2", "ISO14443")
BUTTON = Token("", "NoAuthorization")
CONTRACT_EV = CommunicatingEv(contract=CertifiedKey("contract", "key"), certificate_request="Install", v2g_root="root")
Action = Callable[[OperatorDriver], Awaitable[None]]


class Call(NamedTuple):
    """A request that the fixture received: path and query, and the JSON in its body."""

    url: str
    body: object = None


class Fixture:
    """Records any POST; `answer` may be changed."""

    def __init__(self) -> None:
        self.calls: list[Call] = []
        self.answer: Callable[[], Awaitable[Response] | Response] = Response
        self.listed: Response | None = None
        self.base = ""

    async def take(self, request: Request) -> Response:
        body = await request.body()
        query = f"?{request.url.query}" if request.url.query else ""
        self.calls.append(Call(f"{request.url.path}{query}", json.loads(body) if body else None))
        answer = self.answer()
        return answer if isinstance(answer, Response) else await answer

    async def list_actions(self, _: Request) -> Response:
        assert self.listed is not None
        return self.listed

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[None]:
        with socket.create_server(("127.0.0.1", 0)) as listening:
            self.base = f"http://127.0.0.1:{listening.getsockname()[1]}"
            routes = [Route("/{path:path}", self.take, methods=["POST"])]
            if self.listed is not None:
                routes.insert(0, Route("/{path:path}/actions", self.list_actions))
            application = Starlette(routes=routes)
            server = uvicorn.Server(uvicorn.Config(application, log_level="critical", lifespan="off"))
            serving = asyncio.create_task(server.serve(sockets=[listening]))
            try:
                yield
            finally:
                server.should_exit = True
                await serving


def do(
    action: Action, make: Callable[[str], MakeOperator], prepare: Callable[[Fixture], None] = lambda _: None
) -> list[Call]:
    """The requests that the fixture receives for an action."""
    prepare(taken := Fixture())

    async def scenario() -> None:
        lab = compose(load_product("reference-ac"), LabSettings(operator_timeout=0.2))
        async with taken.serving(), make(taken.base)(lab) as operator:
            await action(operator)

    clock.run_simulated(scenario())
    return taken.calls


def station_only(base: str) -> MakeOperator:
    return http_operator(f"{base}/api/v1/")


def with_ev(base: str) -> MakeOperator:
    return http_operator(f"{base}/cs", f"{base}/ev")


@pytest.mark.parametrize(
    ("action", "url"),
    [
        (lambda operator: operator.plug_in(1, 2), "/api/v1/plugin?evse_id=1&connector_id=2"),
        (
            lambda operator: operator.plug_in(1, 2, seated=False),
            "/api/v1/plugin?halfway=true&evse_id=1&connector_id=2",
        ),
        (
            lambda operator: operator.jam_lock(1, 2, jammed=True),
            "/api/v1/state?unlock_failed=true&evse_id=1&connector_id=2",
        ),
        (
            lambda operator: operator.jam_lock(1, 2, jammed=False),
            "/api/v1/state?unlock_failed=false&evse_id=1&connector_id=2",
        ),
        (
            lambda operator: operator.set_measured_value("EVSE", "Power", 1, 80.5),
            "/api/v1/measured_value?component=EVSE&variable=Power&value=80.5&evse_id=1",
        ),
        (
            lambda operator: operator.set_measured_value("ChargingStation", "ACVoltage", None, None),
            "/api/v1/measured_value?component=ChargingStation&variable=ACVoltage&value=",
        ),
        (lambda operator: operator.unplug(1, 2), "/api/v1/plugout?evse_id=1&connector_id=2"),
        (lambda operator: operator.present_token(CARD, 1), "/api/v1/authorize?id=04A1B2&type=ISO14443&evse_id=1"),
        (lambda operator: operator.present_token(BUTTON, 1), "/api/v1/authorize?id=&type=NoAuthorization&evse_id=1"),
        (lambda operator: operator.power_cycle(), "/api/v1/reboot"),
        (lambda operator: operator.park(2), "/api/v1/parkingbay?occupied=true&evse_id=2"),
        (lambda operator: operator.leave(2), "/api/v1/parkingbay?occupied=false&evse_id=2"),
        (
            lambda operator: operator.fault(1, 1, present=True),
            "/api/v1/state?faulted=true&evse_id=1&connector_id=1",
        ),
        (
            lambda operator: operator.fault(1, 1, present=False),
            "/api/v1/state?faulted=false&evse_id=1&connector_id=1",
        ),
        (lambda operator: operator.ev_suspend(1), "/api/v1/ev_suspend?evse_id=1"),
        (lambda operator: operator.ev_resume(1), "/api/v1/ev_resume?evse_id=1"),
        (
            lambda operator: operator.ev_renegotiate(1, energy=5000, departure=60),
            "/api/v1/ev_renegotiate?energy=5000&departure=60&evse_id=1",
        ),
        (lambda operator: operator.ev_stop(1), "/api/v1/ev_stop?evse_id=1"),
        (lambda operator: operator.ev_prepare(1, None), "/api/v1/ev_prepare?communicates=false&evse_id=1"),
        (lambda operator: operator.choose_sessions([1, 2]), "/api/v1/choose?evse_ids=1%2C2"),
        (lambda operator: operator.store_customer("C1"), "/api/v1/store_customer?identifier=C1"),
        (lambda operator: operator.customer_storage(available=False), "/api/v1/customer_storage?available=false"),
        (lambda operator: operator.log_storage(available=True), "/api/v1/log_storage?available=true"),
        (lambda operator: operator.external_limit(4140), "/api/v1/external_limit?watts=4140"),
        (lambda operator: operator.external_limit(None, 2), "/api/v1/external_limit?watts=&evse_id=2"),
        (lambda operator: operator.network(up=False), "/api/v1/network_off"),
        (lambda operator: operator.network(up=True), "/api/v1/network_on"),
    ],
)
def test_a_fixture_is_called_as_the_official_tool_calls_it(action: Action, url: str) -> None:
    assert do(action, station_only) == [Call(url)]


@pytest.mark.parametrize(
    ("action", "urls"),
    [
        (lambda operator: operator.plug_in(1, 1), ["/cs/plugin?evse_id=1&connector_id=1", "/ev/plugin"]),
        (lambda operator: operator.unplug(1, 1), ["/ev/plugout", "/cs/plugout?evse_id=1&connector_id=1"]),
        (lambda operator: operator.unplug(1, 1, side="ev"), ["/ev/plugout"]),
        (lambda operator: operator.unplug(1, 1, side="evse"), ["/cs/plugout?evse_id=1&connector_id=1"]),
        (lambda operator: operator.ev_suspend(1), ["/ev/state?ready=false"]),
        (lambda operator: operator.ev_resume(1), ["/ev/state?ready=true"]),
        (lambda operator: operator.ev_stop(1), ["/ev/ev_stop?evse_id=1"]),
    ],
)
def test_the_ev_emulator_is_called_for_the_ev_end(action: Action, urls: list[str]) -> None:
    assert [call.url for call in do(action, with_ev)] == urls


def test_the_certificates_of_an_ev_are_in_the_body() -> None:
    (call,) = do(lambda operator: operator.ev_prepare(1, CONTRACT_EV), station_only)
    query = "communicates=true&authorization=PnC&certificate_request=Install&evse_id=1"
    assert call == Call(f"/api/v1/ev_prepare?{query}", {"v2g_root": "root", "contract": "contract", "key": "key"})


def test_an_ev_without_a_contract_authorizes_by_external_means() -> None:
    (call,) = do(lambda operator: operator.ev_prepare(1, CommunicatingEv(v2g_root="root")), station_only)
    assert call == Call("/api/v1/ev_prepare?communicates=true&authorization=EIM&evse_id=1", {"v2g_root": "root"})


def test_one_end_of_a_cable_cannot_be_unplugged_without_an_ev_emulator() -> None:
    with pytest.raises(OperatorFailed, match=r"the fixture has no EV emulator \(--ev URL\)"):
        do(lambda operator: operator.unplug(1, 1, side="ev"), station_only)


# What the fixture cannot do


def missing(make: Callable[[str], MakeOperator], listed: Response | None = None) -> dict[Capability, str]:
    """What the operator says that it cannot do; the fixture answers GET actions with `listed`."""
    found: dict[Capability, str] = {}

    def prepare(taken: Fixture) -> None:
        taken.listed = listed

    async def action(operator: OperatorDriver) -> None:
        found.update(await operator.missing())

    assert do(action, make, prepare) == []
    return found


def test_a_fixture_without_a_list_has_everything_but_an_ev_emulator() -> None:
    assert missing(station_only) == {Capability.UNPLUG_ONE_END: "the fixture has no EV emulator (--ev URL)"}
    assert missing(with_ev) == {}
    assert missing(control_api_operator) == {}


def test_a_fixture_can_do_what_it_lists() -> None:
    found = missing(station_only, JSONResponse(["plug_in", "unplug", "present_token", "somersault"]))
    able = {Capability.PLUG_IN, Capability.UNPLUG, Capability.PRESENT_TOKEN, Capability.COMMISSION, *PROVIDED}
    assert set(found) == set(Capability) - able
    assert found[Capability.POWER_CYCLE].endswith("/api/v1/actions does not have power_cycle")
    assert found[Capability.UNPLUG_ONE_END] == "the fixture has no EV emulator (--ev URL)"


def test_what_an_ev_emulator_does_need_not_be_listed() -> None:
    found = missing(with_ev, JSONResponse(["plug_in", "unplug"]))
    assert Capability.POWER_CYCLE in found
    assert not found.keys() & {Capability.EV_SUSPEND, Capability.UNPLUG_ONE_END}


@pytest.mark.parametrize(
    "answer", [PlainTextResponse("hello"), JSONResponse({"actions": []}), JSONResponse(["plug_in"], 500)]
)
def test_any_other_answer_is_no_list(answer: Response) -> None:
    assert missing(with_ev, answer) == {}


@pytest.mark.parametrize("code", [404, 405, 501])
def test_an_action_that_the_fixture_does_not_have_is_not_only_a_failure(code: int) -> None:
    with pytest.raises(NotCapable, match=f"does not support reboot: it answered {code}"):
        do(lambda operator: operator.power_cycle(), station_only, answering(Response(status_code=code)))


# Errors


def answering(answer: Response) -> Callable[[Fixture], None]:
    def prepare(taken: Fixture) -> None:
        taken.answer = lambda: answer

    return prepare


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (Response(status_code=404), "/api/v1 does not support reboot: it answered 404"),
        (Response(status_code=405), "does not support reboot"),
        (PlainTextResponse("the relay\n is stuck", 500), "/reboot answered 500: the relay is stuck$"),
        (JSONResponse({"error": "no EV here"}, 409), "/reboot answered 409: no EV here$"),
        (Response(status_code=302, headers={"Location": "/elsewhere"}), "/reboot answered 302$"),
    ],
)
def test_an_error_names_the_status_code_and_the_reason(answer: Response, why: str) -> None:
    with pytest.raises(OperatorFailed, match=why):
        do(lambda operator: operator.power_cycle(), station_only, answering(answer))


def test_an_answer_after_the_timeout_is_too_slow() -> None:
    def prepare(taken: Fixture) -> None:
        async def slowly() -> Response:
            await asyncio.sleep(1)
            return Response()

        taken.answer = slowly

    with pytest.raises(OperatorTooSlow, match=r"/reboot did not answer within 0\.2 s"):
        do(lambda operator: operator.power_cycle(), station_only, prepare)


@pytest.mark.parametrize("make", [http_operator, control_api_operator])
def test_an_unreachable_fixture_is_reported_before_the_campaign_begins(make: Callable[[str], MakeOperator]) -> None:
    async def action(_: OperatorDriver) -> None:
        raise AssertionError

    with pytest.raises(OperatorFailed, match=r"http://127\.0\.0\.1:1/x cannot be reached: "):
        do(action, lambda _: make("http://127.0.0.1:1/x"))


def test_a_fixture_that_stops_is_unreachable() -> None:
    async def scenario() -> None:
        taken = Fixture()
        async with AsyncExitStack() as stack:
            async with taken.serving():
                client = await stack.enter_async_context(HttpClient(taken.base, timeout=1))
            with pytest.raises(OperatorFailed, match="cannot be reached: "):
                await client.post("reboot")

    clock.run_simulated(scenario())


# The control API of our station


@pytest.mark.parametrize(
    ("action", "calls"),
    [
        (lambda operator: operator.plug_in(1, 2), [Call("/plug_in", {"evse_id": 1, "connector_id": 2})]),
        (
            lambda operator: operator.plug_in(1, 2, seated=False),
            [Call("/plug_in", {"evse_id": 1, "connector_id": 2, "seated": False})],
        ),
        (
            lambda operator: operator.jam_lock(1, 2, jammed=True),
            [Call("/lock_jammed", {"evse_id": 1, "connector_id": 2})],
        ),
        (
            lambda operator: operator.jam_lock(1, 2, jammed=False),
            [Call("/lock_mended", {"evse_id": 1, "connector_id": 2})],
        ),
        (
            lambda operator: operator.set_measured_value("TemperatureSensor", "Temperature", 1, 80),
            [
                Call(
                    "/set_measured_value",
                    {"component": "TemperatureSensor", "variable": "Temperature", "evse_id": 1, "value": 80},
                )
            ],
        ),
        (
            lambda operator: operator.unplug(1, 2, side="ev"),
            [Call("/plug_out", {"evse_id": 1, "connector_id": 2, "side": "ev"})],
        ),
        (
            lambda operator: operator.present_token(CARD, 1),
            [Call("/present_token", {"id_token": "04A1B2", "type": "ISO14443", "evse_id": 1})],
        ),
        (lambda operator: operator.present_token(BUTTON, 1), [Call("/press_start_button", {"evse_id": 1})]),
        (lambda operator: operator.park(1), [Call("/park", {"evse_id": 1})]),
        (lambda operator: operator.leave(1), [Call("/leave", {"evse_id": 1})]),
        (lambda operator: operator.ev_suspend(1), [Call("/ev_suspend", {"evse_id": 1})]),
        (lambda operator: operator.ev_resume(1), [Call("/ev_resume", {"evse_id": 1})]),
        (
            lambda operator: operator.fault(1, 1, present=True),
            [Call("/fault_on", {"evse_id": 1, "connector_id": 1})],
        ),
        (
            lambda operator: operator.fault(1, 1, present=False),
            [Call("/fault_off", {"evse_id": 1, "connector_id": 1})],
        ),
        (
            lambda operator: operator.ev_prepare(1, CONTRACT_EV),
            [
                Call(
                    "/ev_prepare",
                    {"evse_id": 1, "contract": "contract", "certificate_request": "Install", "v2g_roots": ["root"]},
                )
            ],
        ),
        (lambda operator: operator.ev_prepare(1, None), [Call("/ev_ordinary", {"evse_id": 1})]),
        (
            lambda operator: operator.ev_renegotiate(1, energy=5000, departure=60),
            [Call("/ev_renegotiate", {"evse_id": 1, "energy": 5000, "departure": 60})],
        ),
        (lambda operator: operator.ev_stop(1), [Call("/ev_stop", {"evse_id": 1})]),
        (lambda operator: operator.choose_sessions([1, 2]), [Call("/choose", {"evse_ids": [1, 2]})]),
        (lambda operator: operator.store_customer("C1"), [Call("/store_customer", {"identifier": "C1"})]),
        (
            lambda operator: operator.customer_storage(available=False),
            [Call("/customer_storage", {"available": False})],
        ),
        (lambda operator: operator.log_storage(available=True), [Call("/log_storage", {"available": True})]),
        (lambda operator: operator.external_limit(4140), [Call("/external_limit", {"watts": 4140})]),
        (lambda operator: operator.external_limit(1, 2), [Call("/external_limit", {"watts": 1, "evse_id": 2})]),
        (lambda operator: operator.power_cycle(), [Call("/power_off", {}), Call("/power_on", {})]),
        (lambda operator: operator.network(up=False), [Call("/network_off", {})]),
        (lambda operator: operator.network(up=True), [Call("/network_on", {})]),
    ],
)
def test_the_control_api_is_called_as_it_is_described(action: Action, calls: list[Call]) -> None:
    assert do(action, control_api_operator) == calls
    assert {call.url.removeprefix("/") for call in calls} <= {operation.name for operation in OPERATIONS}


@pytest.mark.parametrize("make", [station_only, control_api_operator])
def test_neither_fixture_nor_control_api_can_commission(make: Callable[[str], MakeOperator]) -> None:
    async def action(operator: OperatorDriver) -> None:
        assert not operator.can_commission
        await operator.commission(None)  # type: ignore[arg-type]

    with pytest.raises(OperatorFailed, match="cannot commission"):
        do(action, make)


@pytest.mark.parametrize("make", [station_only, control_api_operator])
def test_a_locked_cable_is_no_failure_of_the_operator(make: Callable[[str], MakeOperator]) -> None:
    locked = answering(JSONResponse({"error": "the lock holds the plug"}, 423))
    with pytest.raises(CableHeld, match=r"answered 423: the lock holds the plug$"):
        do(lambda operator: operator.unplug(1, 1), make, locked)
