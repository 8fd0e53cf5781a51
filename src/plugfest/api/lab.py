"""The lab in a program: run cases against our virtual station, or against a station that connects."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

from plugfest import clock
from plugfest.api import catalog
from plugfest.api.campaign import Campaign
from plugfest.api.errors import LabFailed, UnusableSettings
from plugfest.campaigns.choosing import choose_cases
from plugfest.campaigns.sittings import sitting_of
from plugfest.campaigns.toml_files import load_settings, vendor_timeouts
from plugfest.lab.composition import Lab as Bench
from plugfest.lab.events import Listener
from plugfest.lab.ports import OperatorDriver
from plugfest.lab.selection import Choice, choose
from plugfest.lab.settings import LabSettings
from plugfest.lab.verdict import LabError
from plugfest.link.errors import LinkError
from plugfest.products import Product
from plugfest.products.plan.requested import RequestedCases
from plugfest.reports.build import SOFTWARE
from plugfest.reports.files import NotReadable
from plugfest.rig.commissioning_guide import CommissioningGuide
from plugfest.rig.external import ExternalRig, MakeOperator, control_api_operator, http_operator
from plugfest.rig.lab_address import InvalidAddress, lab_address
from plugfest.rig.pki_folder import PkiFolder
from plugfest.rig.virtual import run_campaign
from plugfest.runs.entries import SittingBegan
from plugfest.security.profile import SecurityProfile

_log = logging.getLogger(__name__)


class Lab:
    """Tests stations of a product.

    `product`: a name of the catalog, the path of a PICS file, or a Product. Without `listen` the station is a virtual
    one of this product. With `listen`, such as "ws://127.0.0.1:9000", the lab waits for a station, at which `operator`
    acts: the URL of a test fixture ("http=URL") or of the control API of a `plugfest station` ("station=URL"), or an
    object with the methods of `OperatorDriver`. `host`: the name under which the station reaches the lab, by default
    that in `listen`. `pki`: the folder with the certificates of the lab, created if it is missing. `settings`: a TOML
    file as for `plugfest certify --settings`, or values by name; `security_profile`, `identity` and `password` are such
    values too.

    Raises UnusableSettings.
    """

    def __init__(
        self,
        product: str | Path | Product,
        *,
        listen: str | None = None,
        operator: str | OperatorDriver | None = None,
        host: str | None = None,
        pki: Path | None = None,
        settings: Path | Mapping[str, object] | None = None,
        security_profile: int | None = None,
        identity: str | None = None,
        password: str | None = None,
    ) -> None:
        self.product = product if isinstance(product, Product) else catalog.load(product)
        given: dict[str, object] = {"security_profile": security_profile, "identity": identity, "password": password}
        file = settings if isinstance(settings, Path) else None
        values = {} if settings is None or isinstance(settings, Path) else dict(settings)
        self._rig: ExternalRig | None = None
        self._operator = "virtual"
        try:
            if listen is not None:
                given |= _listening(listen, host, security_profile)
                self._operator, make_operator = _operator(operator)
                self._rig = ExternalRig(make_operator, _log_guide, None if pki is None else PkiFolder(pki))
            values |= {name: value for name, value in given.items() if value is not None}
            self._settings = load_settings(file, self.product, defaults=vendor_timeouts(self.product), given=values)
        except (LabError, NotReadable) as error:
            raise UnusableSettings(str(error)) from None
        if listen is None and self._settings.security_profile == SecurityProfile.TLS_CLIENT_CERTIFICATE:
            raise UnusableSettings("security profile 3 needs listen=wss://HOST:PORT")

    @property
    def settings(self) -> LabSettings:
        """The settings, complete."""
        return self._settings

    @property
    def cases(self) -> tuple[str, ...]:
        """The ids of the cases that apply to the product, in the order of the test plan."""
        return tuple(one.id for one in choose(self.product).chosen)

    def test(self, *cases: str, shuffle: int | None = None) -> Campaign:
        """Run cases; all that apply if none is given. Ids may be patterns such as "TC_E_*" and may lack _CS.

        A virtual station is tested in simulated time, any other in real time. It cannot be used while an event loop
        runs; `run` can. Raises LabFailed.
        """
        try:
            asyncio.get_running_loop()
        except RuntimeError:
            pass
        else:
            raise LabFailed("an event loop runs: use `await lab.run(...)` instead of `lab.test(...)`")
        return clock.run(self.run(*cases, shuffle=shuffle), simulated=self._rig is None, watched=True)

    async def run(self, *cases: str, shuffle: int | None = None, listeners: Sequence[Listener] = ()) -> Campaign:
        """As `test`, in the running event loop and its time. `listeners` get each event of the lab as it happens."""
        try:
            choice = choose_cases(self.product, RequestedCases(ids=cases), shuffle)
            return await self._run(choice, shuffle, listeners)
        except (LabError, LinkError) as error:
            raise LabFailed(str(error)) from None

    async def _run(self, choice: Choice, shuffle: int | None, listeners: Sequence[Listener]) -> Campaign:
        loop = asyncio.get_running_loop()
        start = loop.time()
        run = run_campaign if self._rig is None else self._rig
        began = SittingBegan(
            started_at=clock.utc_now(),
            software=SOFTWARE,
            clock="simulated" if clock.is_simulated() else "real",
            operator=self._operator,
            settings=self._settings,
        )
        outcome = await run(self.product, choice.chosen, settings=self._settings, listeners=listeners)
        planned = tuple(one.id for one in choice.chosen)
        return Campaign(self.product, choice, sitting_of(began, outcome, loop.time() - start, planned), shuffle)


def _listening(url: str, host: str | None, security_profile: int | None) -> dict[str, object]:
    """The settings of a lab that listens. Raises UnusableSettings."""
    try:
        address = lab_address(url, host)
    except InvalidAddress as error:
        raise UnusableSettings(f"listen={url} {error}") from None
    profile = address.security_profile if security_profile is None else SecurityProfile(security_profile)
    if not address.permits(profile):
        raise UnusableSettings(f"security profile {profile:d} cannot be used with {address.scheme}://")
    return {
        "host": address.host,
        "listen_host": address.listen_host,
        "port": address.port,
        "security_profile": int(profile),
    }


def _operator(operator: str | OperatorDriver | None) -> tuple[str, MakeOperator]:
    """The kind of an operator, and what makes it. Raises UnusableSettings."""
    if operator is None:
        raise UnusableSettings('listen needs an operator: "http=URL", "station=URL" or an OperatorDriver')
    if not isinstance(operator, str):
        return "program", _given(operator)
    kind, _, url = operator.partition("=")
    if kind not in _OPERATORS or not url.startswith(("http://", "https://")):
        raise UnusableSettings(f'operator={operator} is not "http=URL" or "station=URL"')
    return kind, _OPERATORS[kind](url)


def _given(operator: OperatorDriver) -> MakeOperator:
    @asynccontextmanager
    async def make(_: Bench) -> AsyncIterator[OperatorDriver]:
        yield operator

    return make


_OPERATORS: Final[Mapping[str, Callable[[str], MakeOperator]]] = {
    "http": http_operator,
    "station": control_api_operator,
}


def _log_guide(guide: CommissioningGuide, within: float) -> None:
    """The operator cannot configure the station: log how it has to be."""
    _log.warning("waiting %.0f s for the station\n%s", within, guide.page())
