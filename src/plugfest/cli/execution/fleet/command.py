"""The command `plugfest fleet`."""

import asyncio
import os
import signal
import socket
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any, Final

import click
from rich.console import Console

from plugfest.cli.execution.fleet.options import FleetOptions
from plugfest.cli.execution.fleet.view import View, errors_table, latency_text, view
from plugfest.cli.interruption import INTERRUPTED, TERMINATED
from plugfest.cli.options.outputs import STANDARD_OUTPUT
from plugfest.cli.terminal.console import TerminalConsole
from plugfest.cli.terminal.standard_output import write_document
from plugfest.clock import utc_now
from plugfest.fleet.advice import advice
from plugfest.fleet.driving import check_drive
from plugfest.fleet.folder import FleetFolder, FolderError, StoredFleet, as_json
from plugfest.fleet.local import local_workers
from plugfest.fleet.member import settings_of
from plugfest.fleet.open_files import check_limit, raise_limit
from plugfest.fleet.plan import FleetPlan, Member, PlanError, Share, addresses, shares
from plugfest.fleet.results import FleetDescription, FleetResult
from plugfest.fleet.run import FleetRun
from plugfest.fleet.worker import WorkerFailed
from plugfest.fleet.workers import Workers
from plugfest.reports.build import SOFTWARE
from plugfest.reports.drawings.fleet_charts import CHARTS
from plugfest.reports.files import NotWritable, check_writable, write_files
from plugfest.reports.model.wording import counted
from plugfest.runs.data_folder import data_folder
from plugfest.runs.folder import new_folder
from plugfest.station.control.virtual_station import VirtualStation
from plugfest.station.setup.provisioning import ProvisioningError

ALL_ACCEPTED, NOT_ALL_ACCEPTED, COULD_NOT_RUN = 0, 1, 2

LATE: Final = 100.0
"""Milliseconds of lag from which on the fleet itself falsifies latencies."""


def execute(**values: Any) -> int:
    """Run the fleet. Returns the exit code. Raises ClickException."""
    options = FleetOptions(**values)
    console = TerminalConsole(stderr=options.json_file == STANDARD_OUTPUT, soft_wrap=True)
    try:
        plan, seconds = options.plan(), options.seconds
        parts = shares(plan, _processes(options))
        _check(plan, parts, options)
        folder = options.result_folder or new_folder(
            data_folder(os.environ) / "fleets", utc_now(), f"{plan.stations}-stations"
        )
        with FleetFolder(folder) as kept:
            started = _Fleet(console, options, _description(plan, len(parts), seconds, options), kept)
            return asyncio.run(started.run(parts))
    except (PlanError, ProvisioningError, FolderError, WorkerFailed, NotWritable) as error:
        raise click.ClickException(str(error)) from None


class _Fleet:
    """A fleet with what shows and keeps its result."""

    def __init__(
        self, console: Console, options: FleetOptions, description: FleetDescription, kept: FleetFolder
    ) -> None:
        self._console = console
        self._options = options
        self._description = description
        self._kept = kept
        self._signal: signal.Signals | None = None
        self._late_seconds = 0
        self._not_kept: FolderError | None = None
        """Why the result cannot be kept any more: then the run ends."""

    async def run(self, parts: Sequence[Share]) -> int:
        """Run it, and return the exit code."""
        fleet, processes = self._description, "1 process" if len(parts) == 1 else f"{len(parts)} processes"
        self._console.print(
            f"{counted(fleet.stations, 'station')} in {processes} on {fleet.where} for {fleet.csms_url};"
            " Ctrl-C ends the fleet"
        )
        async with _workers(self._options, parts) as workers:
            with view(self._console) as shown:
                run = FleetRun(workers, self._description, lambda result: self._on_result(result, shown, run))
                with self._stopping(run):
                    result = await run.run()
        self._print(result)
        if self._not_kept is not None:
            raise self._not_kept
        self._finish(result)
        return self._exit_code(result, failed=run.failed)

    def _on_result(self, result: FleetResult, shown: View, run: FleetRun) -> None:
        try:
            self._kept.write(result)
        except FolderError as error:
            self._not_kept = error
            run.stop()
        self._late_seconds += result.now.lag > LATE
        shown.show(result)

    @contextmanager
    def _stopping(self, run: FleetRun) -> Iterator[None]:
        """Ctrl-C and SIGTERM end the run within the block."""

        def stop(number: signal.Signals) -> None:
            self._signal = number
            run.stop()

        loop, numbers = asyncio.get_running_loop(), (signal.SIGINT, signal.SIGTERM)
        for number in numbers:
            loop.add_signal_handler(number, stop, number)
        try:
            yield
        finally:
            for number in numbers:
                loop.remove_signal_handler(number)

    def _print(self, result: FleetResult) -> None:
        """Print the summary."""
        for line in self._summary(result):
            self._console.print(line)
        if result.errors:
            self._console.print(errors_table(result))
        for line in advice(result.errors):
            self._console.print(line)

    def _finish(self, result: FleetResult) -> None:
        """Write the files that are made at the end."""
        seconds = StoredFleet(self._kept.path).seconds()
        write_files({self._kept.path / f"{name}.svg": draw(seconds).encode() for name, draw in CHARTS.items()})
        if self._options.json_file == STANDARD_OUTPUT:
            write_document(as_json(result))
        elif self._options.json_file is not None:
            write_files({Path(self._options.json_file): as_json(result)})
        self._console.print(f"Result: {self._kept.path}")

    def _summary(self, result: FleetResult) -> Iterator[str]:
        now, total = result.now, result.fleet.stations
        yield f"ended after {now.at:.0f} s: {result.reason}"
        yield (
            f"{now.accepted} of {counted(total, 'station')} connected and accepted; {now.lost} connections lost,"
            f" {now.connections} opened, at most {result.fastest_connecting:,.0f}/s"
        )
        yield (
            f"{now.sent + now.received:,} messages, at most {result.most_messages:,.0f}/s;"
            f" latency {latency_text(result.latency)}; {counted(now.errors, 'error')}"
        )
        if self._late_seconds > max(now.at / 10, 3):
            yield (
                f"In {self._late_seconds} s the fleet itself was late by more than {LATE:g} ms, and latencies are too"
                " long by as much: use more processors, or fewer stations a processor"
            )

    def _exit_code(self, result: FleetResult, *, failed: bool) -> int:
        if failed:
            return COULD_NOT_RUN
        if self._signal is not None and self._description.duration is not None:
            return TERMINATED if self._signal is signal.SIGTERM else INTERRUPTED
        return ALL_ACCEPTED if result.all_accepted else NOT_ALL_ACCEPTED


