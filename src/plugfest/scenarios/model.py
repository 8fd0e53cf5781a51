"""A scenario as data: sequences of steps. A step is an operation at the station, or one of the steps defined here.

What is left out in a step and has a driver (`evse_id`, `connector_id`, `id_token`) is that of the driver.
"""

from collections.abc import Callable, Mapping
from typing import Annotated, ClassVar, Final, TypeAlias

import msgspec

from plugfest.ocpp.message import JsonValue
from plugfest.scenarios import values
from plugfest.scenarios.values import Distribution
from plugfest.station.control.conditions import Condition
from plugfest.station.control.frames import FrameKind, Wanted

FAIL: Final = "fail"
CONTINUE: Final = "continue"
NEXT: Final = "next"
POLICIES: Final = (FAIL, CONTINUE, NEXT)
"""What follows when a step could not be done; the name of a sequence: that sequence, then the step after it.

`fail`: the scenario ends as failed. `next`: the iteration ends; without one, the branch or the scenario.
"""

ANY_FREE: Final = "any free"
EACH: Final = "each"

Policy: TypeAlias = str
"""One of POLICIES, or the name of a sequence."""

Place: TypeAlias = Annotated[int, msgspec.Meta(ge=1)] | str
"""The number of an EVSE, ANY_FREE (that no driver uses), or EACH (all of them at one time)."""

Reader: TypeAlias = Callable[[str], Distribution]


