"""The support of OCPP 1.6 for the engine."""

from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from typing import Any, ClassVar

from plugfest.lab.bench import Equipment
from plugfest.lab.claims.contradictions import Contradiction
from plugfest.lab.csms.answers import ResponseBuilder
from plugfest.lab.csms.csms import Csms
from plugfest.lab.ports import Clauses
from plugfest.lab.restore.commands import RestoreRequest
from plugfest.lab.rules.rule import Rule
from plugfest.lab.settings import LabSettings
from plugfest.lab.v16.answers import default_answers
from plugfest.lab.v16.bench import Bench
from plugfest.lab.v16.configuration import Configuration
from plugfest.lab.v16.data_types import DATA_TYPES
from plugfest.lab.v16.installed_certificates import InstalledCertificates
from plugfest.lab.v16.known_state import KnownState
from plugfest.lab.v16.last_requests import LAST_REQUESTS
from plugfest.lab.v16.ledger import Ledger
from plugfest.lab.v16.performance import INDICATORS
from plugfest.lab.v16.reported_claims import reported_contradictions, reported_draft
from plugfest.lab.v16.restore import RESTORE_REQUESTS, V16RestoreCommands
from plugfest.lab.v16.rules.every_case import rules
from plugfest.lab.version_support import VersionSupport
from plugfest.ocpp.message import Request
from plugfest.ocpp.v16 import messages as m
from plugfest.ocpp.versions import V16
from plugfest.products import Product
from plugfest.products.draft import Draft


class V16Support(VersionSupport):
    """OCPP 1.6, for one campaign."""

    protocol = V16
    clauses = Clauses(
        frame="OCPP-J section 4.1",
        call="OCPP-J section 4.2.1",
        result="OCPP-J section 4.2.2",
        schema="OCPP-J section 4.2",
        scenario="the scenario of the case",
        idle="the state before a case",
        reconnection="OCPP-J section 5.4",
    )
    any_order = frozenset(  # the exceptions in the test case document, and requests that stations send unprompted
        {
            "StatusNotificationRequest",
            "StartTransactionRequest",
            "StopTransactionRequest",
            "MeterValuesRequest",
            "HeartbeatRequest",
            "SecurityEventNotificationRequest",
        }
    )
    last_requests = LAST_REQUESTS
    unsolicited: ClassVar[Mapping[type[Request[Any]], Callable[[Any], bool]]] = {
        m.AuthorizeRequest: lambda _: True,  # 4.1: the rules about it judge which ones are wrong
        m.DataTransferRequest: lambda _: True,  # 4.3: data of the vendor
        m.HeartbeatRequest: lambda _: True,  # 4.6
        m.StatusNotificationRequest: lambda _: True,  # 4.9
        m.MeterValuesRequest: lambda _: True,  # 4.7: its own configuration decides
        m.SecurityEventNotificationRequest: lambda _: True,  # A04
    }
    restore_requests: Mapping[type[Request[Any]], RestoreRequest] = RESTORE_REQUESTS
    indicators = INDICATORS
    data_types = DATA_TYPES

    def __init__(self, csms: Csms, product: Product, settings: LabSettings) -> None:
        timeout = settings.response_timeout
        self._product = product
        self.ledger: Ledger = Ledger()
        self.configuration: Configuration = Configuration(csms, settings)
        self.certificates = InstalledCertificates(csms, timeout=timeout)
        self.restore_commands = V16RestoreCommands(csms, self.ledger, self.configuration, timeout=timeout)

    @classmethod
    def default_answers(
        cls, settings: LabSettings, utc_now: Callable[[], datetime]
    ) -> Mapping[type[Request[Any]], ResponseBuilder]:
        return default_answers(settings, utc_now)

    def bench(self, equipment: Equipment) -> Bench:
        return Bench(equipment, configuration=self.configuration, ledger=self.ledger, known_state=KnownState())

    def serial_number(self) -> str | None:
        return self.ledger.serial_number

    def file_protocols(self) -> Collection[str]:
        return self._product.texts("ORS-16") or sorted(self.configuration.members("SupportedFileTransferProtocols"))

    def contradictions(self) -> tuple[Contradiction, ...]:
        return tuple(reported_contradictions(self._product, self.configuration))

    def draft(self) -> Draft:
        return reported_draft(self._product, self.configuration, self.ledger)

    def rules(self) -> tuple[Rule, ...]:
        return rules(self.ledger)
