"""The server: its tools, each a function whose docstring the assistant reads."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import wraps
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final, Literal, ParamSpec, TypeVar

import msgspec
from mcp.server import MCPServer
from mcp.server.mcpserver.exceptions import ToolError

from plugfest.api import catalog
from plugfest.api.errors import ActionRefused, LabFailed, NotReached, UnusableSettings
from plugfest.mcp_server import campaigns
from plugfest.mcp_server.requirements import requirement
from plugfest.mcp_server.stations import Stations, described_actions, misbehaviours
from plugfest.products.selection import select

P = ParamSpec("P")
R = TypeVar("R")

INSTRUCTIONS: Final = (
    "Virtual charging stations for OCPP 1.6 and 2.0.1, and a conformance lab. Start a station of a product at a CSMS,"
    " act at it as a driver would, let it misbehave, and wait for what it does; or run test cases and read their"
    " findings. A report of Plugfest is a self-test and no certificate of the OCA."
)

_KNOWN: Final = (ActionRefused, LabFailed, NotReached, UnusableSettings)


def make_server() -> MCPServer[Any]:
    """A server with no stations. All that it has started end with it."""
    stations = Stations()

    @asynccontextmanager
    async def lifespan(_: MCPServer[Any]) -> AsyncIterator[None]:
        try:
            yield
        finally:
            await stations.stop_all()

    server: MCPServer[Any] = MCPServer(
        "plugfest", instructions=INSTRUCTIONS, version=version("plugfest"), lifespan=lifespan, log_level="WARNING"
    )
    tools: tuple[Callable[..., Awaitable[str]], ...] = (*StationTools(stations).all(), *_LAB_TOOLS)
    for tool in tools:
        server.tool(structured_output=False)(tool)
    return server


def _tool(function: Callable[P, Awaitable[object]]) -> Callable[P, Awaitable[str]]:
    """Its result as JSON or text; a problem of the user as one line."""

    @wraps(function)
    async def tool(*args: P.args, **kwargs: P.kwargs) -> str:
        try:
            result = await function(*args, **kwargs)
        except _KNOWN as error:
            raise ToolError(str(error)) from None
        return result if isinstance(result, str) else msgspec.json.encode(result).decode()

    tool.__annotations__ = {**function.__annotations__, "return": str}
    return tool


class StationTools:
    """The tools for stations."""

    def __init__(self, stations: Stations) -> None:
        self._stations = stations

    @_tool
    async def start_station(
        self,
        product: str,
        csms: str,
        identity: str = "CS001",
        password: str | None = None,
        within: float = 30.0,
        misbehave: list[str] | None = None,
        misbehave_seed: int = 0,
    ) -> object:
        """Start a virtual station and wait until the CSMS has accepted it.

        product: a name from list_products, or the path of a PICS file. csms: the URL without the identity, such as
        ws://localhost:9000. password: for HTTP Basic authentication. within: seconds. misbehave: what the station does
        wrong from the start, ids from list_misbehaviours, such as ["leaves-gaps-in-seqno", "late:rate=0.2,seconds=1-5"]
        with parameters of a transport fault; misbehave_seed: the same seed repeats its chances. Returns the state.
        """
        await self._stations.start(product, csms, identity, password, within, misbehave or (), misbehave_seed)
        return self._stations.state(identity)

    @_tool
    async def stop_station(self, identity: str) -> object:
        """Stop a station."""
        await self._stations.stop(identity)
        return {"running": self._stations.identities}

    @_tool
    async def station_state(self, identity: str | None = None) -> object:
        """The state of a station: connectors, transactions, meters, reservations, display, connection, misbehaviours.

        Without an identity: which stations run.
        """
        return {"running": self._stations.identities} if identity is None else self._stations.state(identity)

    @_tool
    async def misbehave(self, identity: str, misbehaviours: list[str]) -> object:
        """Let a station do this wrong too from now on: ids from list_misbehaviours, as start_station takes them.

        Returns all that it does wrong.
        """
        return {"misbehaves": self._stations.misbehave(identity, misbehaviours)}

    @_tool
    async def behave(self, identity: str) -> object:
        """Let a station do nothing wrong any more."""
        self._stations.get(identity).behave()
        return {"misbehaves": []}

    @_tool
    async def list_actions(self) -> object:
        """What drivers, EVs and technicians can do at a station: the actions for `act`, with their arguments."""
        return described_actions()

    @_tool
    async def act(self, identity: str, action: str, arguments: dict[str, Any] | None = None) -> object:
        """Act at a station, for example plug_in with {"evse_id": 1, "connector_id": 1}, or present_token with
        {"id_token": "04A2B1C3"}; see list_actions. Returns the state at once, data_transfer the answer of
        the CSMS; wait_for_state and wait_for_message wait for what the station does then.
        """
        return await self._stations.act(identity, action, arguments or {})

    @_tool
    async def wait_for_state(self, identity: str, condition: dict[str, Any], within: float = 30.0) -> object:
        """Wait until everything in the condition holds, for example {"charging_state": "Charging", "evse_id": 1}.

        A wrong field is refused with the list of fields.
        """
        return await self._stations.wait_for_state(identity, condition, within)

    @_tool
    async def wait_for_message(
        self, identity: str, action: str, fields: dict[str, Any] | None = None, within: float = 30.0
    ) -> object:
        """Wait for a request of the station or of the CSMS, for example TransactionEvent with {"eventType": "Ended"}.

        Requests since the last action count too. Returns the frame, without passwords.
        """
        return await self._stations.wait_for_message(identity, action, fields or {}, within)

    @_tool
    async def frames(self, identity: str, action: str | None = None, newest: int = 20) -> object:
        """The newest frames of a station of one action or all, without passwords; -> was sent by the station."""
        return self._stations.frames(identity, action, newest)

    @_tool
    async def sequence_diagram(self, identity: str, newest: int = 40) -> object:
        """The newest frames of a station as a sequence diagram in text."""
        return self._stations.diagram(identity, newest)

    def all(self) -> tuple[Callable[..., Awaitable[str]], ...]:
        """Every tool."""
        return (
            self.start_station,
            self.stop_station,
            self.station_state,
            self.misbehave,
            self.behave,
            self.list_actions,
            self.act,
            self.wait_for_state,
            self.wait_for_message,
            self.frames,
            self.sequence_diagram,
        )


@_tool
async def list_products(ocpp_version: Literal["1.6", "2.0.1"] | None = None) -> object:
    """The products of the catalog, of an OCPP version or all."""
    return [
        {"name": each.slug, "vendor": each.vendor, "model": each.model, "ocpp": each.ocpp_version}
        for each in catalog.products(ocpp_version)
    ]


@_tool
async def list_misbehaviours(
    product: str | None = None,
    message: str | None = None,
    requirement: str | None = None,
    words: list[str] | None = None,
) -> object:
    """What virtual stations can do wrong on demand, to test how a CSMS deals with it: the ids for misbehave.

    There are hundreds; search. product: only what it can show. message: in which the defect shows, such as
    TransactionEvent. requirement: that it violates, such as E01.FR.07 or E01. words: that are in the id or in what it
    does, such as ["seqno"]. Transport faults (late, lost, ...) are listed without message and requirement; all take
    parameters. left_out is how many more there are.
    """
    return misbehaviours(product, message, requirement, words or ())


@_tool
async def list_cases(product: str) -> object:
    """The test cases that apply to a product, with their titles."""
    return {each.id: each.name for each in select(catalog.load(product)) if each.applies}


@_tool
async def run_cases(product: str, cases: list[str]) -> object:
    """Run test cases against the virtual station of a product: verdicts and findings.

    cases: ids such as TC_E_09, or patterns such as TC_E_*; all that apply if it is empty, which takes up to a minute.
    """
    return await campaigns.run_cases(product, cases)


@_tool
async def read_findings(report: str) -> object:
    """The verdicts and findings in a report.json of `plugfest certify`."""
    return campaigns.read_report(Path(report))


@_tool
async def look_up_requirement(id: str) -> object:
    """Where a requirement such as E07.FR.02 (or a section of OCPP 1.6 such as 4.10) is dealt with.

    Returns the cases that judge it, the wrong stations that violate it, and the lines of code that name it. The text of
    the requirement is in the specification.
    """
    return requirement(id)


_LAB_TOOLS: Final[tuple[Callable[..., Awaitable[str]], ...]] = (
    list_products,
    list_misbehaviours,
    list_cases,
    run_cases,
    read_findings,
    look_up_requirement,
)
