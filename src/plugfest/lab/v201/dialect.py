"""OCPP 2.0.1 for the engine."""

from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar

from plugfest.lab.bench import Bench, Equipment
from plugfest.lab.configuration import Configuration
from plugfest.lab.csms.answers import Maker
from plugfest.lab.csms.answers_v201 import usual_answers
from plugfest.lab.dialect import Clauses, Dialect
from plugfest.lab.installed_certificates import InstalledCertificates
from plugfest.lab.ledger import Ledger
from plugfest.lab.rules.rule import Rule
from plugfest.lab.rules.v201.every_case import rules
from plugfest.lab.situation import Situation
from plugfest.lab.undo import UNDO
from plugfest.lab.v201.upkeep import V201Upkeep
from plugfest.ocpp.message import Request
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.versions import V201
from plugfest.products import Product

if TYPE_CHECKING:
    from plugfest.lab.csms.csms import Csms
    from plugfest.lab.settings import LabSettings


class V201Dialect(Dialect):
    """A campaign with a station of OCPP 2.0.1."""

    protocol = V201
    clauses = Clauses(
        frame="Part 4 section 4.1",
        call="Part 4 section 4.3",
        result="Part 4 section 4.2.2",
        schema="Part 4 section 4.1.2",
        scenario="Part 6 section 1.2",
        idle="Part 6 section 2.1",
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
    by_itself: ClassVar[Mapping[type[Request[Any]], Callable[[Any], bool]]] = {
        m.HeartbeatRequest: lambda _: True,  # G02
        m.StatusNotificationRequest: lambda _: True,  # G01
        m.NotifyEventRequest: lambda _: True,  # N07
        m.MeterValuesRequest: lambda _: True,  # J01: its own configuration decides
        m.SecurityEventNotificationRequest: lambda _: True,  # A04
        m.TransactionEventRequest: lambda event: event.event_type == "Updated",  # E02.FR.10: samples, charging states
    }
    undo = UNDO

    def __init__(self, csms: "Csms", product: Product, settings: "LabSettings") -> None:
        timeout = settings.response_timeout
        self._product = product
        self.ledger: Ledger = Ledger()
        self.configuration: Configuration = Configuration(csms, timeout=timeout)
        self.certificates = InstalledCertificates(csms, timeout=timeout)
        self.upkeep = V201Upkeep(csms, self.ledger, self.configuration, timeout=timeout)

    @classmethod
    def usual_answers(
        cls, settings: "LabSettings", utc_now: Callable[[], datetime]
    ) -> Mapping[type[Request[Any]], Maker]:
        return usual_answers(settings, utc_now)

    def bench(self, equipment: Equipment) -> Bench:
        return Bench(equipment, configuration=self.configuration, ledger=self.ledger, situation=Situation())

    def serial_number(self) -> str | None:
        return self.configuration.value("ChargingStation.SerialNumber")

    def file_protocols(self) -> Collection[str]:
        reported = sorted(self.configuration.members("OCPPCommCtrlr.FileTransferProtocols"))
        return self._product.texts("ORS-24") or reported

    def rules(self) -> tuple[Rule, ...]:
        return rules()
