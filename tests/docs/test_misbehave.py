"""The program of the guide about misbehaving stations does what the guide shows."""

import asyncio
import os
import sys
from pathlib import Path

from tests.docs.test_guides import ROOT, blocks
from tests.rig.misbehaviour.csms import RawCsms, listening

from plugfest.rig.misbehaviour.faults import KINDS

GUIDE = ROOT / "docs" / "guides" / "misbehave.md"


def test_the_program_of_the_guide_misbehaves(tmp_path: Path) -> None:
    ((name, program),) = blocks(GUIDE, "python")
    (tmp_path / name).write_text(program)

    async def main() -> tuple[str, RawCsms]:
        csms = RawCsms()
        async with listening(csms) as url:
            running = await asyncio.create_subprocess_exec(
                sys.executable, name, url, cwd=tmp_path, stdout=asyncio.subprocess.PIPE, env=os.environ
            )
            printed, _ = await running.communicate()
            assert running.returncode == 0
        return printed.decode(), csms

    printed, csms = asyncio.run(main())
    first, second = printed.splitlines()
    assert first == "doubled:rate=1,message=StatusNotification,kind=call: a frame arrives twice"
    assert second.startswith("seqNo: 0 2 4")
    statuses = csms.of("StatusNotification")
    assert statuses[0] == statuses[1]


def test_the_guide_names_every_fault_with_its_own_parameters() -> None:
    rows = [line.split("|") for line in GUIDE.read_text(encoding="utf-8").splitlines() if line.startswith("| `")]
    faults = {row[1].strip(" `"): row[3] for row in rows if len(row) == 5}
    assert list(faults) == list(KINDS)
    for kind in KINDS.values():
        own = set(kind.parameters) - {"rate", "direction", "message", "kind"}
        assert all(f"`{each}`" in faults[kind.name] for each in own), kind.name
