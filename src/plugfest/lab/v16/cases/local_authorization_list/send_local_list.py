"""SendLocalList: full and differential updates, and rejected ones."""

from plugfest.lab.case import case
from plugfest.lab.settings import Token
from plugfest.lab.v16.bench import Bench
from plugfest.lab.v16.memory.id_tag import LIST_ENABLED, differential_list, full_list, list_entry, list_version
from plugfest.lab.verdict import NotConfigurable
from plugfest.ocpp.v16 import types as t

SEND_LENGTH = "SendLocalListMaxLength"

OCCURRENCE_CONSTRAINT = ("OccurrenceConstraintViolation", "OccurenceConstraintViolation")
"""The error code, and its first spelling (OCPP-J errata sheet)."""


@case("TC_043_CS", requirements=("section 5.15", "section 7.1"), configuration=LIST_ENABLED)
async def accepted(bench: Bench) -> None:
    """Two idTags; then a differential update adds one, changes one and removes one (7.1)."""
    tokens = bench.tokens
    await bench.step(1).call(full_list(1, tokens.valid, tokens.second), status="Accepted")
    blocked = t.AuthorizationData(id_tag=tokens.second.id_token, id_tag_info=list_entry(tokens.blocked).id_tag_info)
    removed = t.AuthorizationData(id_tag=tokens.valid.id_token)
    changes = differential_list(2, list_entry(tokens.same_group), blocked, removed)
    await bench.step(3).call(changes, status="Accepted")


@case("TC_043_1_CS", requirements=("section 5.15", "section 7.47"))
async def not_supported(bench: Bench) -> None:
    await bench.step(1).call_or_error(full_list(1, bench.tokens.valid), "NotSupported", status="NotSupported")


@case("TC_043_2_CS", requirements=("section 5.10", "section 5.15", "section 7.47"), configuration=LIST_ENABLED)
async def version_mismatch(bench: Bench) -> None:
    """Derived: a differential update skips to version 5, which stays after the mismatch.

    A full update accepts any version and cannot show this (7.47).
    """
    await bench.step(1).call(full_list(2, bench.tokens.valid), status="Accepted")
    await list_version(bench.step(3), 2)
    await bench.step(5).call(differential_list(5, list_entry(bench.tokens.second)), status="Accepted")
    await list_version(bench.step(7), 5)
    await bench.step(9).call(differential_list(4, list_entry(bench.tokens.same_group)), status="VersionMismatch")
    await list_version(bench.step(11), 5)


def id_tags_over_limit(bench: Bench) -> list[Token]:
    """One idTag more than the station accepts in one message (6.41, 9.2.3). Raises NotConfigurable if unreported."""
    maximum = bench.configuration.number(SEND_LENGTH)
    if maximum is None:
        raise NotConfigurable(f"{SEND_LENGTH} is needed to know which list is too long")
    return [Token(f"PLUGFEST-{number}", "ISO14443") for number in range(maximum + 1)]


@case("TC_043_3_CS", requirements=("section 5.15", "section 6.41", "section 9.2.3"), configuration=LIST_ENABLED)
async def failed(bench: Bench) -> None:
    """Derived: a list longer than the station accepts fails, and the old list stays (7.47).

    A list that is too long also violates an occurrence constraint (OCPP-J 4.2.3); no section prefers one answer.
    """
    too_many = id_tags_over_limit(bench)
    before = await list_version(bench.step("before 1"))
    request = full_list(max(before, 1) + 1, *too_many)
    await bench.step(1).call_or_error(request, *OCCURRENCE_CONSTRAINT, status="Failed")
    await list_version(bench.step(3), before)
