"""The hash of each dependency. Usage: python -m tools.dependencies.hashes REPORT; writes requirements-hashed.txt."""

import sys
from pathlib import Path
from typing import Final

import msgspec

FILE: Final = Path("requirements-hashed.txt")

_HEAD: Final = "# The files of constraints.txt for CPython 3.11 on Linux x86-64. Written by `make hashes`, see ADR 32."


class _Archive(msgspec.Struct, frozen=True):
    hashes: dict[str, str]


class _Download(msgspec.Struct, frozen=True):
    archive_info: _Archive


class _Metadata(msgspec.Struct, frozen=True):
    name: str
    version: str


class _Package(msgspec.Struct, frozen=True):
    metadata: _Metadata
    download_info: _Download

    @property
    def sha256(self) -> str:
        return self.download_info.archive_info.hashes["sha256"]


class _Report(msgspec.Struct, frozen=True):
    install: tuple[_Package, ...]


def requirements(report: bytes) -> str:
    """The requirements with hashes, and without the addresses that the report has. Raises msgspec.MsgspecError."""
    packages = msgspec.json.decode(report, type=_Report).install
    lines = (f"{each.metadata.name}=={each.metadata.version} --hash=sha256:{each.sha256}" for each in packages)
    return "\n".join([_HEAD, *sorted(lines, key=str.lower)]) + "\n"


def main() -> None:
    """Write the file of the project."""
    FILE.write_text(requirements(Path(sys.argv[1]).read_bytes()))


if __name__ == "__main__":
    main()
