"""The programs of the guide about the Python API run, against the CSMS of the guide about pytest."""

import asyncio
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.docs.test_guides import ROOT

GUIDES = ROOT / "docs" / "guides"


def program(guide: str, name: str) -> str:
    found = re.search(rf"```python\n# {re.escape(name)}\n(.*?)```", (GUIDES / guide).read_text(), re.DOTALL)
    assert found is not None, f"{guide} has no {name}"
    return found[1]


def test_a_station_charges(tmp_path: Path) -> None:
    (tmp_path / "charge.py").write_text(program("use-from-python.md", "charge.py"))
    csms: dict[str, Any] = {}
    exec(compile(program("test-your-csms.md", "conftest.py"), "conftest.py", "exec"), csms)

    async def main() -> str:
        async with csms["running_csms"]() as url:
            running = await asyncio.create_subprocess_exec(
                sys.executable, "charge.py", url, cwd=tmp_path, stdout=asyncio.subprocess.PIPE, env=os.environ
            )
            printed, _ = await running.communicate()
            assert running.returncode == 0
            return printed.decode()

    printed = asyncio.run(main())
    assert "Started CablePluggedIn" in printed
    assert "ChargingStateChanged" in printed


def test_cases_are_run(tmp_path: Path) -> None:
    (tmp_path / "cases.py").write_text(program("use-from-python.md", "cases.py"))
    result = subprocess.run([sys.executable, "cases.py"], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert "TC_E_09_CS  PASS" in result.stdout