@asynccontextmanager
async def _workers(options: FleetOptions, parts: Sequence[Share]) -> AsyncIterator[Workers]:
    if options.ray_address is None:
        async with local_workers(parts) as workers:
            yield workers
        return
    from plugfest.fleet.ray_cluster import ray_workers

    async with ray_workers(options.ray_address, parts) as workers:
        yield workers


def _processes(options: FleetOptions) -> int:
    """How many processes the fleet has. Raises PlanError."""
    if options.processes is not None:
        return options.processes
    if options.ray_address is None:
        return os.cpu_count() or 1
    from plugfest.fleet.ray_cluster import processors

    return processors(options.ray_address)


def _check(plan: FleetPlan, parts: Sequence[Share], options: FleetOptions) -> None:
    """Check before anything starts what can be checked. Raises PlanError, ProvisioningError, NotWritable."""
    if options.json_file not in (None, STANDARD_OUTPUT):
        check_writable(Path(options.json_file))
    for member, share in _one_of_each_product(parts):
        _try(member, share)
    for share in parts:
        check_drive(share)
    if options.ray_address is None:
        check_limit(parts, raise_limit())
        for text in plan.sources:
            _check_source(str(next(addresses(text))))


def _one_of_each_product(parts: Sequence[Share]) -> Iterator[tuple[Member, Share]]:
    seen: set[int] = set()
    for share in parts:
        for member in share.members:
            if member.product not in seen:
                seen.add(member.product)
                yield member, share


def _try(member: Member, share: Share) -> None:
    """Commission a station, and discard it. Raises ProvisioningError."""

    async def make() -> None:
        product = share.products[member.product]
        await VirtualStation(product, settings_of(member, share, product)).close()

    asyncio.run(make())


def _check_source(address: str) -> None:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    try:
        with socket.socket(family) as trial:
            trial.bind((address, 0))
    except OSError as error:
        reason = error.strerror or error
        raise PlanError(f"--source: cannot connect from {address}: {reason}; name addresses of this computer") from None


def _description(plan: FleetPlan, processes: int, seconds: float | None, options: FleetOptions) -> FleetDescription:
    numbers = Counter(member.product for share in shares(plan, 1) for member in share.members)
    return FleetDescription(
        software=SOFTWARE,
        started_at=utc_now(),
        csms_url=plan.csms_url,
        stations=plan.stations,
        products={plan.products[number].product.slug: count for number, count in sorted(numbers.items())},
        identity=plan.identity,
        rate=plan.rate,
        seed=plan.seed,
        scenario=options.scenario,
        misbehaving=options.misbehave,
        sources=plan.sources,
        workers=processes,
        where="this computer" if options.ray_address is None else f"the Ray cluster {options.ray_address}",
        duration=seconds,
    )
