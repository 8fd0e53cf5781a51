"""Prints the results against their limits: ratios of medians of pytest-benchmark, and figures of campaigns."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

import pytest


class Limit(NamedTuple):
    """A limit for the ratio of the median of `slow` to that of `fast`, within one benchmark group."""

    group: str
    slow: str
    fast: str
    at_least: float


LIMITS = (
    Limit("decode BootNotification", "ocpp", "plugfest", at_least=100),
    Limit("decode TransactionEvent", "ocpp", "plugfest", at_least=150),
)


def pytest_addoption(parser: pytest.Parser) -> None:
    """The options of the benchmarks."""
    parser.addoption("--stations", type=int, default=0, help="so many idle stations in one process")


def _medians(config: pytest.Config) -> dict[tuple[str, str], float]:
    session = getattr(config, "_benchmarksession", None)
    return (
        {(one.group, one.params["implementation"]): one.stats.median for one in session.benchmarks} if session else {}
    )


def _lines(medians: dict[tuple[str, str], float]) -> Iterator[tuple[str, bool]]:
    for limit in LIMITS:
        slow, fast = medians.get((limit.group, limit.slow)), medians.get((limit.group, limit.fast))
        if slow is None or fast is None:
            continue
        ratio = slow / fast
        holds = ratio >= limit.at_least
        mark = "ok  " if holds else "MISS"
        yield f"{mark} {limit.group}: {limit.slow} / {limit.fast} = {ratio:.2f} (at least {limit.at_least:g})", holds


class Figure(NamedTuple):
    """A measured figure and its limit."""

    name: str
    value: float
    at_most: float
    unit: str

    def line(self) -> tuple[str, bool]:
        holds = self.value <= self.at_most
        mark = "ok  " if holds else "MISS"
        unit = f" {self.unit}" if self.unit else ""  # a ratio has none
        return f"{mark} {self.name}: {self.value:.3g}{unit} (at most {self.at_most:g}{unit})", holds


FIGURES = pytest.StashKey[list[Figure]]()


@pytest.fixture
def figure(request: pytest.FixtureRequest) -> Callable[[str, float, float, str], None]:
    """Record a figure with its limit and unit."""
    figures = request.config.stash.setdefault(FIGURES, [])
    return lambda name, value, at_most, unit: figures.append(Figure(name, value, at_most, unit))


def _sections(config: pytest.Config) -> dict[str, list[tuple[str, bool]]]:
    return {
        "ratios of medians in this run": list(_lines(_medians(config))),
        "figures of this run": [figure.line() for figure in config.stash.get(FIGURES, [])],
    }


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Print the ratios and the figures, one line each."""
    for title, lines in _sections(config).items():
        if lines:
            terminalreporter.section(title)
            for line, _ in lines:
                terminalreporter.write_line(line)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Fail the run if a limit is exceeded."""
    if not all(holds for lines in _sections(session.config).values() for _, holds in lines):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
