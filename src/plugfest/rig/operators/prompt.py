"""The operator as a person who follows instructions at the station and confirms each one."""

from collections.abc import Mapping, Sequence

from plugfest.lab.iso15118.ev import CommunicatingEv
from plugfest.lab.operator.capabilities import Capability
from plugfest.lab.ports import Commissioning
from plugfest.lab.settings import Token
from plugfest.lab.verdict import OperatorFailed
from plugfest.products import Product
from plugfest.rig.commissioning_guide import HEADING, CommissioningGuide, ShowCode
from plugfest.rig.operators.instructions import Instructor
from plugfest.rig.pki_folder import PkiFolder

NEED_CERTIFICATES = (Capability.INSTALL_ROOT, Capability.EV_PREPARE)
"""What a person can do only with certificates of the lab in a folder."""

SIDES = {
    "both": "Disconnect the EV from {place}; unplug a detachable cable at both ends.",
    "ev": "Unplug the cable of {place} from the EV. Leave it plugged in at the station.",
    "evse": "Unplug the cable from {place}. Leave it plugged in at the EV.",
}

TOKENS = {
    "KeyCode": "Enter the code {id} at {place}.",
    "NoAuthorization": "Press the start button of {place}.",
}
"""The instruction for a type of token; tokens of other types are presented to the reader."""

NEEDS = {"energy": "it asks for {} Wh", "departure": "it departs in {} s"}
"""The instruction for each need of an EV."""


SECONDS_TO_DRIVE = 5.0
"""The time that driving into or out of a parking bay takes at least."""


def of_evse(evse_id: int) -> str:
    """What a station sends when something changes at an EVSE."""
    return f"a status or transaction message of EVSE {evse_id}"


