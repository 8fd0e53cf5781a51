"""What the wallbox keeps when it is switched off."""

from collections import deque
from dataclasses import dataclass, field
from typing import Any

from tests.rig.external.wallbox.device_model import Key


@dataclass(frozen=True)
class NetworkProfile:
    """How to reach a CSMS."""

    url: str
    security_profile: int


@dataclass(frozen=True)
class OwnCertificate:
    """The certificate chain of the wallbox, leaf first, and its key, in PEM."""

    chain: str
    key: str


@dataclass
class Entry:
    """A token of the cache: its IdTokenInfoType, and when it was used last."""

    info: dict[str, Any]
    used: float = 0.0


@dataclass
class StoredEvent:
    """A TransactionEventRequest that the CSMS has not answered yet."""

    transaction_id: str
    payload: Any
    attempts: int = 0


@dataclass
class Storage:
    """The flash memory."""

    identity: str = ""
    password: str = ""
    profiles: dict[int, NetworkProfile] = field(default_factory=dict)
    last_profile: int | None = None
    """The slot of the last successful connection."""
    variables: dict[Key, str] = field(default_factory=dict)
    certificates: dict[str, list[str]] = field(default_factory=dict)
    own_certificate: OwnCertificate | None = None
    inoperative: set[str] = field(default_factory=set)
    cache: dict[tuple[str, str], Entry] = field(default_factory=dict)
    events: deque[StoredEvent] = field(default_factory=deque)
    security_events: deque[tuple[str, str]] = field(default_factory=deque)
    security_log: list[str] = field(default_factory=list)
    transaction: dict[str, Any] | None = None
    """Id, next seqNo and the token of the transaction that is ongoing."""
    firmware: str = "3.2.0"
    installing: int | None = None
    """The requestId of the update whose installation has begun."""
    boot_reason: str = "PowerUp"