class Step(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One step. `READERS`: what reads the texts of its fields; `POLICY`: the field that has the policy."""

    READERS: ClassVar[Mapping[str, Reader]] = {}
    POLICY: ClassVar[str] = ""

    @property
    def policy(self) -> Policy:
        """What follows when the step could not be done."""
        policy: Policy = getattr(self, self.POLICY)
        return policy

    @property
    def runs_at_failure(self) -> bool:
        """Whether the policy is a sequence."""
        return bool(self.POLICY) and self.policy not in POLICIES

    @property
    def sequences(self) -> tuple[str, ...]:
        """The sequences that it runs, without that of the policy."""
        return ()


class Operate(Step, frozen=True, kw_only=True):
    """An operation of `plugfest.station.control.operations`. `arguments`: as in the file, see `operating`."""

    POLICY: ClassVar[str] = "if_refused"

    operation: str
    arguments: Mapping[str, JsonValue]
    if_refused: Policy = FAIL


class _OnCondition(Condition, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The fields of Condition in a step."""

    def condition(self, evse_id: int | None) -> Condition:
        """What to wait for. `evse_id`: that of the driver."""
        given = {name: getattr(self, name) for name in Condition.__struct_fields__}
        if given["evse_id"] is None:
            given["evse_id"] = evse_id
        return Condition(**given)


class Wait(Step, _OnCondition, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Wait for a state of the station. `energy`: charged at the EVSE since the driver came, in Wh."""

    READERS: ClassVar[Mapping[str, Reader]] = {"within": values.duration, "energy": values.number}
    POLICY: ClassVar[str] = "if_not"

    energy: float | str | None = None
    within: str = "30 s"
    if_not: Policy = FAIL


class WaitForMessage(Step, frozen=True, kw_only=True):
    """Wait for a message; those since the last operation of the same branch count too, each once."""

    READERS: ClassVar[Mapping[str, Reader]] = {"within": values.duration}
    POLICY: ClassVar[str] = "if_not"

    action: str
    sent: bool | None = None
    kind: FrameKind = "call"
    contains: dict[str, JsonValue] = {}
    within: str = "30 s"
    if_not: Policy = FAIL

    @property
    def wanted(self) -> Wanted:
        return Wanted(action=self.action, sent=self.sent, kind=self.kind, contains=self.contains)


class If(Step, _OnCondition, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Run a sequence if a state holds now, or else another one."""

    then: str = ""
    otherwise: str = msgspec.field(name="else", default="")

    @property
    def sequences(self) -> tuple[str, ...]:
        return tuple(filter(None, (self.then, self.otherwise)))


class Pause(Step, frozen=True, kw_only=True):
    """Wait for a time."""

    READERS: ClassVar[Mapping[str, Reader]] = {"duration": values.duration}

    duration: str = msgspec.field(name="for")


class At(Step, frozen=True, kw_only=True):
    """Wait for a time of day, in the zone of the scenario: the next one."""

    READERS: ClassVar[Mapping[str, Reader]] = {"time": values.time_of_day}

    time: str


class Iterations(Step, frozen=True, kw_only=True):
    """Common to the steps that run a sequence for a driver.

    `evse`: where; `queue`: how long a driver waits for an EVSE that is free. `token`: a set of tokens of which each
    driver has one. `finally`: a sequence at the end of an iteration, also of one that ended early. No iteration begins
    after `times`, or after the time in `for`; without both they go on until the scenario ends.
    """

    POLICY: ClassVar[str] = "if_none_free"

    steps: str
    evse: Place | None = None
    token: str | None = None
    times: Annotated[int, msgspec.Meta(ge=1)] | None = None
    duration: str | None = msgspec.field(name="for", default=None)
    queue: str = "15 min"
    if_none_free: Policy = NEXT
    last: str = msgspec.field(name="finally", default="")

    @property
    def sequences(self) -> tuple[str, ...]:
        return tuple(filter(None, (self.steps, self.last)))


class Repeat(Iterations, frozen=True, kw_only=True):
    """Run a sequence, one iteration after the other."""

    READERS: ClassVar[Mapping[str, Reader]] = {"duration": values.duration, "queue": values.duration}


class Arrivals(Iterations, frozen=True, kw_only=True):
    """Run a sequence for drivers who arrive at random, several at one time. `every`: the interval between them."""

    READERS: ClassVar[Mapping[str, Reader]] = {
        "every": values.duration,
        "duration": values.duration,
        "queue": values.duration,
    }

    every: str


class Run(Step, frozen=True, kw_only=True):
    """Run a sequence as if its steps were here."""

    steps: str

    @property
    def sequences(self) -> tuple[str, ...]:
        return (self.steps,)


class OneOf(Step, frozen=True, kw_only=True):
    """Run one sequence of several. `choices`: their weights, by name."""

    choices: dict[str, Annotated[float, msgspec.Meta(gt=0)]]

    @property
    def sequences(self) -> tuple[str, ...]:
        return tuple(self.choices)


class Parallel(Step, frozen=True, kw_only=True):
    """Run sequences at one time, until all have ended."""

    branches: tuple[str, ...]

    @property
    def sequences(self) -> tuple[str, ...]:
        return self.branches


CONTROL_STEPS: Final[Mapping[str, type[Step]]] = {
    "wait": Wait,
    "wait_for_message": WaitForMessage,
    "if": If,
    "pause": Pause,
    "at": At,
    "repeat": Repeat,
    "arrivals": Arrivals,
    "run": Run,
    "one_of": OneOf,
    "parallel": Parallel,
}
"""The steps that are no operations, by their `do`."""


class PlacedStep(msgspec.Struct, frozen=True, kw_only=True):
    """A step with its place in the file. `do`: its kind; `key`: such as "sequences.leave[2]"; `line` counts from 1."""

    step: Step
    do: str
    key: tuple[str | int, ...]
    line: int | None


Sequence: TypeAlias = tuple[PlacedStep, ...]


class TokenSet(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Tokens of one type: a list, or `count` of a pattern, in which the # are the digits of their number."""

    ids: tuple[str, ...] = ()
    pattern: str = ""
    count: Annotated[int, msgspec.Meta(ge=1, le=1_000_000)] = 1
    type: str = "ISO14443"

    def at(self, index: int) -> str:
        """A token by its number from 0 on."""
        if self.ids:
            return self.ids[index]
        digits = f"{index:0{self.pattern.count('#')}}"
        remaining = iter(digits)
        return "".join(next(remaining) if each == "#" else each for each in self.pattern)

    def __len__(self) -> int:
        return len(self.ids) or self.count


class Scenario(msgspec.Struct, frozen=True, kw_only=True):
    """A scenario that is complete: every sequence that a step names is there.

    `file`: its name as the user gave it. `zone`: an IANA time zone, for times of day.
    """

    file: str
    summary: str
    zone: str
    tokens: Mapping[str, TokenSet]
    steps: Sequence
    sequences: Mapping[str, Sequence]
