"""A plugin for pytest: stations and the lab as fixtures, to test a CSMS.

Fixtures: `station`, a started station; `stations`, a function that starts several; `lab`. The marker `plugfest` chooses
the product and the settings. A failed test shows what its stations sent and received.
"""

import asyncio
import contextlib
import inspect
import json
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Generator, Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager, contextmanager
from difflib import get_close_matches
from functools import partial, wraps
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import pytest

if TYPE_CHECKING:
    from plugfest.api.lab import Lab
    from plugfest.api.station import Station

DEFAULT_PRODUCTS: Final = {"2.0.1": "reference-ac", "1.6": "reference-16-ac"}
"""The product of an OCPP version, if a test names none."""

MAX_SHOWN_FRAMES: Final = 200
"""Frames that a failed test shows for each station; all are in the file."""

_MARKER: Final = (
    "plugfest(*products, ocpp=None, simulated=False, **settings): the products to test with, or the OCPP version; the"
    " settings of the stations, as in plugfest.Station"
)


IDENTITY_PATTERN: Final = "CS{:03}"

_FIXTURES: Final = frozenset({"station", "stations", "lab", "csms_url", "plugfest_product"})
_PACKAGE: Final = Path(__file__).parent
_OF_PYTHON: Final = (Path(asyncio.__file__).parent, Path(contextlib.__file__))

Csms: TypeAlias = str | AbstractAsyncContextManager[str]


class Stations:
    """Starts stations of the product of a test: `first, second = await stations(2)`. They stop when the test ends."""

    def __init__(self, product: str, csms: Csms, settings: Mapping[str, Any]) -> None:
        self._product = product
        self._csms = csms
        self._settings = settings
        self._running = AsyncExitStack()
        self._url = ""
        self.first: Station | None = None
        self.all: list[Station] = []

    async def __call__(self, number: int, product: str | None = None, **settings: Any) -> list["Station"]:
        """Start so many stations that the CSMS accepts: CS001 and on, or by a pattern such as `identity="DEPOT-{}"`.

        No two stations of a test have the same identity. `settings`: as in plugfest.Station. Raises UnusableSettings.
        """
        pattern = settings.pop("identity", None)
        made = [self.make(product, pattern, **settings) for _ in range(number)]
        for each in made:
            await self._start(each)
        return made

    def make(self, product: str | None = None, pattern: str | None = None, **settings: Any) -> "Station":
        """A station that is not started. `pattern`: of its identity. Raises UnusableSettings."""
        from plugfest.api.errors import UnusableSettings
        from plugfest.api.station import Station

        given = {"csms": self._url, **self._settings, **settings}
        known = list(inspect.signature(Station).parameters)[1:]
        for name in given:
            if name not in known:
                near = get_close_matches(name, known, n=1)
                hint = f"did you mean {near[0]}?" if near else f"there are {', '.join(known)}"
                raise UnusableSettings(f"plugfest.Station has no setting {name}; {hint}")
        given["identity"] = self._new_identity(str(pattern or given.get("identity", IDENTITY_PATTERN)))
        made = Station(product or self._product, **given)
        self.all.append(made)
        return made

    def _new_identity(self, pattern: str) -> str:
        """The first one of the pattern that no other station of the test has. Raises UnusableSettings."""
        from plugfest.api.errors import UnusableSettings

        used = {each.identity for each in self.all}
        try:
            found = next(
                (each for each in (pattern.format(one) for one in range(1, len(used) + 2)) if each not in used), ""
            )
        except (LookupError, ValueError) as error:
            raise UnusableSettings(
                f"{pattern!r} is no pattern of identities ({error}); use one like CS{{:03}}"
            ) from None
        if not found:
            wrong = f"{pattern!r} gives stations the same identity"
            raise UnusableSettings(f"{wrong}; it needs a place for the number: {pattern}{{}}")
        return found

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Start the CSMS if it is given so, and the first station if there is one; stop them at the end."""
        async with self._running:
            csms = self._csms
            self._url = csms if isinstance(csms, str) else await self._running.enter_async_context(csms)
            if self.first is not None:
                self.first.csms = self.first.csms or self._url
                with _errors_in_one_line():
                    await self._start(self.first)
            yield

    async def _start(self, station: "Station") -> None:
        await self._running.enter_async_context(station)
        await station.wait_for(accepted=True)


_STATIONS: Final = pytest.StashKey[Stations]()


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("plugfest", "charging stations of Plugfest")
    group.addoption("--plugfest-csms", metavar="URL", help="URL of the CSMS under test, e.g. ws://localhost:9000.")
    group.addoption(
        "--plugfest-frames",
        metavar="DIR",
        type=Path,
        help="Write the frames of each failed test to a file in this folder, one JSON object a line.",
    )
    parser.addini("plugfest_csms", "URL of the CSMS under test")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", _MARKER)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test that is marked with several products runs with each of them."""
    if "plugfest_product" in metafunc.fixturenames:
        markers = metafunc.definition.iter_markers("plugfest")
        marker = next((each for each in markers if each.args or "ocpp" in each.kwargs), None)
        products = [_default_product(marker)] if marker is None or not marker.args else marker.args
        metafunc.parametrize("plugfest_product", products, scope="function")