class PromptOperator:
    """Asks for each action with an instruction. Certificates to install in the station are written to `pki_folder`.

    `show_code` shows the QR code of what the next instruction asks to configure.
    """

    can_commission = True

    def __init__(
        self,
        product: Product,
        instructor: Instructor,
        pki_folder: PkiFolder | None = None,
        show_code: ShowCode = lambda _: None,
    ) -> None:
        self._ocpp_version = product.ocpp_version
        self._connectors = {
            (evse.id, connector.id): f"{connector.type}, {connector.cable.lower()}"
            for evse in product.evses
            for connector in evse.connectors
        }
        self._ask = instructor.ask
        self._confirm = instructor.confirm
        self._confirms_actions = instructor.confirms_actions
        self._pki_folder = pki_folder
        self._show_code = show_code
        self._commissioned: Sequence[str] = ()

    async def missing(self) -> Mapping[Capability, str]:
        return {} if self._pki_folder is not None else dict.fromkeys(NEED_CERTIFICATES, "--pki DIR is not given")

    async def confirms_actions(self) -> bool:
        return await self._confirms_actions()

    def _connector(self, evse_id: int, connector_id: int) -> str:
        kind = self._connectors.get((evse_id, connector_id))
        return f"connector {connector_id} of EVSE {evse_id}" + (f" ({kind})" if kind else "")

    async def plug_in(self, evse_id: int, connector_id: int, *, seated: bool = True) -> None:
        how = "" if seated else ", but insert the plug only halfway into the socket"
        await self._ask(f"Connect an EV to {self._connector(evse_id, connector_id)}{how}.", awaited=of_evse(evse_id))

    async def unplug(self, evse_id: int, connector_id: int, *, side: str = "both") -> None:
        instruction = SIDES[side].format(place=self._connector(evse_id, connector_id))
        await self._ask(instruction, awaited=of_evse(evse_id), may_be_locked=True)

    async def present_token(self, token: Token, evse_id: int) -> None:
        instruction = TOKENS.get(token.type, f"Present the {token.type} token {{id}} to the reader of {{place}}.")
        await self._ask(
            instruction.format(id=token.id_token, place=f"EVSE {evse_id}"),
            awaited=f"Authorize, or {of_evse(evse_id)}",
            seconds=1.0,
        )

    async def park(self, evse_id: int) -> None:
        await self._ask(
            f"Drive an EV into the parking bay of EVSE {evse_id}.", awaited=of_evse(evse_id), seconds=SECONDS_TO_DRIVE
        )

    async def leave(self, evse_id: int) -> None:
        await self._ask(
            f"Drive the EV out of the parking bay of EVSE {evse_id}.",
            awaited=of_evse(evse_id),
            seconds=SECONDS_TO_DRIVE,
        )

    async def ev_suspend(self, evse_id: int) -> None:
        await self._ask(
            f"Make the EV at EVSE {evse_id} stop charging, without unplugging it.", awaited=of_evse(evse_id)
        )

    async def ev_resume(self, evse_id: int) -> None:
        await self._ask(f"Make the EV at EVSE {evse_id} resume charging.", awaited=of_evse(evse_id))

    async def ev_prepare(self, evse_id: int, ev: CommunicatingEv | None) -> None:
        if ev is None:
            await self._ask(f"Use an EV without ISO 15118 at EVSE {evse_id} from now on.")
            return
        lines = [f"Use an EV with ISO 15118 at EVSE {evse_id} from now on. It trusts a V2G root and authorizes so:"]
        lines += [f"V2G root: {self._file('v2g-root.pem', ev.v2g_root)}"]
        if ev.contract is None:
            lines += ["by external identification means (EIM)"]
        else:
            key = self._file("contract.key", ev.contract.key, secret=True)
            lines += [f"by the contract certificate {self._file('contract.pem', ev.contract.chain)} with the key {key}"]
        if ev.certificate_request is not None:
            lines += [f"before that, it requests: {ev.certificate_request} the contract certificate"]
        lines += [NEEDS[name].format(value) for name, value in ev.needs.items()]
        await self._ask("\n      ".join(lines))

    def _file(self, name: str, text: str, *, secret: bool = False) -> str:
        """Write a file that a person installs in the EV. Returns its path."""
        if self._pki_folder is None:
            raise OperatorFailed("the EV needs certificates of the lab: --pki DIR")
        return str(self._pki_folder.write(name, text, private=secret))

    async def ev_renegotiate(self, evse_id: int, *, energy: int, departure: int) -> None:
        await self._ask(
            f"Make the EV at EVSE {evse_id} renegotiate its charging schedule: {energy} Wh, departure in {departure} s."
        )

    async def ev_stop(self, evse_id: int) -> None:
        await self._ask(
            f"End the charging session in the EV at EVSE {evse_id}, without unplugging it.", awaited=of_evse(evse_id)
        )

    async def fault(self, evse_id: int, connector_id: int, *, present: bool) -> None:
        what = "Cause a fault of" if present else "Clear the fault of"
        await self._ask(f"{what} {self._connector(evse_id, connector_id)}.", awaited=of_evse(evse_id))

    async def jam_lock(self, evse_id: int, connector_id: int, *, jammed: bool) -> None:
        place = self._connector(evse_id, connector_id)
        await self._ask(
            f"Block the lock of {place}, so that it cannot unlock." if jammed else f"Unblock the lock of {place}."
        )

    async def set_measured_value(self, component: str, variable: str, evse_id: int | None, value: float | None) -> None:
        measured = f"{component}.{variable}" + ("" if evse_id is None else f" of EVSE {evse_id}")
        await self._ask(
            f"Let {measured} return to its normal value."
            if value is None
            else f"Make the station measure {value:g} for {measured}."
        )

    async def choose_sessions(self, evse_ids: Sequence[int]) -> None:
        evses = ", ".join(str(evse_id) for evse_id in evse_ids)
        await self._ask(f"In the menu of the station, select the transactions to stop: EVSE {evses}.")

    async def display_shows(self, text: str, seconds: float) -> bool:
        question = f"Watch the display of the station for {seconds:g} s. Does it show this text at any time?"
        return await self._confirm(f"{question}\n      {text}", seconds=seconds)

    async def store_customer(self, identifier: str) -> None:
        await self._ask(f"Store data about a customer in the station, under the customer identifier {identifier}.")

    async def customer_storage(self, *, available: bool) -> None:
        await self._ask(
            "Make the station able to process its customer information again."
            if available
            else "Put the station into a state in which it cannot process its customer information, without losing any."
        )

    async def log_storage(self, *, available: bool) -> None:
        await self._ask(
            "Make the logs of the station available again."
            if available
            else "Make the logs of the station unavailable, so that it has no log information to upload."
        )

    async def external_limit(self, watts: float | None, evse_id: int | None = None) -> None:
        place = "the whole station" if evse_id is None else f"EVSE {evse_id}"
        where = "at the energy management system that is connected to the station"
        await self._ask(
            f"Release the limit of {place} {where}."
            if watts is None
            else f"Limit the power of {place} to {watts:g} W {where}."
        )

    async def power_cycle(self) -> None:
        await self._ask("Switch the station off and on again.", awaited="BootNotification", seconds=5.0)

    async def network(self, *, up: bool) -> None:
        await self._ask("Reconnect the station to the network." if up else "Disconnect the station from the network.")

    async def commission(self, commissioning: Commissioning) -> None:
        if commissioning.csms_roots and self._pki_folder is None:
            raise OperatorFailed("the station needs the root certificate of the lab: --pki DIR")
        guide = CommissioningGuide(commissioning, [self._ocpp_version], self._pki_folder)
        guide.write_files()
        self._show_code(guide)
        before, self._commissioned = self._commissioned, guide.settings()
        text = "\n      ".join(_marked(self._commissioned, before))
        await self._ask(text, awaited="BootNotification", seconds=5.0)


def _marked(settings: Sequence[str], before: Sequence[str]) -> list[str]:
    """The settings below a heading, with a mark at those that differ from the time before."""
    if not before:
        return [f"{HEADING}:", *settings]
    marked = [f"{' ' if setting in before else '*'} {setting}" for setting in settings]
    return [f"{HEADING} (* differs from the last time):", *marked]
