"""Campaigns with the wallbox in the event loop of the lab, so that the clock can be simulated.

`python -m tests.rig.external.campaign` runs every case of every model and prints each verdict that is not that of
docs/foreign_station.csv.
"""

import asyncio
import contextlib
import logging
import sys
import tempfile
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import msgspec
from tests.rig.external.wallbox.device import MODELS, Wallbox
from tests.rig.external.wallbox.fixture import Fixture
from tests.rig.external.wallbox.storage import OwnCertificate
from tools.foreign_station import differences

from plugfest import clock
from plugfest.lab import events
from plugfest.lab.engine import CampaignOutcome
from plugfest.lab.files.manufacturer import FirmwareFiles
from plugfest.lab.ports import Commissioning, OperatorDriver
from plugfest.lab.selection import choose
from plugfest.lab.settings import LabSettings
from plugfest.products import Product, load_product
from plugfest.products.plan.requested import RequestedCases
from plugfest.rig.external import ExternalRig
from plugfest.rig.operators.http import HttpOperator
from plugfest.rig.operators.http_client import HttpClient
from plugfest.rig.pki_folder import PkiFolder

EXTERNAL = Path(__file__).parent
CLAIMS = {"authorized": ("C-09.2", "C-10.2"), "power-path": ("C-09.4", "C-10.3"), "ev-connected": ("C-09.1", "C-10.1")}

SETTINGS = LabSettings(
    firmware=FirmwareFiles(
        image=b"NORDLICHT 3.3.0\n" + bytes(2000), unusable=b"WESTLICHT 1.0.0\n" + bytes(2000), version="3.3.0"
    ),
    security_profile=1,
)


class FixtureAndServiceTool(HttpOperator):
    """The operator of the wallbox: its test fixture over HTTP, and the tool of its maker for commissioning."""

    can_commission = True

    def __init__(self, station: HttpClient, ev: HttpClient, wallbox: Wallbox) -> None:
        super().__init__(station, ev)
        self._wallbox = wallbox

    async def commission(self, commissioning: Commissioning) -> None:
        one, key = commissioning, commissioning.own_key
        own = None if key is None else OwnCertificate(key.chain, key.key)
        profile = int(one.security_profile)
        self._wallbox.provision(one.csms_url, one.identity, one.password, profile, one.csms_roots, own)


@contextlib.asynccontextmanager
async def operator_of(model: str, settings: LabSettings) -> AsyncIterator[OperatorDriver]:
    """A wallbox that runs during the context, and its operator."""
    wallbox = Wallbox(MODELS[model], clock.utc_now)
    server = await Fixture(wallbox).listen()
    url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    timeout = settings.operator_timeout
    async with (
        server,
        HttpClient(f"{url}/api/v1", timeout=timeout) as station,
        HttpClient(f"{url}/ev", timeout=timeout) as ev,
    ):
        running = asyncio.create_task(wallbox.run())
        try:
            yield FixtureAndServiceTool(station, ev, wallbox)
        finally:
            running.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await running


def product_of(model: str) -> Product:
    """The product of a model of the wallbox: the same PICS except for the start and the stop of transactions."""
    product = load_product(str(EXTERNAL / "wallbox.toml"))
    other = dict.fromkeys(claim for claims in CLAIMS.values() for claim in claims)
    answered = {**product.answered, **dict.fromkeys(other, False), **dict.fromkeys(CLAIMS[model], True)}
    return msgspec.structs.replace(product, answered=answered)


def run(
    model: str,
    case_ids: Sequence[str],
    pki: Path,
    *,
    listeners: Sequence[events.Listener] = (),
    settings: LabSettings = SETTINGS,
) -> CampaignOutcome:
    """Run cases, all that apply if there is none, against a model of the wallbox."""
    logging.getLogger("ocpp").setLevel(logging.CRITICAL)
    product = product_of(model)
    chosen = choose(product, RequestedCases(ids=tuple(case_ids))).chosen
    rig = ExternalRig(lambda lab: operator_of(model, lab.settings), lambda *_: None, PkiFolder(pki))
    return clock.run(rig(product, chosen, settings=settings, listeners=listeners), simulated=True)


def main() -> int:
    found: list[str] = []
    with tempfile.TemporaryDirectory() as pki:
        for model in MODELS:
            results = run(model, (), Path(pki)).results
            found += differences(model, [(one.id.removesuffix("_CS"), one.verdict) for one in results])
    sys.stdout.write("".join(f"{line}\n" for line in found))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
