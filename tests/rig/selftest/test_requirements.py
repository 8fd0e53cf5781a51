"""The requirements of OCPP 2.0.1 that the self-test names exist."""

import re
from collections.abc import Iterator

import pytest
from tools.coverage import requirements

from plugfest.ocpp.versions import V16
from plugfest.rig.selftest.behaviours.catalogue import CATALOGUE as BEHAVIOURS
from plugfest.rig.selftest.specification.permitted import table
from plugfest.rig.selftest.variants.catalogue import CATALOGUE as VARIANTS

REQUIREMENT = re.compile(r"[A-P]\d\d\.FR\.\d+")
EVERY = frozenset(requirements())


def named() -> Iterator[tuple[str, str]]:
    yield from ((one.name, one.requirement) for one in BEHAVIOURS if not one.name.startswith(V16.name))
    yield from ((one.name, one.requirement) for one in VARIANTS if one.ocpp_version != V16.name)
    yield from ((", ".join(one.target), one.clause) for one in table("2.0.1"))


@pytest.mark.parametrize(("name", "requirement"), list(named()))
def test_the_requirement_exists(name: str, requirement: str) -> None:
    assert set(REQUIREMENT.findall(requirement)) <= EVERY, name
