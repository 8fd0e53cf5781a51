"""The requirements with hashes are those of the constraints, and name no address."""

import re

from tools.dependencies.hashes import FILE, requirements
from tools.documentation import ROOT

REPORT = b"""{"install": [{
  "metadata": {"name": "Some_Package", "version": "1.0"},
  "download_info": {"url": "https://index.example/p.whl", "archive_info": {"hashes": {"sha256": "ab12"}}}
}]}"""


def names_and_versions(text: str) -> set[str]:
    pins = re.findall(r"^([\w.-]+==\S+)", text, re.MULTILINE)
    return {re.sub(r"[-_.]+(?=.*==)", "-", pin).lower() for pin in pins}


def test_a_report_becomes_requirements_without_addresses() -> None:
    assert requirements(REPORT).splitlines()[1:] == ["Some_Package==1.0 --hash=sha256:ab12"]


def test_every_constraint_has_its_hash() -> None:
    hashed = (ROOT / FILE).read_text()
    assert names_and_versions(hashed) == names_and_versions((ROOT / "constraints.txt").read_text())
    assert len(re.findall(r"--hash=sha256:[0-9a-f]{64}$", hashed, re.MULTILINE)) == len(names_and_versions(hashed))
    assert "//" not in hashed
