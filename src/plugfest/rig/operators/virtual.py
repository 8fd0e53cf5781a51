"""The operator at our own virtual station."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Literal, cast

from plugfest.hardware.communication import CertificateAction
from plugfest.hardware.ports import CableLocked, HardwareError, StoredData
from plugfest.hardware.virtual.communication import CommunicatingEv as VirtualEv
from plugfest.hardware.virtual.station import VirtualHardware
from plugfest.lab.iso15118.ev import CommunicatingEv
from plugfest.lab.operator.capabilities import Capability
from plugfest.lab.ports import Commissioning
from plugfest.lab.settings import Token
from plugfest.lab.verdict import CableHeld, NotCapable, OperatorFailed
from plugfest.products import Product
from plugfest.rig.operators.display import is_shown
from plugfest.station.control.commands import accepts_token_type, store_customer
from plugfest.station.control.measured_values import set_measured_value
from plugfest.station.lifecycle.power import PoweredStation
from plugfest.station.setup.provisioning import ProvisioningError, Settings, erase_csms_settings
from plugfest.station.setup.version_behaviour import behaviour_of
from plugfest.station.storage.store import Store

Side = Literal["ev", "evse", "both"]


class VirtualOperator:
    """Does to the virtual hardware what a person does to a real station."""

    can_commission = True

    def __init__(self, product: Product, hardware: VirtualHardware) -> None:
        self._product = product
        self._hardware = hardware
        self._store = Store(":memory:")
        self._powered: PoweredStation | None = None

    @property
    def _station(self) -> PoweredStation:
        assert self._powered is not None, "no station is commissioned"
        return self._powered

    async def missing(self) -> Mapping[Capability, str]:
        return {}

    async def commission(self, commissioning: Commissioning) -> None:
        """Replace all CSMS connections of the station by this one. The rest of its state stays."""
        await self.switch_off()
        settings = Settings(
            identity=commissioning.identity,
            csms_url=commissioning.csms_url,
            password=commissioning.password,
            security_profile=commissioning.security_profile,
            csms_roots=commissioning.csms_roots or (),
            own_key=commissioning.own_key,
        )
        try:
            erase_csms_settings(self._product, self._store, self._hardware)
            self._powered = PoweredStation(self._product, self._store, self._hardware, settings)
        except ProvisioningError as error:
            raise OperatorFailed(str(error)) from error
        self._powered.power_on()

    async def switch_off(self) -> None:
        """Switch the power off, if the station is commissioned."""
        if self._powered is not None:
            await self._powered.power_off()

    async def confirms_actions(self) -> bool:
        return True

    async def plug_in(self, evse_id: int, connector_id: int, *, seated: bool = True) -> None:
        _do(lambda: self._hardware.plug_in(evse_id, connector_id, seated=seated))

    async def unplug(self, evse_id: int, connector_id: int, *, side: str = "both") -> None:
        _do(lambda: self._hardware.unplug(evse_id, connector_id, cast(Side, side)))

    async def present_token(self, token: Token, evse_id: int) -> None:
        if not accepts_token_type(self._product, token.type):
            raise OperatorFailed(f"this product cannot read tokens of type {token.type}")
        problem = behaviour_of(self._product.ocpp_version).token_format.problem(token.id_token, token.type)
        if problem is not None:
            raise OperatorFailed(problem)
        if token.type == "NoAuthorization":
            _do(lambda: self._hardware.press_start_button(evse_id))
        else:
            _do(lambda: self._hardware.present_token(token.id_token, token.type, evse_id))

    async def park(self, evse_id: int) -> None:
        _do(lambda: self._hardware.park(evse_id))

    async def leave(self, evse_id: int) -> None:
        _do(lambda: self._hardware.leave(evse_id))

    async def ev_suspend(self, evse_id: int) -> None:
        _do(lambda: self._hardware.ev_suspend(evse_id))

    async def ev_resume(self, evse_id: int) -> None:
        _do(lambda: self._hardware.ev_resume(evse_id))

    async def ev_prepare(self, evse_id: int, ev: CommunicatingEv | None) -> None:
        prepared = None
        if ev is not None:
            prepared = VirtualEv(
                contract=None if ev.contract is None else ev.contract.chain,
                certificate_request=CertificateAction(ev.certificate_request) if ev.certificate_request else None,
                v2g_roots=(ev.v2g_root,),
                energy=ev.energy,
                departure=ev.departure,
            )
        _do(lambda: self._hardware.ev_prepare(evse_id, prepared))

    async def ev_renegotiate(self, evse_id: int, *, energy: int, departure: int) -> None:
        _do(lambda: self._hardware.ev_renegotiate(evse_id, energy, departure))

    async def ev_stop(self, evse_id: int) -> None:
        _do(lambda: self._hardware.ev_stop(evse_id))

    async def fault(self, evse_id: int, connector_id: int, *, present: bool) -> None:
        _do(lambda: self._hardware.fault(evse_id, connector_id, present=present))

    async def jam_lock(self, evse_id: int, connector_id: int, *, jammed: bool) -> None:
        _do(lambda: self._hardware.jam_lock(evse_id, connector_id, jammed=jammed))

    async def set_measured_value(self, component: str, variable: str, evse_id: int | None, value: float | None) -> None:
        _do(lambda: set_measured_value(self._hardware, component, variable, evse_id, value))

    async def choose_sessions(self, evse_ids: Sequence[int]) -> None:
        _do(lambda: self._hardware.choose(evse_ids))

    async def display_shows(self, text: str, seconds: float) -> bool:
        display = self._hardware.display
        if display is None:
            raise NotCapable("this product has no display")

        async def lines() -> Iterable[str]:
            return display.lines

        return await is_shown(text, seconds, lines)

    async def store_customer(self, identifier: str) -> None:
        store_customer(self._store, identifier)

    async def customer_storage(self, *, available: bool) -> None:
        self._hardware.set_available(StoredData.CUSTOMERS, available=available)

    async def log_storage(self, *, available: bool) -> None:
        self._hardware.set_available(StoredData.LOGS, available=available)

    async def external_limit(self, watts: float | None, evse_id: int | None = None) -> None:
        _do(lambda: self._hardware.set_external_limit("EMS", watts, evse_id))

    async def power_cycle(self) -> None:
        await self._station.lose_power()
        self._station.power_on()

    async def network(self, *, up: bool) -> None:
        (self._station.network_on if up else self._station.network_off)()


def _do(action: Callable[[], None]) -> None:
    try:
        action()
    except CableLocked as error:
        raise CableHeld(str(error)) from error
    except HardwareError as error:
        raise OperatorFailed(str(error)) from error
