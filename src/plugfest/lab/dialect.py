"""What an OCPP version brings to the lab: all that the engine cannot do without knowing the messages.

The engine, the bench, the record and the verdicts are the same for every version. A `Dialect` is made for one campaign
and holds what the lab knows of the station, in that version's words.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar
from typing import Protocol as Port

import msgspec

from plugfest.lab.csms.answers import Maker
from plugfest.lab.kept_certificates import KeptCertificates
from plugfest.lab.rules.rule import Rule
from plugfest.lab.undo import Undo
from plugfest.lab.upkeep import Upkeep
from plugfest.ocpp.message import Request, Response
from plugfest.ocpp.versions import Protocol
from plugfest.products import Product

if TYPE_CHECKING:
    from plugfest.lab.bench import Equipment, Workbench
    from plugfest.lab.csms.csms import Csms
    from plugfest.lab.settings import LabSettings


class Ledger(Port):
    """What the wire has told the lab so far. It listens and is asked."""

    boots: int

    def forget(self) -> None:
        """A station that nothing is known of is about to boot."""

    def hear(self, message: Request[Any], frame: int) -> None:
        """Take note of a request of the station."""

    def answered(self, request: Request[Any], response: Response) -> None:
        """Take note of what the lab said to it."""

    def introduced(self, product: Product) -> bool:
        """Whether the station has booted and told the state of every connector."""

    def at_rest(self) -> bool:
        """Whether no firmware update and no upload is going on."""

    def all_available(self) -> bool:
        """Whether every connector is Available."""

    def in_transaction(self) -> bool:
        """Whether a transaction is going on."""

    def known(self) -> frozenset[object]:
        """The ids of all transactions that it has heard of."""


class Configuration(Port):
    """What a station lets the lab read and set."""

    async def begin(self) -> None:
        """Learn what there is and set what every case counts on. Raises NotConfigurable."""

    def needs(self, table: dict[str, str]) -> Iterable[Any]:
        """What `establish` takes, from names and values. A station without the name is left as it is."""

    async def establish(self, wanted: Iterable[Any]) -> None:
        """Bring the station to these values, remembering what was there. Raises NotConfigurable."""

    async def restore(self) -> None:
        """Put back every value that was changed, and read them to prove it. Raises NotConfigurable."""


class Clauses(msgspec.Struct, frozen=True, kw_only=True):
    """Where the documents of a version say what holds in every case: what findings cite."""

    frame: str
    call: str
    result: str
    schema: str
    scenario: str
    idle: str


class Dialect(ABC):
    """One version of OCPP, for one campaign.

    `any_order` names the requests that come in any order; `by_itself` which requests a station may send without having
    been asked; `undo` which request takes back what another one did.
    """

    protocol: ClassVar[Protocol]
    clauses: ClassVar[Clauses]
    any_order: ClassVar[frozenset[str]]
    by_itself: ClassVar[Mapping[type[Request[Any]], Callable[[Any], bool]]]
    undo: ClassVar[Mapping[type[Request[Any]], Undo]]

    ledger: Ledger
    configuration: Configuration
    certificates: KeptCertificates[Any]
    upkeep: Upkeep

    @abstractmethod
    def __init__(self, csms: "Csms", product: Product, settings: "LabSettings") -> None: ...

    @classmethod
    @abstractmethod
    def usual_answers(
        cls, settings: "LabSettings", utc_now: Callable[[], datetime]
    ) -> Mapping[type[Request[Any]], Maker]:
        """How the lab's CSMS answers unless a case wants it otherwise."""

    @abstractmethod
    def bench(self, equipment: "Equipment") -> "Workbench[Any, Any, Any]":
        """What a case of this version works at."""

    @abstractmethod
    def serial_number(self) -> str | None:
        """The station's serial number, as far as it has told."""

    @abstractmethod
    def file_protocols(self) -> Collection[str]:
        """The file transfer protocols that the PICS names, or else the station."""

    @abstractmethod
    def rules(self) -> tuple[Rule, ...]:
        """What the station is held to in every case, whatever it is about."""
