"""Runs `plugfest station` in processes that kill themselves with SIGKILL at one commit of the store.

It reads orders from standard input, a line of JSON each, forks a process for each, and writes its process id, and
later its exit code. The imports are done once. The station does not know of it: only `sqlite3.connect` is replaced.
"""

import os
import signal
import sqlite3
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import msgspec
from tools.power_cuts.defects import DEFECTS

from plugfest.cli.commands import station
from plugfest.rig.selftest.behaviours.behaviour import patched

_connect = sqlite3.connect


class Order(msgspec.Struct, frozen=True):
    """A station to start: its arguments, its log, and the commit to kill it at, counted from its start.

    `cut_file` gets the name of the commit: the collections that were written. `defect`: one of DEFECTS, or empty.
    """

    arguments: list[str]
    log: str
    cut_at: int
    after: bool
    cut_file: str
    defect: str = ""


class CutConnection(sqlite3.Connection):
    """A connection that counts commits, of transactions and of single statements."""

    order: Order
    commits = 0
    written: tuple[str, ...] = ()

    def execute(self, statement: str, parameters: Any = ()) -> sqlite3.Cursor:
        cls = type(self)
        verb = statement.split()[0]
        if verb == "BEGIN":
            cls.written = ()
        if verb in ("INSERT", "DELETE"):
            collection = parameters[0] if parameters and isinstance(parameters[0], str) else "reserve"
            cls.written = (*(cls.written if self.in_transaction else ()), collection)
        if verb != "COMMIT" and (verb not in ("INSERT", "DELETE") or self.in_transaction):
            return super().execute(statement, parameters)
        cls.commits += 1
        if cls.commits != cls.order.cut_at:
            return super().execute(statement, parameters)
        Path(cls.order.cut_file).write_text("+".join(sorted(set(cls.written))) or "nothing")
        if cls.order.after:
            super().execute(statement, parameters)
        os.kill(os.getpid(), signal.SIGKILL)
        raise AssertionError("killed")


def connect(path: Path | str, **options: Any) -> sqlite3.Connection:
    """As `sqlite3.connect`, with a CutConnection."""
    return _connect(path, factory=CutConnection, **options)


def run(order: Order) -> None:
    """Run a station in this process; does not return."""
    log = os.open(order.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    null = os.open(os.devnull, os.O_RDONLY)
    for source, target in ((null, 0), (log, 1), (log, 2)):
        os.dup2(source, target)
    CutConnection.order = order
    sqlite3.connect = connect  # type: ignore[assignment]
    try:
        with patched([DEFECTS[order.defect]] if order.defect else []):
            station.command.main(order.arguments, prog_name="plugfest station")
    except SystemExit as ended:
        sys.stdout.flush()
        os._exit(ended.code if isinstance(ended.code, int) else 0)
    os._exit(0)


def main() -> None:
    import_module("plugfest.cli.execution.station")
    for line in sys.stdin.buffer:
        order = msgspec.json.decode(line, type=Order)
        process = os.fork()
        if process == 0:
            run(order)
        print(process, flush=True)
        _, status = os.waitpid(process, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)


if __name__ == "__main__":
    main()
