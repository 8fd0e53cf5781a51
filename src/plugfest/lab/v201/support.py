"""The support of OCPP 2.0.1 for the engine."""

from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from typing import Any, ClassVar

from plugfest.lab.bench import Equipment
from plugfest.lab.claims.contradictions import Contradiction
from plugfest.lab.csms.answers import ResponseBuilder
from plugfest.lab.csms.csms import Csms
from plugfest.lab.csms.registration import Registration
from plugfest.lab.ports import Clauses
from plugfest.lab.rules.rule import Rule
from plugfest.lab.settings import LabSettings
from plugfest.lab.v201.answers import default_answers
from plugfest.lab.v201.bench import Bench
from plugfest.lab.v201.configuration import Configuration
from plugfest.lab.v201.data_types import DATA_TYPES
from plugfest.lab.v201.installed_certificates import InstalledCertificates
from plugfest.lab.v201.known_state import KnownState
from plugfest.lab.v201.last_requests import LAST_REQUESTS
from plugfest.lab.v201.ledger import Ledger
from plugfest.lab.v201.performance import INDICATORS
from plugfest.lab.v201.reported_claims import reported_contradictions, reported_draft
from plugfest.lab.v201.required_variables import standard_variables
from plugfest.lab.v201.restore import V201RestoreCommands, restore_requests
from plugfest.lab.v201.rules.every_case import rules
from plugfest.lab.v201.rules.registration import requested_while_pending
from plugfest.lab.version_support import VersionSupport
from plugfest.ocpp.message import Request
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.versions import V201
from plugfest.products import Product
from plugfest.products.draft import Draft


class V201Support(VersionSupport):
    """OCPP 2.0.1, for one campaign."""

    protocol = V201
    clauses = Clauses(
        frame="Part 4 section 4.1",
        call="Part 4 section 4.3",
        result="Part 4 section 4.2.2",
        schema="Part 4 section 4.1.2",
        scenario="Part 6 section 1.2",
        idle="Part 6 section 2.1",
        reconnection="Part 4 section 5.3",
    )
    any_order = frozenset(  # Part 6 section 2.1
        {
            "TransactionEventRequest",
            "StatusNotificationRequest",
            "NotifyEventRequest",
            "HeartbeatRequest",
            "SecurityEventNotificationRequest",
            "MeterValuesRequest",
        }
    )
    last_requests = LAST_REQUESTS
    unsolicited: ClassVar[Mapping[type[Request[Any]], Callable[[Any], bool]]] = {
        m.DataTransferRequest: lambda _: True,  # P02: data of the vendor
        m.HeartbeatRequest: lambda _: True,  # G02
        m.StatusNotificationRequest: lambda _: True,  # G01
        m.NotifyEventRequest: lambda _: True,  # N07
        m.FirmwareStatusNotificationRequest: lambda one: one.status == "DownloadPaused",  # L01.FR.14
        m.GetCertificateStatusRequest: lambda _: True,  # M06.FR.10
        m.MeterValuesRequest: lambda _: True,  # J01: its own configuration decides
        m.NotifyEVChargingNeedsRequest: lambda _: True,  # K15.FR.01
        m.NotifyEVChargingScheduleRequest: lambda _: True,  # K15.FR.10
        m.SecurityEventNotificationRequest: lambda _: True,  # A04
        m.TransactionEventRequest: lambda event: event.event_type == "Updated",  # E02.FR.10: samples, charging states
    }
    indicators = INDICATORS
    data_types = DATA_TYPES

    def __init__(self, csms: Csms, product: Product, settings: LabSettings) -> None:
        timeout = settings.response_timeout
        self._product = product
        self.ledger: Ledger = Ledger()
        self.configuration: Configuration = Configuration(csms, timeout=timeout, by_name=standard_variables(product))
        self.certificates = InstalledCertificates(csms, timeout=timeout)
        self.restore_requests = restore_requests(self.configuration)
        self.restore_commands = V201RestoreCommands(csms, self.ledger, self.configuration, timeout=timeout)

    @classmethod
    def default_answers(
        cls, settings: LabSettings, utc_now: Callable[[], datetime]
    ) -> Mapping[type[Request[Any]], ResponseBuilder]:
        return default_answers(settings, utc_now)

    @classmethod
    def registration(cls) -> Registration:
        return Registration(requested_while_pending)  # B02.FR.09, B03.FR.07

    def bench(self, equipment: Equipment) -> Bench:
        return Bench(equipment, configuration=self.configuration, ledger=self.ledger, known_state=KnownState())

    def serial_number(self) -> str | None:
        return self.ledger.serial_number or self.configuration.value("ChargingStation.SerialNumber")

    def file_protocols(self) -> Collection[str]:
        reported = sorted(self.configuration.members("OCPPCommCtrlr.FileTransferProtocols"))
        return self._product.texts("ORS-24") or reported

    def contradictions(self) -> tuple[Contradiction, ...]:
        return tuple(reported_contradictions(self._product, self.configuration))

    def draft(self) -> Draft:
        return reported_draft(self._product, self.configuration, self.ledger)

    def rules(self) -> tuple[Rule, ...]:
        return rules(self.configuration.members)
