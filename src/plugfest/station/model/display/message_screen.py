"""Shows the display messages in turn."""

from collections.abc import Callable
from datetime import datetime

from plugfest.hardware.ports import Display
from plugfest.station.model.display.messages import DisplayMessages
from plugfest.station.model.display.pages import Pages
from plugfest.station.model.display.selection import DisplayMessage, DisplayState, in_turn, next_in_turn
from plugfest.station.model.timers import Timers

SECONDS_PER_MESSAGE = 8.0
"""For which a message is shown if there are others."""

_TIMER = "next display message"


class MessageScreen:
    """One display. `state`: the present state of the station; `enabled`: whether messages are shown at all."""

    def __init__(
        self,
        display: Display,
        messages: DisplayMessages,
        pages: Pages,
        timers: Timers,
        *,
        now: Callable[[], datetime],
        state: Callable[[], DisplayState],
        enabled: Callable[[], bool],
    ) -> None:
        self._display = display
        self._messages = messages
        self._pages = pages
        self._timers = timers
        self._now = now
        self._state = state
        self._enabled = enabled
        self._shown: DisplayMessage | None = None

    def refresh(self) -> None:
        """Show what has to be shown now: the message that is shown already, if it is still among the others."""
        turn = self._turn()
        self._show(self._shown if self._shown in turn else next_in_turn(turn, None), turn)

    def _turn(self) -> tuple[DisplayMessage, ...]:
        return in_turn(self._messages, self._now(), self._state()) if self._enabled() else ()

    def _next(self) -> None:
        turn = self._turn()
        self._show(next_in_turn(turn, self._shown), turn)

    def _show(self, message: DisplayMessage | None, turn: tuple[DisplayMessage, ...]) -> None:
        is_new, self._shown = message != self._shown, message
        if len(turn) < 2:
            self._timers.cancel(_TIMER)
        elif is_new or not self._timers.is_running(_TIMER):
            self._timers.set(_TIMER, SECONDS_PER_MESSAGE, self._next)
        self._display.show_message(None if message is None else self._pages.showable(message.content))
