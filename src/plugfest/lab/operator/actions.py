"""What the hands did at the station, and when: causes, for rules that know their effects."""

import enum

import msgspec

from plugfest.lab.settings import Token


class ActionKind(enum.Enum):
    """What was done."""

    PLUG_IN = enum.auto()
    UNPLUG = enum.auto()
    PRESENT_TOKEN = enum.auto()
    PARK = enum.auto()
    FAULT = enum.auto()
    CLEAR_FAULT = enum.auto()
    JAM_LOCK = enum.auto()
    RELEASE_LOCK = enum.auto()
    NETWORK_DOWN = enum.auto()
    POWER_OFF = enum.auto()


class OperatorAction(msgspec.Struct, frozen=True, kw_only=True):
    """One act, done somewhere between its beginning and its end; a person takes longer than a machine.

    Times are loop times in seconds; one that nobody confirmed, and that may have been done, has no end. `frame` is the
    index of the first frame after the beginning. `side` is the end of the cable that was taken out: "ev", "evse" or
    "both"; one that is not `seated` was put in half-way, where no lock can hold it.
    """

    kind: ActionKind
    evse_id: int | None = None
    connector_id: int | None = None
    side: str = "both"
    seated: bool = True
    token: Token | None = None
    began: float = 0.0
    ended: float = 0.0
    frame: int = 0
