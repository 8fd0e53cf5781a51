"""D01 Send Local Authorization List: full and differential updates, and what stays of the list."""

from plugfest.lab.case import case
from plugfest.lab.v201.bench import Bench
from plugfest.lab.v201.cases.d_local_authorization_list.entries import list_has
from plugfest.lab.v201.memory.local_list import (
    LIST_ENABLED,
    VERSION,
    differential_list,
    full_list,
    id_token_local_auth_list,
    list_entry,
    removed_entry,
)
from plugfest.lab.v201.states.booted import booted


@case("TC_D_01_CS", requirements=("D01.FR.02", "D01.FR.15"), configuration=LIST_ENABLED)
async def full(bench: Bench) -> None:
    await bench.step(1).call(full_list(VERSION, bench.tokens.valid), status="Accepted")
    await list_has(bench.step(3), version=VERSION, entries=1)


@case(
    "TC_D_02_CS",
    requirements=("D01.FR.02", "D01.FR.16"),
    configuration=LIST_ENABLED,
    before=id_token_local_auth_list,
)
async def differential_update(bench: Bench) -> None:
    added = list_entry(bench.tokens.second)
    await bench.step(1).call(differential_list(VERSION + 1, added), status="Accepted")
    await list_has(bench.step(3), version=VERSION + 1, entries=2)


@case(
    "TC_D_03_CS",
    requirements=("D01.FR.02", "D01.FR.17"),
    configuration=LIST_ENABLED,
    before=id_token_local_auth_list,
)
async def differential_remove(bench: Bench) -> None:
    removed = removed_entry(bench.tokens.valid)
    await bench.step(1).call(differential_list(VERSION + 1, removed), status="Accepted")
    await list_has(bench.step(3), version=VERSION + 1, entries=0)


@case(
    "TC_D_04_CS",
    requirements=("D01.FR.02", "D01.FR.04"),
    configuration=LIST_ENABLED,
    before=id_token_local_auth_list,
)
async def full_with_empty_list(bench: Bench) -> None:
    await bench.step(1).call(full_list(VERSION), status="Accepted")
    await list_has(bench.step(3), version=VERSION, entries=0)


@case(
    "TC_D_05_CS",
    requirements=("D01.FR.02", "D01.FR.05"),
    configuration=LIST_ENABLED,
    before=id_token_local_auth_list,
)
async def differential_with_empty_list(bench: Bench) -> None:
    await bench.step(1).call(differential_list(VERSION + 1), status="Accepted")
    await list_has(bench.step(3), version=VERSION + 1, entries=1)


@case("TC_D_06_CS", requirements=("D01.FR.19",), configuration=LIST_ENABLED, before=id_token_local_auth_list)
async def version_mismatch(bench: Bench) -> None:
    added = list_entry(bench.tokens.second)
    await bench.step(1).call(differential_list(VERSION - 1, added), status="VersionMismatch")
    await list_has(bench.step(3), version=VERSION, entries=1)


@case("TC_D_07_CS", requirements=("D01.FR.10",), configuration=LIST_ENABLED, before=(id_token_local_auth_list, booted))
async def persistent_over_reboot(bench: Bench) -> None:
    """D01.FR.10 only recommends this; the case is mandatory for a station with the profile (Part 5)."""
    await list_has(bench.step(1), version=VERSION, entries=1)
