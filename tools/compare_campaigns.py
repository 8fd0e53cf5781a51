"""Compare campaigns before and after a change: `python -m tools.compare_campaigns BEFORE AFTER`.

BEFORE and AFTER are folders with a JSON report for each product, as written by `plugfest certify PRODUCT --json FILE`.
Verdicts, numbers of checks, steps, findings and all frames must be equal. Values that differ in every run are masked:
ids, times, keys, certificates, signatures and port numbers. Exit code 1 if anything else differs.
"""

import json
import re
import sys
from collections.abc import Callable, Iterator
from itertools import zip_longest
from pathlib import Path
from typing import Any, Final

UUID: Final = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
VARYING: Final = (
    (re.compile(r"-----BEGIN [A-Z ]+-----.*?-----END [A-Z ]+-----(\\n)?", re.DOTALL), "<PEM>"),
    (re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)"), "<time>"),
    (re.compile(r"\b\d{8}T\d{6}Z"), "<time>"),
    (re.compile(r"\b[0-9A-Fa-f]{32,}\b"), "<hexadecimal>"),
    (re.compile(r"[A-Za-z0-9+/=]{60,}"), "<Base64>"),
    (re.compile(r"(localhost|127\.0\.0\.1):\d+"), r"\1:<port>"),
    (re.compile(r'("(?:serialNumber|certificateSerialNumber)":")[0-9A-Fa-f]{16,}'), r"\1<serial number>"),
)
MAX_SHOWN: Final = 5


def number_ids() -> Callable[[re.Match[str]], str]:
    """Replaces each UUID by the number of its first appearance, so that equal ids stay equal."""
    numbers: dict[str, str] = {}
    return lambda found: numbers.setdefault(found[0], f"<id {len(numbers)}>")


def lines(report: dict[str, Any]) -> Iterator[str]:
    """All that must be equal in two runs, one line for each case, step, finding and frame."""
    for case in report["cases"]:
        yield f"{case['id']} {case['verdict']} checks {case['checks']} frames {case['frames']}"
        yield from (f"  {step['step']} {step['requirement']} {step['checks']}" for step in case["steps"])
        yield from (f"  {finding['requirement']} {finding['level']} {finding['frame']}" for finding in case["findings"])
    yield from (f"not applicable {case['id']}" for case in report["not_applicable"])
    id_number = number_ids()
    for frame in report["frames"]:
        text = UUID.sub(id_number, frame["text"])
        for pattern, placeholder in VARYING:
            text = pattern.sub(placeholder, text)
        yield f"{frame['direction']} {text}"


def differences(before: Path, after: Path) -> list[str]:
    """The lines that differ between two reports."""
    read = (lines(json.loads(path.read_text(encoding="utf-8"))) for path in (before, after))
    return [f"  - {old}\n  + {new}" for old, new in zip_longest(*read) if old != new]


def main(before: Path, after: Path) -> int:
    names = sorted({path.name for folder in (before, after) for path in folder.glob("*.json")})
    bad = 0
    for name in names:
        missing = [str(folder) for folder in (before, after) if not (folder / name).exists()]
        found = [f"  missing in {', '.join(missing)}"] if missing else differences(before / name, after / name)
        bad += bool(found)
        print(f"{name}: {'the same' if not found else f'{len(found)} lines differ'}")
        print("\n".join(found[:MAX_SHOWN]), end="\n" if found else "")
    return 1 if bad or not names else 0


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2])))
