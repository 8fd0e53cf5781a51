"""Tariff and cost, shown to the driver of each charging session (I01 to I06)."""

from collections.abc import Callable, Sequence
from typing import Final

import msgspec

from plugfest.hardware.ports import Display, FormattedText, TextFormat
from plugfest.station.model.authorization.tokens import TokenInfo
from plugfest.station.model.charging.charging_sessions import ChargingSession, ChargingSessions, Transaction
from plugfest.station.model.display.pages import Pages
from plugfest.station.model.timers import Timers

_PLAIN: Final = (TextFormat.UTF8, TextFormat.ASCII)

FINAL_COST_SECONDS = 180.0
"""For which the final cost is shown, unless another driver is authorized before."""


class PriceSettings(msgspec.Struct, frozen=True, kw_only=True):
    """The variables of TariffCostCtrlr, and the formats that the station can show."""

    tariff_enabled: bool
    cost_enabled: bool
    currency: str
    tariff_fallback: str
    cost_fallback: str
    formats: Sequence[str]


class Prices:
    """The tariff and the cost of each session, which is stored with them. `online`: whether the CSMS is reachable."""

    def __init__(
        self,
        display: Display,
        sessions: ChargingSessions,
        pages: Pages,
        timers: Timers,
        *,
        settings: Callable[[], PriceSettings],
        online: Callable[[], bool],
    ) -> None:
        self._display = display
        self._sessions = sessions
        self._pages = pages
        self._timers = timers
        self._settings = settings
        self._online = online
        self._ended: dict[str, ChargingSession] = {}
        """The sessions of the transactions whose final cost is not known yet."""

    def start(self) -> None:
        """After a restart: the final cost of an earlier transaction is of no use any more."""
        for session in list(self._sessions):
            if session.transaction is None and session.cost is not None:
                self._set(session, cost=None)
        self.refresh()

    def refresh(self) -> None:
        """Show tariff and cost of every session."""
        for session in list(self._sessions):
            if session.tariff is not None and session.authorization is None and session.transaction is None:
                self._set(session, tariff=None)  # the driver has not come, or has been refused
        shown = {session.evse_id: texts for session in self._sessions if (texts := self._texts(session))}
        self._display.show_prices(shown)

    def _texts(self, session: ChargingSession) -> list[FormattedText]:
        settings = self._settings()
        texts = [session.tariff if settings.tariff_enabled else None, session.cost if settings.cost_enabled else None]
        return [page for text in texts if text is not None and (page := self._pages.showable(text)) is not None]

    # The tariff

    def driver_authorized(self, session: ChargingSession, info: TokenInfo) -> None:
        """Show the tariff of the driver, or the text for an unknown one. I01.FR.03, I04.FR.01"""
        tariff = info.message if self._can_show(info.message) else FormattedText(self._settings().tariff_fallback)
        self._timers.cancel(_timer(session))
        self._set(session, tariff=tariff, cost=None)
        self.refresh()

    def tariff_updated(self, transaction_id: str, tariff: FormattedText | None) -> None:
        """Show the new tariff of a transaction. I06.FR.03"""
        session = self._sessions.with_transaction(transaction_id)
        if session is not None and self._can_show(tariff):
            self._set(session, tariff=tariff)
            self.refresh()

    def _can_show(self, text: FormattedText | None) -> bool:
        return text is not None and text.format in self._settings().formats

    # The cost

    def cost_updated(self, transaction_id: str, cost: float) -> None:
        """Show the running cost of a transaction. I02.FR.03, I02.FR.04"""
        session = self._sessions.with_transaction(transaction_id)
        if session is not None:
            self._set(session, cost=self._amount(cost))
            self.refresh()

    def transaction_ended(self, session: ChargingSession, transaction: Transaction) -> None:
        """Without the CSMS, show the text for an unknown cost; else the CSMS sends the cost. I05.FR.02"""
        if self._online():
            self._ended[transaction.id] = session
            self._set(session, tariff=None)
            self.refresh()
        else:
            self._show_final(session, FormattedText(self._settings().cost_fallback))

    def disconnected(self) -> None:
        """The CSMS cannot send the cost of the transactions that have just ended. I05.FR.02"""
        for session in self._ended.values():
            self._show_final(session, FormattedText(self._settings().cost_fallback))
        self._ended.clear()

    def final_cost(
        self, transaction_id: str, cost: float | None, *, departed: bool, message: FormattedText | None = None
    ) -> None:
        """Show the total cost of a transaction that has ended. `cost`: None if the CSMS did not send it.

        `departed`: the EV has left. `message`: a text of the CSMS for the driver.
        """
        session = self._ended.pop(transaction_id, None)
        if session is None or session.authorization is not None:
            return  # I03.FR.03: the station was offline at the end, or another driver has come
        if departed:
            self._show_final(session, None)  # I03.FR.05
        else:
            known = FormattedText(self._settings().cost_fallback) if cost is None else self._amount(cost)
            self._show_final(session, known)
            if message is not None and message.format in _PLAIN and self._can_show(message):
                self._display.show(message.text)  # there is no tariff any more that it could update

    def _show_final(self, session: ChargingSession, cost: FormattedText | None) -> None:
        self._set(session, tariff=None, cost=cost)
        self._timers.set(_timer(session), FINAL_COST_SECONDS, lambda: self._end_final(session))
        self.refresh()

    def _end_final(self, session: ChargingSession) -> None:
        self._set(session, cost=None)
        self.refresh()

    def _amount(self, cost: float) -> FormattedText:
        return FormattedText(f"{cost:.2f} {self._settings().currency}", TextFormat.UTF8)

    def _set(self, session: ChargingSession, **prices: FormattedText | None) -> None:
        for name, text in prices.items():
            setattr(session, name, text)
        self._sessions.save(session)


def _timer(session: ChargingSession) -> str:
    return f"final cost of {session.key}"
