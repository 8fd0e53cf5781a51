"""The charging session at the socket: cable, driver, energy, and the transaction that results from them."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from tests.rig.external.wallbox.charging.authorization import Authorization, Authorizer, Token
from tests.rig.external.wallbox.charging.transaction import Transactions
from tests.rig.external.wallbox.device_model import DeviceModel
from tests.rig.external.wallbox.electronics import Electronics

PHASES = 3


class Session:
    """Handles what happens at the socket, one after the other.

    `start_points` and `stop_points` are TxStartPoint and TxStopPoint of the model: they cannot be changed. `blocked`
    says whether no session may begin; `status_changed` reports the status of the connector; `idle` is called when a
    session has ended.
    """

    def __init__(
        self,
        electronics: Electronics,
        model: DeviceModel,
        authorizer: Authorizer,
        *,
        start_points: frozenset[str],
        stop_points: frozenset[str],
        blocked: Callable[[], bool],
        status_changed: Callable[[], Awaitable[None]],
        idle: Callable[[], None],
    ) -> None:
        self._electronics = electronics
        self._model = model
        self._authorizer = authorizer
        self._start_points = start_points
        self._stop_points = stop_points
        self._blocked = blocked
        self._status_changed = status_changed
        self._idle = idle
        self._jobs: asyncio.Queue[Callable[[], Awaitable[None]]] = asyncio.Queue()
        self._points: frozenset[str] = frozenset()
        self._timeout: asyncio.TimerHandle | None = None
        self._was_connected = False
        self._suspended = False
        self._owner: Authorization | None = None
        self.authorization: Authorization | None = None
        self.transactions: Transactions

    # What the rest of the firmware asks

    @property
    def busy(self) -> bool:
        """Whether a driver is authorized or a transaction is ongoing."""
        return self.authorization is not None or self.transactions.ongoing is not None

    @property
    def authorized_transaction(self) -> bool:
        return self.authorization is not None and self.transactions.ongoing is not None

    def charging_state(self) -> str:
        if not self._electronics.connected:
            return "Idle"
        if self._suspended:
            return "SuspendedEVSE"
        if self.authorization is None or not self._electronics.contactor:
            return "EVConnected"
        return "Charging" if self._electronics.ev_ready else "SuspendedEV"

    def put(self, job: Callable[[], Awaitable[None]]) -> None:
        """Do this after everything that happened before."""
        self._jobs.put_nowait(job)

    async def run(self) -> None:
        while True:
            job = await self._jobs.get()
            await job()

    # The cable and the EV

    async def hardware_changed(self) -> None:
        await self._status_changed()
        if self._electronics.faulted:
            await self._faulted()
        elif self._electronics.connected != self._was_connected:
            await (self._connected() if self._electronics.connected else self._disconnected())
        elif self._electronics.contactor and self.transactions.reported_state != self.charging_state():
            self._note("ChargingStateChanged")
        if not self._electronics.in_socket and self.authorization is None:
            self._owner = None

    async def _connected(self) -> None:
        self._was_connected = True
        self._stop_timer()
        self._note(self._first_trigger("CablePluggedIn"))
        await self._energize()

    async def _disconnected(self) -> None:
        self._was_connected = False
        self._electronics.switch_contactor(False)
        self._suspended = False
        self._owner = self.authorization or self._owner
        had_driver, self.authorization = self.authorization is not None, None  # StopTxOnEVSideDisconnect is true
        self._note("EVCommunicationLost", stopped_reason="EVDisconnected")
        if not had_driver or self._model.flag("OCPPCommCtrlr.UnlockOnEVSideDisconnect"):
            await self._unlock()
        self._idle()

    async def _energize(self) -> None:
        """Lock the cable and close the contactor, if an EV is connected and its driver is authorized."""
        if self.authorization is None or not self._electronics.connected or self._electronics.faulted:
            return
        await self._electronics.lock(True)
        if self._suspended:
            return
        self._electronics.switch_contactor(True)
        self._note("ChargingStateChanged", phases=PHASES if self._electronics.ev_ready else None)

    async def _unlock(self) -> None:
        if self._electronics.locked:
            await self._electronics.lock(False)

    async def _faulted(self) -> None:
        self._electronics.switch_contactor(False)
        if self.authorization is not None:
            self.authorization = None
            self._note("AbnormalCondition", stopped_reason="Other")
            await self._unlock()
            self._idle()

    # The driver

    async def present(self, token: Token) -> None:
        """A token at the reader."""
        if self.authorization is not None:
            if await self._authorizer.may_stop(self.authorization, token):
                await self._stop("StopAuthorized", "Local", token)
        elif self._owner is not None and self._electronics.locked:
            if await self._authorizer.may_stop(self._owner, token):
                await self._unlock()  # E05.FR.11, E09.FR.03
        elif not self._blocked():
            self._begin(await self._authorizer.authorize(token), "Authorized")
            await self._energize()

    async def start_remotely(self, token: Token, remote_start_id: int) -> None:
        if self._model.flag("AuthCtrlr.AuthorizeRemoteStart"):
            authorization = await self._authorizer.authorize(token)
        else:
            authorization = Authorization(token, {"status": "Accepted"})
        if authorization is not None:
            authorization.remote_start_id = remote_start_id
        if self.authorization is None:
            self._begin(authorization, "RemoteStart")
            await self._energize()

    def _begin(self, authorization: Authorization | None, trigger: str) -> None:
        if authorization is None:
            return
        self.authorization = self._owner = authorization
        if not self._electronics.connected:
            loop = asyncio.get_running_loop()
            timeout = self._model.number("TxCtrlr.EVConnectionTimeOut")
            self._timeout = loop.call_later(timeout, self.put, self._no_cable)
        self._note(trigger)

    async def _no_cable(self) -> None:
        if self.authorization is None or self._electronics.connected:
            return
        self.authorization = None  # C01.FR.26
        if self.transactions.ongoing is not None:  # E03.FR.05, F02.FR.07
            self.transactions.end("EVConnectTimeout", "Timeout")
        self._points = self._current_points()
        self._idle()

    async def stop_remotely(self, transaction_id: str) -> None:
        ongoing = self.transactions.ongoing
        if ongoing is not None and ongoing.id == transaction_id:
            await self._stop("RemoteStop", "Remote", None)

    async def reset(self) -> None:
        """End the transaction before the wallbox restarts."""
        if self.transactions.ongoing is not None:
            self._electronics.switch_contactor(False)
            self.authorization = None
            self.transactions.end("ResetCommand", "ImmediateReset")
            await self._unlock()

    async def _stop(self, trigger: str, reason: str, token: Token | None) -> None:
        self._stop_timer()
        self._electronics.switch_contactor(False)
        self.authorization, self._suspended = None, False
        self._note(trigger, stopped_reason=reason, token=token)
        await self._unlock()
        self._idle()

    async def judged(self, transaction_id: str, info: dict[str, Any]) -> None:
        """The CSMS has answered to a message of the transaction with the status of its token (E05)."""
        ongoing = self.transactions.ongoing
        if ongoing is None or ongoing.id != transaction_id or self.authorization is None:
            return
        if info["status"] == "Accepted":
            self.authorization.info = info
        elif self._model.flag("TxCtrlr.StopTxOnInvalidId"):
            self._stop_timer()
            self._electronics.switch_contactor(False)
            self.authorization = None
            self._note("Deauthorized", stopped_reason="DeAuthorized")  # E05.FR.09, E05.FR.10; the cable stays locked
            if not self._electronics.locked:
                self._owner = None
            self._idle()
        elif not self._suspended:
            self._suspended = True
            self._electronics.switch_contactor(False)
            if self._electronics.connected:
                self._note("ChargingStateChanged")  # E05.FR.02

    def _stop_timer(self) -> None:
        if self._timeout is not None:
            self._timeout.cancel()
            self._timeout = None

    # The transaction

    def _first_trigger(self, trigger: str) -> str:
        """The trigger of what happens now; RemoteStart if the CSMS does not know of a remote start yet (F02.FR.21)."""
        driver = self.authorization
        return "RemoteStart" if driver and driver.remote_start_id is not None and not driver.reported else trigger

    def _current_points(self) -> frozenset[str]:
        points = {
            "Authorized": self.authorization is not None,
            "EVConnected": self._electronics.connected,
            "PowerPathClosed": self.authorization is not None and self._electronics.connected,
        }
        return frozenset(point for point, reached in points.items() if reached)

    def _note(
        self, trigger: str, *, stopped_reason: str = "Local", token: Token | None = None, phases: int | None = None
    ) -> None:
        """Something happened: start, continue or end the transaction (E01, E06)."""
        before, self._points = self._points, self._current_points()
        driver = self.authorization
        if driver is not None and not driver.reported and token is None:
            token = driver.token  # E01.FR.10
        if self.transactions.ongoing is None:
            if not (self._points - before) & self._start_points:
                return
            self.transactions.start(trigger, driver.remote_start_id if driver else None, token)
        elif (before - self._points) & self._stop_points:
            self.transactions.end(trigger, stopped_reason, token)
        else:
            if driver is not None and driver.remote_start_id is not None:
                self.transactions.ongoing.remote_start_id = driver.remote_start_id
            self.transactions.update(trigger, token=token, phases=phases)
        if driver is not None:
            driver.reported = True

    def boot(self) -> None:
        """What was connected before the wallbox was switched on."""
        self.put(self.hardware_changed)
