"""What drivers, EVs, technicians, the mains and the network do at a station: the actions of the Python API."""

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Collection, Sequence
from datetime import datetime, timedelta
from typing import TypeVar

from plugfest.api.errors import ActionRefused
from plugfest.hardware.ports import Fault, FaultCode, LimitPeriod
from plugfest.hardware.virtual.communication import CommunicatingEv
from plugfest.hardware.virtual.ev import EvProperties
from plugfest.hardware.virtual.station import Side
from plugfest.ocpp.message import JsonValue
from plugfest.station.blocks.p_data_transfer.outgoing import VendorAnswer, VendorMessage
from plugfest.station.control.commands import Control

T = TypeVar("T")


class Actions(ABC):
    """Each action raises ActionRefused if it is not possible. EVSEs and connectors are numbered from 1."""

    @abstractmethod
    async def _act(self, action: Callable[[Control], Awaitable[T] | T]) -> T:
        """Perform an action, and let the station react to it."""

    # Drivers

    async def plug_in(self, evse: int = 1, connector: int = 1, side: Side = "both", *, seated: bool = True) -> None:
        """Plug in the cable: the end in the socket ("evse"), in the EV ("ev"), or both.

        `seated` False: not far enough for the lock.
        """
        await self._act(lambda control: control.plug_in(evse, connector, side, seated=seated))

    async def unplug(self, evse: int = 1, connector: int = 1, side: Side = "both") -> None:
        """Unplug the cable. After "both" the EV has left; the next one is another EV."""
        await self._act(lambda control: control.plug_out(evse, connector, side))

    async def present_token(self, id_token: str, type: str = "ISO14443", evse: int | None = None) -> None:
        """Present a token. `evse`: that of the reader or the one chosen; None: a reader for all."""
        await self._act(lambda control: control.present_token(id_token, type, evse))

    async def press_start_button(self, evse: int = 1) -> None:
        """Start without a token, where the product permits it."""
        await self._act(lambda control: control.press_start_button(evse))

    async def choose(self, evses: Collection[int]) -> None:
        """Choose EVSEs that the display offers."""
        await self._act(lambda control: control.choose(evses))

    async def park(self, evse: int = 1) -> None:
        """Drive into the parking bay."""
        await self._act(lambda control: control.park(evse))

    async def leave(self, evse: int = 1) -> None:
        """Drive out of the parking bay."""
        await self._act(lambda control: control.leave(evse))

    # EVs

    async def ev_suspend(self, evse: int = 1) -> None:
        """Let the EV take no energy. Without an EV, the next one does not."""
        await self._act(lambda control: control.ev_suspend(evse))

    async def ev_resume(self, evse: int = 1) -> None:
        """Let the EV take energy again."""
        await self._act(lambda control: control.ev_resume(evse))

    async def ev_state_of_charge(self, percent: float, evse: int = 1) -> None:
        """Give the EV, or the next one, this state of charge."""
        await self._act(lambda control: control.ev_state_of_charge(evse, percent))

    async def configure_ev(
        self,
        evse: int = 1,
        *,
        capacity: float | None = None,
        state_of_charge: float | None = None,
        max_ac_current: float | None = None,
        ac_phases: int | None = None,
        max_dc_power: float | None = None,
        reaction_time: float | None = None,
    ) -> None:
        """Give the EV, or the next one, these properties; those that are None stay.

        Its battery: `capacity` in Wh, `state_of_charge` in percent. What it draws at most: `max_ac_current` in A on
        `ac_phases` phases, `max_dc_power` in W. `reaction_time`: seconds from an offer of energy until it draws.
        """
        properties = EvProperties(
            capacity=capacity,
            state_of_charge=state_of_charge,
            max_ac_current=max_ac_current,
            ac_phases=ac_phases,
            max_dc_power=max_dc_power,
            reaction_time=reaction_time,
        )
        await self._act(lambda control: control.ev_configure(evse, properties))

    async def ev_prepare(self, ev: CommunicatingEv, evse: int = 1) -> None:
        """Let the EV, or the next one, communicate by ISO 15118."""
        await self._act(lambda control: control.ev_prepare(evse, ev))

    async def ev_ordinary(self, evse: int = 1) -> None:
        """Let the EV not communicate by ISO 15118."""
        await self._act(lambda control: control.ev_ordinary(evse))

    async def ev_renegotiate(self, energy: float | None = None, departure: float | None = None, evse: int = 1) -> None:
        """Let the EV ask for a new charging schedule: energy in Wh, departure in seconds from now."""
        await self._act(lambda control: control.ev_renegotiate(evse, energy, departure))

    async def ev_stop(self, evse: int = 1) -> None:
        """Let the EV end its session by ISO 15118."""
        await self._act(lambda control: control.ev_stop(evse))

    # Faults and measured values

    async def fault_on(
        self,
        evse: int = 1,
        connector: int = 1,
        *,
        error_code: str | None = None,
        vendor_error_code: str = "",
        info: str = "",
        vendor_id: str = "",
    ) -> None:
        """Cause a fault of a connector, or another one instead of the present one.

        `error_code` is a ChargePointErrorCode of OCPP 1.6, such as "GroundFailure". OCPP 1.6 reports all of it in
        StatusNotification; OCPP 2.0.1 reports the codes in a NotifyEvent, of which techCode is the vendor's if given.
        """
        try:
            code = None if error_code is None else FaultCode(error_code)
        except ValueError:
            raise ActionRefused(f"there is no error code {error_code}; there are {', '.join(FaultCode)}") from None
        fault = Fault(error_code=code, vendor_error_code=vendor_error_code, info=info, vendor_id=vendor_id)
        await self._act(lambda control: control.fault_on(evse, connector, fault))

    async def fault_off(self, evse: int = 1, connector: int = 1) -> None:
        """Clear the fault of a connector."""
        await self._act(lambda control: control.fault_off(evse, connector))

    async def jam_lock(self, evse: int = 1, connector: int = 1) -> None:
        """Jam the retention lock of a connector."""
        await self._act(lambda control: control.lock_jammed(evse, connector))

    async def mend_lock(self, evse: int = 1, connector: int = 1) -> None:
        """Repair the retention lock of a connector."""
        await self._act(lambda control: control.lock_mended(evse, connector))

    async def set_measured_value(
        self, component: str, variable: str, value: float | None, evse: int | None = None
    ) -> None:
        """Make the station measure this value for a variable; None: what it would measure otherwise."""
        await self._act(lambda control: control.set_measured_value(component, variable, evse, value))

    async def external_limit(
        self, watts: float | Sequence[LimitPeriod] | None, source: str = "EMS", evse: int | None = None
    ) -> None:
        """A system beside the CSMS limits the power of the station or of an EVSE; None releases that limit.

        `watts`: a limit, or periods of which the first begins at 0 s.
        """
        periods = () if watts is None else (LimitPeriod(0, watts),) if isinstance(watts, int | float) else watts
        await self._act(lambda control: control.external_limit(periods, source, evse))

    async def customer_storage(self, *, available: bool) -> None:
        """Cause a fault of the storage of customer data, or clear it."""
        await self._act(lambda control: control.customer_storage(available=available))

    async def log_storage(self, *, available: bool) -> None:
        """Cause a fault of the storage of the logs, or clear it."""
        await self._act(lambda control: control.log_storage(available=available))

    async def store_customer(self, identifier: str) -> None:
        """Store data about a customer under this customer identifier."""
        await self._act(lambda control: control.store_customer(identifier))

    async def set_clock(self, to: datetime | timedelta) -> None:
        """Set the clock of the station to a time, or ahead by a duration; back if it is negative.

        The next time of the CSMS sets it again, unless ClockCtrlr.TimeSource has no Heartbeat.
        """
        if isinstance(to, datetime):
            await self._act(lambda control: control.set_clock(time=to))
        elif not isinstance(to, timedelta):
            raise ActionRefused(f"set_clock takes a datetime or a timedelta, not {to!r}")
        else:
            await self._act(lambda control: control.set_clock(offset=to.total_seconds()))

    async def data_transfer(
        self, vendor_id: str, message_id: str | None = None, data: JsonValue = None
    ) -> VendorAnswer:
        """Send a DataTransfer to the CSMS, and return its answer. `data` is a text in OCPP 1.6."""
        message = VendorMessage(vendor_id=vendor_id, message_id=message_id, data=data)
        return await self._act(lambda control: control.data_transfer(message))

    # Power and network

    async def power_off(self) -> None:
        """Switch mains power off."""
        return await self._act(Control.power_off)

    async def power_on(self) -> None:
        """Switch mains power on."""
        await self._act(lambda control: control.power_on())

    async def network_off(self) -> None:
        """Disconnect the network."""
        await self._act(lambda control: control.network_off())

    async def network_on(self) -> None:
        """Connect the network."""
        await self._act(lambda control: control.network_on())

    async def reconnect(self) -> None:
        """Connect now instead of waiting for the next attempt."""
        await self._act(lambda control: control.reconnect())