@pytest.fixture
def plugfest_product(request: pytest.FixtureRequest) -> str:
    """The product of the test: set by the marker."""
    return str(request.param)


@pytest.fixture
def csms_url(pytestconfig: pytest.Config) -> Csms:
    """The CSMS under test: its URL, or an async context manager that starts it and gives its URL. To be overridden."""
    url = pytestconfig.getoption("--plugfest-csms") or pytestconfig.getini("plugfest_csms")
    if not url:
        pytest.fail(
            "the URL of the CSMS is missing: give --plugfest-csms URL, plugfest_csms in the configuration of pytest,"
            " @pytest.mark.plugfest(csms=URL), or a fixture csms_url of your own",
            pytrace=False,
        )
    return str(url)


@pytest.fixture
def stations(request: pytest.FixtureRequest, plugfest_product: str) -> Stations:
    """Starts stations; see `Stations`."""
    settings = _settings(request.node)
    csms: Csms = settings.pop("csms", None) or request.getfixturevalue("csms_url")
    found = request.node.stash[_STATIONS] = Stations(plugfest_product, csms, settings)
    return found


@pytest.fixture
def station(stations: Stations) -> "Station":
    """A station that the CSMS has accepted when the test begins."""
    with _errors_in_one_line():
        stations.first = stations.make()
    return stations.first


@pytest.fixture
def lab(plugfest_product: str) -> "Lab":
    """A lab for the product of the test: `lab.test("TC_E_09")`."""
    from plugfest.api.lab import Lab

    with _errors_in_one_line():
        return Lab(plugfest_product)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, Any, Any]:
    """Stations live as long as the body of the test, in its event loop."""
    found = item.stash.get(_STATIONS, None)
    if found is not None and isinstance(item, pytest.Function):
        if not inspect.iscoroutinefunction(item.obj):
            pytest.fail("stations need a test that is a coroutine: async def", pytrace=False)
        item.obj = _with_stations(item.obj, found)
    if isinstance(item, pytest.Function) and inspect.iscoroutinefunction(item.obj) and _is_simulated(item):
        vars(item)["runtest"] = partial(_run, item)  # plugins for coroutines run them in real time
    return (yield)


