"""Ends authorizations and transactions: by a token, the CSMS, a fault or a restart."""

from collections.abc import Callable, Mapping

import msgspec

from plugfest.station.model.authorization.tokens import Token, TokenInfo
from plugfest.station.model.charging.charging_sessions import ChargingSession, ChargingSessions
from plugfest.station.model.charging.connection_timeout import ConnectionTimeout
from plugfest.station.model.charging.energy import EnergyControl
from plugfest.station.model.charging.power_path import PowerPath
from plugfest.station.model.settings import ChargingSettings
from plugfest.station.model.transactions.events import StopReason, TriggerReason
from plugfest.station.model.transactions.points import ends_by_deauthorization, ends_with_authorization, points_of
from plugfest.station.model.transactions.transactions import Transactions


class Ending:
    def __init__(
        self,
        *,
        sessions: ChargingSessions,
        paths: Mapping[int, PowerPath],
        transactions: Transactions,
        energy: EnergyControl,
        connection_timeout: ConnectionTimeout,
        settings: Callable[[], ChargingSettings],
    ) -> None:
        self._sessions = sessions
        self._paths = paths
        self._transactions = transactions
        self._energy = energy
        self._connection_timeout = connection_timeout
        self._settings = settings

    def end_authorization(
        self, session: ChargingSession, trigger: TriggerReason, reason: StopReason, token: Token | None
    ) -> None:
        """The driver or the CSMS ends the authorization. E07, F03, C16"""
        never_authorized = session.authorization is None
        by_ev = reason is StopReason.STOPPED_BY_EV
        session.unlock_authorization = None
        self._transactions.end_authorization(
            session,
            trigger,
            reason,
            token=token,
            # F03.FR.03: a transaction that was never authorized ends too. E15.FR.04: also with EnergyTransfer.
            force_end=(never_authorized and ends_with_authorization(self._settings().stop))
            or (by_ev and ends_by_deauthorization(self._settings().stop)),
        )
        self._connection_timeout.cancel(session)
        self._energy.update(session)

    def end_transaction(self, session: ChargingSession, trigger: TriggerReason, reason: StopReason) -> None:
        """End the transaction now, whatever TxStopPoint is."""
        assert session.transaction is not None
        session.transaction.stop_reason = reason
        self._transactions.step(session, trigger, force_end=True)
        self._energy.update(session)

    def apply_token_info(self, transaction_id: str, token: Token, info: TokenInfo) -> None:
        """Apply the idTokenInfo that the CSMS sent for the token of a transaction. E05, C15"""
        session = self._sessions.with_transaction(transaction_id)
        if session is None or session.authorization is None or not session.authorization.is_for(token):
            return
        if info.accepted:
            known = session.authorization  # the answer may omit something
            priority = known.charging_priority if info.charging_priority is None else info.charging_priority
            session.authorization = msgspec.structs.replace(
                known, group=info.group or known.group, charging_priority=priority
            )
            self._sessions.save(session)
            return
        if self._settings().stop_on_invalid:
            self._deauthorize(session)
        else:
            self._energy.limit(session)
        self._energy.update(session)

    def end_interrupted(self, reason: StopReason) -> None:
        """After a start: end what the restart interrupted.

        The cable of a transaction stays locked for its driver. One without a transaction is released, because its
        authorization is gone.
        """
        for session in list(self._sessions):
            if session.evse_id is not None:
                path = self._paths[session.evse_id]
                path.stop()
                if session.transaction is not None and session.unlock_authorization is None:
                    session.unlock_authorization = session.authorization
                if session.unlock_authorization is None:
                    path.unlock_cable()
                elif not path.locked:
                    session.unlock_authorization = None
                self._transactions.set_state(
                    session, connected=session.state.connected and path.connected(session.connector_id)
                )
            self._transactions.set_state(session, authorized=False, energy_flows=False, signed=False)
            session.authorization = None
            session.energy_denied = False
            session.points = points_of(session.state)
            if session.transaction is None:
                session.owner = None
                self._sessions.save(session)
            else:
                self.end_transaction(session, TriggerReason.ABNORMAL_CONDITION, reason)

    def _deauthorize(self, session: ChargingSession) -> None:
        """E05.FR.09, E05.FR.10, C15.FR.03, C15.FR.04. The cable stays locked for its driver (E05.FR.11, C15.FR.05)."""
        if session.evse_id is not None and self._paths[session.evse_id].locked:
            session.unlock_authorization = session.authorization
        force_end = ends_by_deauthorization(self._settings().stop)
        self._transactions.end_authorization(
            session, TriggerReason.DEAUTHORIZED, StopReason.DEAUTHORIZED, force_end=force_end
        )
        self._connection_timeout.cancel(session)
