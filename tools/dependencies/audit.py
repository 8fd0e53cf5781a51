"""Known vulnerabilities of the dependencies. Usage: python -m tools.dependencies.audit constraints.txt

An advisory with a fixed version is an error. One without is printed; so is the reason if no advisories can be had, as
without a network (docs/adr/0032).
"""

import subprocess
import sys
from collections.abc import Iterator
from typing import Final, NamedTuple

import msgspec

_SECONDS: Final = 120.0


class Advisory(msgspec.Struct, frozen=True):
    """What pip-audit reports of a vulnerability."""

    id: str
    fix_versions: tuple[str, ...] = ()


class Dependency(msgspec.Struct, frozen=True):
    """A package; `skip_reason`: why there is no answer about it."""

    name: str
    version: str = ""
    vulns: tuple[Advisory, ...] = ()
    skip_reason: str | None = None


class _Report(msgspec.Struct, frozen=True):
    dependencies: tuple[Dependency, ...]


class Findings(NamedTuple):
    """One line each. `errors`: what an update repairs."""

    errors: tuple[str, ...]
    notes: tuple[str, ...]


def judge(report: bytes) -> Findings:
    """The findings in a report of pip-audit as JSON. Raises msgspec.MsgspecError."""
    dependencies = msgspec.json.decode(report, type=_Report).dependencies
    skipped = [each for each in dependencies if each.skip_reason is not None]
    notes = [f"{len(skipped)} of {len(dependencies)} packages are not known to the index"] if skipped else []
    errors = []
    for dependency in dependencies:
        for advisory in dependency.vulns:
            line = f"{dependency.name} {dependency.version}: {advisory.id}"
            if advisory.fix_versions:
                errors.append(f"{line}, repaired in {', '.join(advisory.fix_versions)}")
            else:
                notes.append(f"{line}, not repaired yet")
    return Findings(tuple(errors), tuple(notes))


def _report(constraints: str) -> bytes:
    """What pip-audit prints. Empty if it gets no advisories."""
    options = ("--no-deps", "--disable-pip", "--format", "json", "--progress-spinner", "off", "--timeout", "10")
    command = (sys.executable, "-m", "pip_audit", "--requirement", constraints, *options)
    try:
        return subprocess.run(command, capture_output=True, timeout=_SECONDS, check=False).stdout
    except subprocess.TimeoutExpired:
        return b""


def lines(findings: Findings) -> Iterator[str]:
    """The findings as text."""
    yield from (f"error: {each}" for each in findings.errors)
    yield from (f"note: {each}" for each in findings.notes)


def main() -> int:
    """Audit the file that the argument names. Returns the exit code."""
    try:
        findings = judge(_report(sys.argv[1]))
    except msgspec.MsgspecError:
        findings = Findings((), ("there are no advisories: the index cannot be reached",))
    for line in lines(findings):
        print(line)
    return 1 if findings.errors else 0


if __name__ == "__main__":
    sys.exit(main())