@pytest.hookimpl
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    """Run a test of Plugfest that no other plugin runs; those of pytest-asyncio and anyio are not needed."""
    if not _is_of_plugfest(pyfuncitem) or not inspect.iscoroutinefunction(pyfuncitem.obj):
        return None
    _run(pyfuncitem)
    return True


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Show what the stations of a failed test sent and received; of an error of Plugfest only the lines of the test."""
    if call.excinfo is not None and call.excinfo.errisinstance(_known_errors()):
        _cut_after_the_test(call.excinfo.tb)
    report = yield
    stations = item.stash.get(_STATIONS, None)
    if stations is not None and call.when == "call" and report.failed:
        for station in stations.all:
            report.sections += _sections(station)
        folder = item.config.getoption("--plugfest-frames")
        if folder is not None:
            _write_frames(folder, item.nodeid, stations.all)
    return report


def _is_of_plugfest(item: pytest.Function) -> bool:
    return not _FIXTURES.isdisjoint(item.fixturenames) or item.get_closest_marker("plugfest") is not None


def _known_errors() -> tuple[type[BaseException], ...]:
    """Those whose text is one line that is enough."""
    from plugfest.api import errors

    return (
        errors.UnusableSettings,
        errors.ImpossibleWait,
        errors.ActionRefused,
        errors.NotReached,
        errors.LabFailed,
    )


@contextmanager
def _errors_in_one_line() -> Iterator[None]:
    """What is wrong before the body of a test begins."""
    try:
        yield
    except _known_errors() as error:
        raise pytest.fail.Exception(str(error), pytrace=False) from None


def _cut_after_the_test(trace: TracebackType) -> None:
    """Leave out what follows the last frame that is neither of Plugfest nor of Python."""
    last: TracebackType | None = None
    each: TracebackType | None = trace
    while each is not None:
        file = Path(each.tb_frame.f_code.co_filename)
        if not any(file.is_relative_to(folder) for folder in (_PACKAGE, *_OF_PYTHON)):
            last = each
        each = each.tb_next
    if last is not None:
        last.tb_next = None


def _run(item: pytest.Function) -> None:
    """Run the coroutine of a test in an event loop of its own."""
    from plugfest.api.running import run

    arguments = {name: item.funcargs[name] for name in item._fixtureinfo.argnames}
    run(item.obj(**arguments), simulated=_is_simulated(item))


def _is_simulated(item: pytest.Item) -> bool:
    given = (marker.kwargs["simulated"] for marker in item.iter_markers("plugfest") if "simulated" in marker.kwargs)
    return bool(next(given, False))


def _with_stations(body: Callable[..., Awaitable[None]], stations: Stations) -> Callable[..., Awaitable[None]]:
    @wraps(body)
    async def test(*args: Any, **kwargs: Any) -> None:
        async with stations.running():
            await body(*args, **kwargs)

    return test


def _sections(station: "Station") -> list[tuple[str, str]]:
    from plugfest.api.sequence_diagram import sequence_diagram

    shown = list(station.frames)[-MAX_SHOWN_FRAMES:]
    texts = "\n".join(str(frame.without_passwords()) for frame in shown)
    faults = "\n".join([*station.misbehaviours, *station.transport_faults[-MAX_SHOWN_FRAMES:]])
    return [
        (f"messages of {station.identity}", sequence_diagram(shown, station.identity)),
        *([(f"misbehaviours of {station.identity}", faults)] if faults else []),
        (f"frames of {station.identity}", texts),
    ]


def _write_frames(folder: Path, test: str, stations: Sequence["Station"]) -> None:
    """Write the frames of a test, without passwords."""
    folder.mkdir(parents=True, exist_ok=True)
    lines = [
        json.dumps(
            {
                "station": station.identity,
                "at": frame.at.isoformat(),
                "sent": frame.sent,
                "text": frame.without_passwords().text,
            }
        )
        for station in stations
        for frame in station.frames
    ]
    name = re.sub(r"[^\w.-]+", "_", test)
    (folder / f"{name}.jsonl").write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


def _settings(item: pytest.Item) -> dict[str, Any]:
    """The settings of the stations in all markers of a test; the closest takes precedence."""
    merged: dict[str, Any] = {}
    for marker in reversed(list(item.iter_markers("plugfest"))):
        merged |= {name: value for name, value in marker.kwargs.items() if name not in ("ocpp", "simulated")}
    return merged


def _default_product(marker: pytest.Mark | None) -> str:
    version = "2.0.1" if marker is None else str(marker.kwargs.get("ocpp", "2.0.1"))
    if version not in DEFAULT_PRODUCTS:
        wanted = " or ".join(DEFAULT_PRODUCTS)
        pytest.fail(f"@pytest.mark.plugfest(ocpp={version!r}): expected {wanted}", pytrace=False)
    return DEFAULT_PRODUCTS[version]
