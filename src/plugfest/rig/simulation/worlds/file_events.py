"""Requests of the CSMS for files."""

from plugfest.rig.simulation.worlds.event import Event


class FileRequest(Event, frozen=True, kw_only=True):
    """`works`: whether the file server does."""

    works: bool

    @property
    def server(self) -> str:
        return "" if self.works else ", of a server that fails"


class UploadLog(FileRequest, frozen=True, kw_only=True):
    def __str__(self) -> str:
        return f"the CSMS requests a log{self.server}"


class UpdateFirmware(FileRequest, frozen=True, kw_only=True):
    """Without a signature: keys are random, and no world has any. Only OCPP 1.6 has such updates."""

    def __str__(self) -> str:
        return f"the CSMS requests a firmware update{self.server}"
