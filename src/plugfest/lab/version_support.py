"""The interface of an OCPP version to the engine: everything that depends on the messages of the version.

The engine, the bench, the record and the verdicts are the same for every version. A `VersionSupport` belongs to one
campaign and holds what the lab knows about the station, in the terms of that version.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from typing import Any, ClassVar

from plugfest.lab.bench import BaseBench, Equipment
from plugfest.lab.claims.contradictions import Contradiction
from plugfest.lab.csms.answers import ResponseBuilder
from plugfest.lab.csms.csms import Csms
from plugfest.lab.csms.last_requests import LastRequests
from plugfest.lab.csms.registration import Registration
from plugfest.lab.ports import Clauses, Configuration
from plugfest.lab.recording.ledger import BaseLedger
from plugfest.lab.recording.performance import Indicators
from plugfest.lab.restore.certificates import CertificateRestorer
from plugfest.lab.restore.commands import RestoreCommands, RestoreRequest
from plugfest.lab.rules.data_types import DataTypes
from plugfest.lab.rules.rule import Rule
from plugfest.lab.settings import LabSettings
from plugfest.ocpp.message import Request
from plugfest.ocpp.versions import Protocol
from plugfest.products import Product
from plugfest.products.draft import Draft


class VersionSupport(ABC):
    """One version of OCPP, for one campaign.

    `any_order`: names of the requests that may come in any order. `last_requests`: requests after which no other one of
    their type can come. `unsolicited`: requests that a station may send
    unprompted. `restore_requests`: which request reverses the effect of another one.
    """

    protocol: ClassVar[Protocol]
    clauses: ClassVar[Clauses]
    any_order: ClassVar[frozenset[str]]
    last_requests: ClassVar[LastRequests]
    unsolicited: ClassVar[Mapping[type[Request[Any]], Callable[[Any], bool]]]
    restore_requests: Mapping[type[Request[Any]], RestoreRequest]
    indicators: ClassVar[Indicators]
    data_types: ClassVar[DataTypes]

    ledger: BaseLedger[Any, Any, Any]
    configuration: Configuration
    certificates: CertificateRestorer
    restore_commands: RestoreCommands

    @abstractmethod
    def __init__(self, csms: Csms, product: Product, settings: LabSettings) -> None: ...

    @classmethod
    @abstractmethod
    def default_answers(
        cls, settings: LabSettings, utc_now: Callable[[], datetime]
    ) -> Mapping[type[Request[Any]], ResponseBuilder]:
        """The answers of the lab's CSMS that a case has not overridden."""

    @classmethod
    def registration(cls) -> Registration:
        """The registration of a station at the lab's CSMS."""
        return Registration()

    @abstractmethod
    def bench(self, equipment: Equipment) -> BaseBench[Any, Any, Any]:
        """The bench of a case of this version."""

    @abstractmethod
    def serial_number(self) -> str | None:
        """The serial number of the station, if it has reported one."""

    @abstractmethod
    def file_protocols(self) -> Collection[str]:
        """The file transfer protocols in the PICS, or else those that the station reports."""

    @abstractmethod
    def contradictions(self) -> tuple[Contradiction, ...]:
        """The contradictions between the PICS and what the station has reported of its configuration."""

    @abstractmethod
    def draft(self) -> Draft:
        """The answers of a PICS that follow from what the station has reported of itself."""

    @abstractmethod
    def rules(self) -> tuple[Rule, ...]:
        """The rules that are judged in every case."""
