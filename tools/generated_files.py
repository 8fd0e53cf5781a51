"""Writes generated files, or lists those that are not up to date."""

from collections.abc import Iterable, Sequence
from pathlib import Path


def write_or_check(files: Iterable[tuple[Path, str]], folder: Path, arguments: Sequence[str]) -> int:
    """Write the texts; with --check only list those that are not up to date, and return 1 if there are any.

    They are named by their paths in the folder.
    """
    check, stale = "--check" in arguments, 0
    for path, text in files:
        if path.exists() and path.read_text() == text:
            continue
        stale = 1
        print(f"{path.relative_to(folder)}: {'not up to date' if check else 'written'}")
        if not check:
            path.write_text(text)
    return stale if check else 0
