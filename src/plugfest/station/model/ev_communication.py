"""The sessions with EVs by ISO 15118: what an EV requests, by kind."""

from collections.abc import Mapping

from plugfest.hardware.communication import (
    AuthorizationRequested,
    CertificateRequested,
    CommunicationEvent,
    EvCommunication,
    NeedsSent,
    ScheduleChosen,
    SeccRefused,
    SessionSetUp,
    SessionStopped,
)
from plugfest.station.lifecycle.hooks import Hook
from plugfest.station.model.authorization.tokens import TokenInfo
from plugfest.station.model.charging.charging_sessions import ChargingSession


class EvCommunications:
    """The EVs that communicate. Each hook is called with one kind of request; a block adds the answer."""

    def __init__(self, ports: Mapping[int, EvCommunication]) -> None:
        self.ports = ports
        self.session_set_up: Hook[[SessionSetUp]] = Hook()
        self.secc_refused: Hook[[SeccRefused]] = Hook()
        self.certificate_requested: Hook[[CertificateRequested]] = Hook()
        self.authorization_requested: Hook[[AuthorizationRequested]] = Hook()
        self.needs_sent: Hook[[NeedsSent]] = Hook()
        self.schedule_chosen: Hook[[ScheduleChosen]] = Hook()
        self.session_stopped: Hook[[SessionStopped]] = Hook()
        self.negotiating: frozenset[int] = frozenset()
        """EVSEs whose EV has sent its needs in the current transaction."""
        self.contract_problems: dict[int, str] = {}
        """Why the last EV at an EVSE could not charge by its contract, in words."""

    def handle(self, event: CommunicationEvent) -> None:
        """Call the hook of this kind of request."""
        match event:
            case SessionSetUp():
                self.session_set_up.notify(event)
            case SeccRefused():
                self.secc_refused.notify(event)
            case CertificateRequested():
                self.certificate_requested.notify(event)
            case AuthorizationRequested():
                self.authorization_requested.notify(event)
            case NeedsSent():
                self.negotiating |= {event.evse_id}
                self.needs_sent.notify(event)
            case ScheduleChosen():
                self.schedule_chosen.notify(event)
            case SessionStopped():
                self.session_stopped.notify(event)

    def authorized(self, session: ChargingSession, _: TokenInfo) -> None:
        """A driver is authorized: the EV no longer waits for it, whatever the driver identified with (C08)."""
        if session.evse_id is not None and session.evse_id in self.ports:
            self.ports[session.evse_id].answer_authorization(True)

    def transaction_ended(self, session: ChargingSession) -> None:
        """The next EV has not sent its needs yet."""
        if session.evse_id is not None:
            self.negotiating -= {session.evse_id}
