"""Campaigns of a virtual station that another CSMS has operated before it connects to the lab by itself."""

import socket
from collections.abc import Awaitable, Callable, Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

from tests.rig.preparation.changed_frames import Change, ChangedFrames

from plugfest import clock
from plugfest.lab.composition import Lab
from plugfest.lab.engine import CampaignOutcome, Engine
from plugfest.lab.files.file_servers import LabFiles
from plugfest.lab.selection import choose
from plugfest.lab.settings import LabSettings
from plugfest.lab.verdict import Finding
from plugfest.products import load_product
from plugfest.products.plan.requested import RequestedCases
from plugfest.rig.operators.virtual import VirtualOperator
from plugfest.rig.virtual import virtual_bench, virtual_lab

NOTHING: Final[Mapping[str, Change]] = MappingProxyType({})


class Site(NamedTuple):
    """With what a test brings the station into a situation: the CSMS of that time, its file servers, the operator."""

    csms: Lab
    files: LabFiles
    operator: VirtualOperator

    @property
    def is_v16(self) -> bool:
        return self.csms.product.ocpp_version == "1.6"


Situation = Callable[[Site], Awaitable[None]]


def campaign_after(
    situation: Situation, product_name: str, case_id: str, changes: Mapping[str, Change] = NOTHING
) -> CampaignOutcome:
    """The campaign of a station that another CSMS has left in this situation. `changes`: to frames before the case."""
    return clock.run_simulated(_campaign_after(situation, product_name, case_id, changes))


async def _campaign_after(
    situation: Situation, product_name: str, case_id: str, changes: Mapping[str, Change]
) -> CampaignOutcome:
    product = load_product(product_name)
    settings = LabSettings(security_profile=1, port=_free_port())
    csms = virtual_lab(product, settings)
    files = LabFiles(("HTTP",), lambda: settings.host, csms.commissioner.tls_for_files)
    async with virtual_bench(csms, product) as operator:
        await csms.wait_booted()
        await situation(Site(csms, files, operator))
        await csms.csms.close()
        lab = virtual_lab(product, settings, [lambda event: wire.on_event(event)])
        wire = ChangedFrames(lab.record, dict(changes))
        lab.csms.incoming = wire.incoming
        await lab.commissioner.open_main()
        await operator.network(up=True)
        try:
            return await Engine(lab).run(choose(product, RequestedCases(ids=(case_id,))).chosen, operator)
        finally:
            await lab.csms.close()
            await files.close()


def findings(outcome: CampaignOutcome) -> list[Finding]:
    """Those before the first case and of the cases."""
    return [*outcome.findings, *(finding for result in outcome.results for finding in result.findings)]


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port
