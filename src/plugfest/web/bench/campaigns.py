"""Starts campaigns as processes of their own, which go on when the server ends, and stops them."""

import contextlib
import os
import shlex
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Final

from plugfest.environment_variables import PASSWORD
from plugfest.runs.folder import RUN_FILE, RunError, RunFolder, new_folder
from plugfest.security.private_files import make_private_folder, open_private

LOG_FILE: Final = "output.log"
"""What the campaign has printed, in the folder of the run."""

_MAX_LOG: Final = 10_000
_PREFIX: Final = "plugfest: "

WRITING_OPTIONS: Final = ("json_file", "junit_file", "csv_file", "report_folder")
"""Options of `plugfest certify` that name what it writes: a run of someone else may name any file of the user."""


class CannotStart(Exception):
    """A campaign that cannot be started or stopped. The text is for the user."""


class Campaigns:
    """The processes that this server has started. A campaign that it has not started is known by its run alone."""

    def __init__(self, runs: Path, utc_now: Callable[[], datetime]) -> None:
        self._runs = runs
        self._utc_now = utc_now
        self._processes: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, product: str, arguments: Sequence[str], password: str = "") -> str:
        """Start a campaign in a new run, with this password of the station; empty: that of the lab.

        Returns the name of the run. Raises CannotStart.
        """
        self._settle()
        with _as_cannot_start():
            make_private_folder(self._runs)
            name = new_folder(self._runs, self._utc_now(), product).name
            while name in self._processes:  # its folder does not exist yet
                name += "-2"
            self._run(name, ["--run", str(self._runs / name), *arguments], self._early_log(name), password)
        return name

    def resume(self, name: str, *, repeats: bool) -> None:
        """Continue a run, with the cases that did not pass if it `repeats`. Raises CannotStart."""
        self._settle()
        folder = self._runs / name
        if RunFolder(folder).is_in_use or self.is_starting(name):
            raise CannotStart("the run is in progress already")
        self._check_options(folder)
        with _as_cannot_start():
            self._run(name, ["--failed" if repeats else "--resume", str(folder)], folder / LOG_FILE)

    def _check_options(self, folder: Path) -> None:
        try:
            options = RunFolder(folder).description().options
        except RunError as error:
            raise CannotStart(str(error)) from None
        if options.keys() & set(WRITING_OPTIONS):
            raise CannotStart(
                f"the options of the run name files to be written; continue it in a terminal: plugfest certify"
                f" --resume {shlex.quote(str(folder))}"
            )

    def has(self, name: str) -> bool:
        """Whether this server has started it."""
        return name in self._processes

    def is_starting(self, name: str) -> bool:
        """Whether a process of this server runs it, perhaps without a run yet."""
        self._settle()
        process = self._processes.get(name)
        return process is not None and process.poll() is None

    def stop(self, name: str) -> None:
        """End a campaign as Ctrl-C does: what has a result is kept. Raises CannotStart."""
        own = self._processes.get(name)
        process = own.pid if own is not None and own.poll() is None else RunFolder(self._runs / name).process
        if process is None:
            raise CannotStart("the campaign has ended already")
        with _as_cannot_start():
            os.kill(process, signal.SIGTERM)  # unlike SIGINT, never ignored: the server may run in the background

    def problem(self, name: str) -> str | None:
        """Why a campaign that this server has started could not begin or continue; None if it could."""
        self._settle()
        process = self._processes.get(name)
        if process is None or process.poll() != 2:
            return None
        lines = self.log(name).strip().splitlines()
        return lines[-1].removeprefix(_PREFIX) if lines else "the campaign could not begin"

    def log(self, name: str) -> str:
        """The end of what the campaign has printed."""
        for file in (self._runs / name / LOG_FILE, self._early_log(name)):
            if not file.is_file():
                continue
            with contextlib.suppress(OSError), file.open("rb") as opened:
                opened.seek(max(0, file.stat().st_size - _MAX_LOG))
                return opened.read(_MAX_LOG).decode(errors="replace")
        return ""

    def _early_log(self, name: str) -> Path:
        """The log until the run has a folder, which `plugfest certify` creates."""
        return self._runs / f".{name}.log"

    def _run(self, name: str, arguments: Sequence[str], log: Path, password: str = "") -> None:
        descriptor = open_private(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW | os.O_NONBLOCK)
        try:
            # A session of its own: Ctrl-C in the terminal of the server does not reach it.
            self._processes[name] = subprocess.Popen(
                [sys.executable, "-m", "plugfest", "certify", *arguments],
                stdin=subprocess.DEVNULL,
                stdout=descriptor,
                stderr=descriptor,
                env={**os.environ, PASSWORD: password},  # not in the arguments, which other users can see
                start_new_session=True,
            )
        finally:
            os.close(descriptor)

    def _settle(self) -> None:
        """Move logs into the folders of their runs as soon as these exist."""
        for name in self._processes:
            if (self._runs / name / RUN_FILE).exists():
                with contextlib.suppress(OSError):
                    self._early_log(name).rename(self._runs / name / LOG_FILE)

    def close(self) -> None:
        """The campaigns go on. Their logs are where they belong."""
        self._settle()


@contextlib.contextmanager
def _as_cannot_start() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise CannotStart(f"{error.filename or 'the campaign'}: {error.strerror or error}") from None
