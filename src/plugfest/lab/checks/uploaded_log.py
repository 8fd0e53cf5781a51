"""Whether a log that a station has sent is on the lab's file server."""

from plugfest.lab.bench import AnyBench
from plugfest.lab.checks.log_archive import Unreadable, size_of_log


def check_log_there(bench: AnyBench, folder: str, name: str) -> None:
    """One whole file of that name is in the folder, and something is in it."""
    files = bench.files.received(folder)
    bench.check(list(files) == [name], f"one file {name} on the server", ", ".join(files) or "none")
    try:
        size = size_of_log(name, files[name])
    except Unreadable as error:
        bench.check(False, "a file that can be opened", error)
    else:
        bench.check(size > 0, "a file with something in it", f"{size} bytes")
