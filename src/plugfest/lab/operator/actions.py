"""The operator actions of a campaign with their times, for rules that relate messages to them."""

import enum

import msgspec

from plugfest.lab.settings import Token


class ActionKind(enum.Enum):
    """The kind of an operator action."""

    PLUG_IN = enum.auto()
    UNPLUG = enum.auto()
    PRESENT_TOKEN = enum.auto()
    PARK = enum.auto()
    LEAVE = enum.auto()
    FAULT = enum.auto()
    CLEAR_FAULT = enum.auto()
    JAM_LOCK = enum.auto()
    RELEASE_LOCK = enum.auto()
    EV_PREPARE = enum.auto()
    EV_STOP = enum.auto()
    SET_MEASURED_VALUE = enum.auto()
    EXTERNAL_LIMIT = enum.auto()
    NETWORK_DOWN = enum.auto()
    POWER_OFF = enum.auto()
    COMMISSION = enum.auto()


class OperatorAction(msgspec.Struct, frozen=True, kw_only=True):
    """One operator action, done at some time between `began` and `ended`.

    These are loop times in seconds; `ended` is infinite if the operator did not confirm the action. `frame` is the
    index of the first frame after `began`. `side`: the end of the cable that was unplugged, "ev", "evse" or "both".
    `seated` False: the plug was inserted only half-way, where no lock can hold it.
    `contract`: the chain of the contract of the EV, in PEM. `measured`: the component and the variable that the station
    has to measure as `value`; with None as it did before.
    """

    kind: ActionKind
    evse_id: int | None = None
    connector_id: int | None = None
    side: str = "both"
    seated: bool = True
    token: Token | None = None
    contract: str | None = None
    measured: tuple[str, str] | None = None
    value: float | None = None
    began: float = 0.0
    ended: float = 0.0
    frame: int = 0
