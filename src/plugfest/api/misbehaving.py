"""What a station does wrong on demand. What this needs is imported only for a station that may do so."""

from collections import deque
from collections.abc import Callable, Iterable
from contextvars import Context
from typing import TYPE_CHECKING, Final

from plugfest.api.errors import ActionRefused, UnusableSettings
from plugfest.link.client import OpenWebSocket, connect
from plugfest.products import Product

if TYPE_CHECKING:
    from plugfest.rig.misbehaviour import StationMisbehaviour


MAX_HAPPENED: Final = 1000
"""How many transport faults that have happened are kept."""


class Misbehaving:
    """The misbehaviours of one station. `texts` None: the station never misbehaves.

    `notice` gets a line for each transport fault that happens. Raises UnusableSettings.
    """

    def __init__(
        self,
        texts: Iterable[str] | None,
        product: Product,
        identity: str,
        seed: int,
        notice: Callable[[str], None] = lambda _: None,
    ) -> None:
        self.context: Context | None = None
        self.open_websocket: OpenWebSocket = connect
        self.happened: deque[str] = deque(maxlen=MAX_HAPPENED)
        """The newest transport faults that have happened, one line each."""
        self._notice = notice
        self._own: StationMisbehaviour | None = None
        if texts is None:
            return
        from plugfest.rig.misbehaviour import MisbehaviourError, parse

        try:
            self._own = parse([texts] if isinstance(texts, str) else texts, product, seed).of(identity, self._happened)
        except MisbehaviourError as error:
            raise UnusableSettings(str(error)) from None
        self._own.prepare()
        self.context, self.open_websocket = self._own.context, self._own.open_websocket

    def _happened(self, line: str) -> None:
        self.happened.append(line)
        self._notice(line)

    @property
    def lines(self) -> list[str]:
        """What the station does wrong now, one line each."""
        return [] if self._own is None else self._own.present.lines

    def add(self, texts: Iterable[str]) -> None:
        """Do this wrong too, from now on. Raises ActionRefused."""
        if self._own is None:
            raise ActionRefused("the station cannot misbehave; create it with misbehave=()")
        from plugfest.rig.misbehaviour import MisbehaviourError

        try:
            self._own.add(texts)
        except MisbehaviourError as error:
            raise ActionRefused(str(error)) from None

    def end(self) -> None:
        """Do nothing wrong any more."""
        if self._own is not None:
            self._own.end()

    def close(self) -> None:
        """Close what the station has left open."""
        if self._own is not None:
            self._own.close()
