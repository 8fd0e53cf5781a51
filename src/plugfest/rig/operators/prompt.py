"""The operator as a person, who is told what to do at the station and says when it is done."""

from collections.abc import Sequence

from plugfest.lab.ports import Commissioning
from plugfest.lab.settings import Token
from plugfest.lab.verdict import OperatorFailed
from plugfest.products import Product
from plugfest.rig.operators.terminal import TerminalPrompt
from plugfest.rig.pki_folder import PkiFolder

SIDES = {
    "both": "Disconnect the EV from {place}, at both ends if the cable can be taken off at the station.",
    "ev": "Pull the cable of {place} out of the EV. It stays plugged in at the station.",
    "evse": "Pull the cable out of {place}. It stays plugged in at the EV.",
}

TOKENS = {
    "KeyCode": "Type the code {id} at {place}.",
    "NoAuthorization": "Press the start button of {place}.",
}
"""What a person does with a token of a type; other types are held to a reader."""


class PromptOperator:
    """Words an instruction for each act. Certificates to carry to the station are written into `pki_folder`."""

    can_commission = True

    def __init__(self, product: Product, prompt: TerminalPrompt, pki_folder: PkiFolder | None = None) -> None:
        self._connectors = {
            (evse.id, connector.id): f"{connector.type}, {connector.cable.lower()}"
            for evse in product.evses
            for connector in evse.connectors
        }
        self._ask = prompt.ask
        self._pki_folder = pki_folder

    def _connector(self, evse_id: int, connector_id: int) -> str:
        kind = self._connectors.get((evse_id, connector_id))
        return f"connector {connector_id} of EVSE {evse_id}" + (f" ({kind})" if kind else "")

    async def plug_in(self, evse_id: int, connector_id: int, *, seated: bool = True) -> None:
        how = "" if seated else ", but put the plug only half-way into the socket"
        await self._ask(f"Connect an EV to {self._connector(evse_id, connector_id)}{how}.")

    async def unplug(self, evse_id: int, connector_id: int, *, side: str = "both") -> None:
        await self._ask(SIDES[side].format(place=self._connector(evse_id, connector_id)))

    async def present_token(self, token: Token, evse_id: int) -> None:
        instruction = TOKENS.get(token.type, f"Present the {token.type} token {{id}} to the reader of {{place}}.")
        await self._ask(instruction.format(id=token.id_token, place=f"EVSE {evse_id}"))

    async def park(self, evse_id: int) -> None:
        await self._ask(f"Drive an EV into the parking bay of EVSE {evse_id}.")

    async def leave(self, evse_id: int) -> None:
        await self._ask(f"Drive the EV out of the parking bay of EVSE {evse_id}.")

    async def ev_suspend(self, evse_id: int) -> None:
        await self._ask(f"Make the EV at EVSE {evse_id} stop taking energy, without unplugging it.")

    async def ev_resume(self, evse_id: int) -> None:
        await self._ask(f"Let the EV at EVSE {evse_id} take energy again.")

    async def fault(self, evse_id: int, connector_id: int, *, present: bool) -> None:
        what = "Bring about a fault of" if present else "Clear the fault of"
        await self._ask(f"{what} {self._connector(evse_id, connector_id)}.")

    async def jam_lock(self, evse_id: int, connector_id: int, *, jammed: bool) -> None:
        place = self._connector(evse_id, connector_id)
        await self._ask(
            f"Block the lock of {place}, so that it cannot open." if jammed else f"Free the lock of {place}."
        )

    async def choose_sessions(self, evse_ids: Sequence[int]) -> None:
        evses = ", ".join(str(evse_id) for evse_id in evse_ids)
        await self._ask(f"On the station's menu, choose to end what goes on at EVSE {evses}.")

    async def store_customer(self, identifier: str) -> None:
        await self._ask(f"Store something about a customer in the station, who is known there as {identifier}.")

    async def power_cycle(self) -> None:
        await self._ask("Switch the station off and on again.")

    async def network(self, *, up: bool) -> None:
        await self._ask("Connect the station's network again." if up else "Cut the station off from the network.")

    async def commission(self, commissioning: Commissioning) -> None:
        lines = [
            "At the station, enter this as the only way to a CSMS, and restart the station:",
            f"CSMS URL: {commissioning.csms_url}",
            f"identity: {commissioning.identity}",
            f"password: {commissioning.password}",
            f"security profile: {commissioning.security_profile:d}",
            self._roots(commissioning),
            *self._own_certificate(commissioning),
        ]
        await self._ask("\n      ".join(lines))

    def _roots(self, commissioning: Commissioning) -> str:
        if commissioning.csms_roots is None:
            return "root certificates of a CSMS: whichever are there"
        if not commissioning.csms_roots:
            return "root certificates of a CSMS: none; remove those that are there"
        if self._pki_folder is None:
            raise OperatorFailed("the station needs the lab's root certificate, which --pki DIR keeps for it")
        path = self._pki_folder.write("root.pem", "".join(commissioning.csms_roots))
        return f"root certificates of a CSMS: {path} and no other"

    def _own_certificate(self, commissioning: Commissioning) -> list[str]:
        if commissioning.own_key is None or self._pki_folder is None:
            return []
        chain = self._pki_folder.write("station.pem", commissioning.own_key.chain)
        key = self._pki_folder.write("station.key", commissioning.own_key.key, mode=0o600)
        return [
            f"the station's own certificate: {chain} with the key {key},",
            "or one whose root --station-root has named",
        ]
