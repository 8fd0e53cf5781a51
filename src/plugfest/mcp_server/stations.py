"""The stations that an assistant has started, by identity."""

from collections.abc import Iterable, Mapping
from typing import Final

import msgspec

from plugfest.api import catalog
from plugfest.api.errors import ActionRefused, NotReached, UnusableSettings
from plugfest.api.sequence_diagram import sequence_diagram
from plugfest.api.station import Station
from plugfest.ocpp.message import JsonValue
from plugfest.rig.misbehaviour import MisbehaviourError
from plugfest.rig.misbehaviour.listing import Row, listed
from plugfest.station.control.commands import ControlError
from plugfest.station.control.conditions import Condition
from plugfest.station.control.frames import RecordedFrame, Wanted
from plugfest.station.control.operated_station import ConditionNotMet, MessageNotCome
from plugfest.station.control.operations import BY_NAME, OPERATIONS
from plugfest.station.control.states import StationState

MAX_STATIONS = 50
MAX_WAIT = 600.0
"""In seconds."""

MAX_FAULTS: Final = 20
"""How many transport faults that have happened a state has."""

MAX_LISTED: Final = 50
"""How many misbehaviours one answer has."""

_FIELDS = ", ".join(Condition.__struct_fields__)


class Listing(msgspec.Struct, frozen=True):
    """Misbehaviours that fit a search; `left_out`: how many more fit it."""

    found: list[Row]
    left_out: int


class Stations:
    """Starts stations, acts at them and waits. Each problem is an exception of the Python API with one line."""

    def __init__(self) -> None:
        self._stations: dict[str, Station] = {}

    @property
    def identities(self) -> list[str]:
        """The stations that run."""
        return list(self._stations)

    async def start(
        self,
        product: str,
        csms: str,
        identity: str,
        password: str | None,
        within: float,
        misbehave: Iterable[str] = (),
        seed: int = 0,
    ) -> StationState:
        """Start a station and wait until the CSMS accepts it; if it does not, the station is stopped again.

        `misbehave`: what it does wrong, as `plugfest station --misbehave`; `seed`: of the chances of transport faults.
        """
        if identity in self._stations:
            raise UnusableSettings(f"{identity} runs already; stop it, or choose another identity")
        if len(self._stations) >= MAX_STATIONS:
            raise UnusableSettings(f"{MAX_STATIONS} stations run already; stop one")
        station = Station(
            product, csms=csms, identity=identity, password=password, misbehave=tuple(misbehave), seed=seed
        )
        await station.start()
        self._stations[identity] = station
        try:
            return await station.wait_for(accepted=True, within=min(within, MAX_WAIT))
        except NotReached:
            del self._stations[identity]
            await station.stop()
            raise

    async def stop(self, identity: str) -> None:
        """Stop a station."""
        station = self.get(identity)
        del self._stations[identity]
        await station.stop()

    async def stop_all(self) -> None:
        """Stop every station."""
        for identity in self.identities:
            await self.stop(identity)

    def get(self, identity: str) -> Station:
        """A station that runs. Raises ActionRefused."""
        if identity not in self._stations:
            running = ", ".join(self._stations) or "none"
            raise ActionRefused(f"no station {identity} runs; running: {running}")
        return self._stations[identity]

    def state(self, identity: str) -> dict[str, object]:
        """The state of a station, what it does wrong, and the newest transport faults that have happened."""
        station = self.get(identity)
        return {
            **msgspec.to_builtins(station.state),
            "misbehaves": station.misbehaviours,
            "transport_faults": station.transport_faults[-MAX_FAULTS:],
        }

    def misbehave(self, identity: str, texts: Iterable[str]) -> list[str]:
        """Do this wrong too. Returns all that the station does wrong."""
        station = self.get(identity)
        station.misbehave(*texts)
        return station.misbehaviours

    async def act(self, identity: str, action: str, arguments: Mapping[str, JsonValue]) -> object:
        """Perform an operator action by its name in the control API. Returns its answer, or else the state then."""
        station = self.get(identity)
        operation = BY_NAME.get(action)
        if operation is None:
            raise ActionRefused(f"there is no action {action}; there are {', '.join(BY_NAME)}")
        try:
            body = msgspec.convert(dict(arguments), operation.body)
            answer = await station.virtual.act(lambda control: operation.run(control, body))
        except msgspec.ValidationError as error:
            raise ActionRefused(f"{action}: {error}") from None
        except ControlError as error:
            raise ActionRefused(str(error)) from None
        return station.state if operation.answer is None else answer

    async def wait_for_state(self, identity: str, fields: Mapping[str, JsonValue], within: float) -> StationState:
        """Wait for a state: the fields of a Condition."""
        try:
            condition = msgspec.convert(dict(fields), Condition)
        except msgspec.ValidationError as error:
            raise ActionRefused(f"{error}; the fields are {_FIELDS}") from None
        if condition.is_empty:
            raise ActionRefused(f"nothing to wait for; the fields are {_FIELDS}")
        try:
            return await self.get(identity).virtual.wait_for(condition, min(within, MAX_WAIT))
        except msgspec.ValidationError as error:
            raise ActionRefused(str(error)) from None
        except ConditionNotMet as error:
            raise NotReached(str(error)) from None

    async def wait_for_message(self, identity: str, action: str, fields: Mapping[str, JsonValue], within: float) -> str:
        """Wait for a request with these fields, by either side. The frame is shown as by `frames`."""
        wanted = Wanted(action=action, contains=fields)
        try:
            return _shown(await self.get(identity).virtual.wait_for_message(wanted, min(within, MAX_WAIT)))
        except msgspec.ValidationError as error:
            raise ActionRefused(str(error)) from None
        except MessageNotCome as error:
            raise NotReached(str(error)) from None

    def frames(self, identity: str, action: str | None, newest: int) -> list[str]:
        """The newest frames, as they are on the wire but without passwords; `->` was sent by the station."""
        wanted = Wanted(action=action, kind=None)
        found = [each for each in self.get(identity).frames if wanted.fits(each)]
        return [_shown(each) for each in _newest(found, newest)]

    def diagram(self, identity: str, newest: int) -> str:
        """The newest frames as a sequence diagram."""
        return sequence_diagram(_newest(list(self.get(identity).frames), newest), identity)


def misbehaviours(product: str | None, message: str | None, requirement: str | None, words: Iterable[str]) -> Listing:
    """What a product can do wrong, or any; see `listed`. Raises ActionRefused."""
    try:
        found = listed(None if product is None else catalog.load(product), message, requirement, tuple(words))
    except MisbehaviourError as error:
        raise ActionRefused(str(error)) from None
    return Listing(found[:MAX_LISTED], max(0, len(found) - MAX_LISTED))


def described_actions() -> dict[str, str]:
    """Each operator action with what it does and its arguments."""
    return {
        each.name: f"{each.summary}. Arguments: {', '.join(_arguments(each.body)) or 'none'}" for each in OPERATIONS
    }


def _arguments(body: type[msgspec.Struct]) -> list[str]:
    fields = msgspec.structs.fields(body)
    return [field.name if field.required else f"{field.name} (optional)" for field in fields]


def _newest(frames: list[RecordedFrame], number: int) -> list[RecordedFrame]:
    if number < 1:
        raise ActionRefused(f"newest is 1 or more, not {number}")
    return frames[-number:]


def _shown(frame: RecordedFrame) -> str:
    return str(frame.without_passwords())
