"""Writes the events of the station into the log for diagnostics."""

from plugfest.link.errors import LinkError
from plugfest.station.connection.boot import RegistrationStatus
from plugfest.station.context import Context
from plugfest.station.model.charging.charging_sessions import ChargingSession, Transaction
from plugfest.station.model.connectors.availability import Place
from plugfest.station.model.connectors.connector_status import ConnectorStatus
from plugfest.station.model.connectors.connectors import Connectors
from plugfest.station.model.transactions.transactions import Transactions
from plugfest.station.storage.diagnostics import EventLog, LogEntry


class EventLogWriter:
    """Subscribes to the events that help to find the cause of a problem, and logs them."""

    def __init__(self, context: Context) -> None:
        self.log = EventLog(context.store)
        self._now = context.now
        self._last_failure = ""
        lifecycle = context.lifecycle
        lifecycle.registered.add(self._registered)
        lifecycle.reconnected.add(lambda seconds: self._add("Reconnected", f"after {seconds:.0f} s"))
        lifecycle.disconnected.add(lambda: self._add("Disconnected"))
        lifecycle.connect_failed.add(self._failed)
        lifecycle.firmware_status.add(lambda status, reason: self._add("FirmwareStatus", _with_reason(status, reason)))
        context.shared.get(Connectors).on_change(self._connector)
        context.shared.get(Transactions).on_start(self._placed)
        context.shared.get(Transactions).on_end(self._ended)
        self._add("Started", context.boot_reason.value)

    def _add(self, kind: str, tech_info: str = "") -> None:
        self.log.add(LogEntry(self._now(), kind, tech_info))

    def _registered(self, status: RegistrationStatus) -> None:
        self._last_failure = ""
        self._add("Registered", status.value)

    def _failed(self, error: LinkError) -> None:
        """Once for consecutive attempts with the same reason, which would fill the log otherwise."""
        failure = str(error)
        if failure != self._last_failure:
            self._add("ConnectionFailed", failure)
        self._last_failure = failure

    def _connector(self, place: Place, status: ConnectorStatus) -> None:
        self._add("ConnectorStatus", f"{place.key()} {status}")

    def _placed(self, session: ChargingSession, transaction: Transaction) -> None:
        self._add("TransactionStarted", f"{transaction.id} at EVSE {session.evse_id or 'none yet'}")

    def _ended(self, session: ChargingSession, transaction: Transaction) -> None:
        self._add("TransactionEnded", f"{transaction.id} because {transaction.stop_reason}")


def _with_reason(status: str, reason: str) -> str:
    return f"{status}: {reason}" if reason else status
