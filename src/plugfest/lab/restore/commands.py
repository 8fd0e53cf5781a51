"""The requests by which the lab puts a station back between two cases. Each OCPP version has its own."""

from typing import Protocol

from plugfest.lab.verdict import LabError


class StationNotIdle(LabError):
    """The station does not come back to the state that a case starts from."""


class RestoreCommands(Protocol):
    """What the restorer asks of a station. Raises LinkError."""

    async def stop_transactions(self) -> None:
        """Have every transaction that is going on stopped."""

    async def unlock(self, evse_id: int, connector_id: int) -> None:
        """Have a cable released."""

    async def set_password(self, password: str) -> bool:
        """Give the station a password; whether it takes a reset to use it. Raises NotIdle."""

    async def reset(self) -> None:
        """Have the station boot as soon as nobody charges."""

    async def forget_tokens(self) -> None:
        """Have the station forget whom the CSMS has authorized."""
