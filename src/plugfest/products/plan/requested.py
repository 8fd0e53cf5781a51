"""The cases of a test plan that a user requests: by id, by pattern, by block, by certification profile."""

import re
from collections.abc import Iterable, Iterator, Sequence
from difflib import get_close_matches
from fnmatch import fnmatchcase
from typing import Final, NamedTuple, Protocol, TypeVar, get_args

import msgspec

from plugfest.products.features import OcppVersion
from plugfest.products.plan import plan, withdrawn_cases

SUGGESTIONS: Final = 4
"""The largest number of ids that an error suggests."""

_SUFFIX: Final = "_CS"
_PATTERN: Final = frozenset("*?[")
_ID: Final = re.compile(r"(?:TC_?)?([A-Z]?)_?0*(\d+)((?:_\d+)*)(?:_?CS)?")


class Listed(Protocol):
    """A case in a list of cases."""

    @property
    def id(self) -> str: ...
    @property
    def profile(self) -> str: ...


T = TypeVar("T", bound=Listed)


class NotInPlan(Exception):
    """A requested id, pattern, block or profile of which the test plan has no case. The text is for the user."""


class RequestedCases(msgspec.Struct, frozen=True, kw_only=True):
    """Which cases are requested. `ids` may be patterns of the shell.

    The values of one field are alternatives; a case has to fit every field that is not empty.
    """

    ids: tuple[str, ...] = ()
    blocks: tuple[str, ...] = ()
    profiles: tuple[str, ...] = ()

    @property
    def every_case(self) -> bool:
        """Whether nothing is restricted."""
        return self == RequestedCases()

    def exact_ids(self, ids: Iterable[str]) -> frozenset[str]:
        """Those of the ids that are requested by name, not by a pattern."""
        known = set(ids)
        return frozenset(id for one in self.ids if (id := _full_id(one, known)) is not None)

    def of(self, cases: Sequence[T], withdrawn: Sequence[T], versions: Sequence[OcppVersion]) -> list[T]:
        """Those of the cases of a plan that are requested, in the order of `ids`, else of the plan.

        The `withdrawn` ones are requested only by name. `versions`: of the plan, for errors.

        Raises NotInPlan, with everything that is unknown, also if no case fits all fields.
        """
        found, unknown = self._by_ids(cases, withdrawn, versions) if self.ids else ([*cases], [])
        unknown += _unknown_names("block", self.blocks, {_block(one) for one in cases} - {""}, versions)
        unknown += _unknown_names("profile", self.profiles, {one.profile for one in cases}, versions)
        if unknown:
            raise NotInPlan("; ".join(unknown))
        blocks, profiles = set(map(_name, self.blocks)), set(map(_name, self.profiles))
        fitting = [
            one
            for one in found
            if (not blocks or _name(_block(one)) in blocks) and (not profiles or _name(one.profile) in profiles)
        ]
        if found and not fitting:
            raise NotInPlan("no case fits everything that is requested: ids, blocks and profiles")
        return fitting

    def _by_ids(
        self, cases: Sequence[T], withdrawn: Sequence[T], versions: Sequence[OcppVersion]
    ) -> tuple[list[T], list[str]]:
        """The cases with these ids, each once, and what is wrong with ids that have no case."""
        by_id = {one.id: one for one in (*cases, *withdrawn)}
        found: dict[str, T] = {}
        unknown: list[str] = []
        for requested in self.ids:
            id = _full_id(requested, by_id)
            matching = [by_id[id]] if id is not None else [one for one in cases if _fits(one.id, requested)]
            found |= {one.id: one for one in matching if one.id not in found}
            if not matching:
                unknown.append(_unknown_id(requested, by_id, versions))
        return list(found.values()), unknown


def _full_id(requested: str, known: Iterable[str]) -> str | None:
    """The id that is requested by name: `tc_e_09` is TC_E_09_CS."""
    id = requested.upper()
    return next((one for one in (id, id + _SUFFIX) if one in known), None)


def _fits(id: str, pattern: str) -> bool:
    if not _PATTERN & set(pattern):
        return False
    return any(fnmatchcase(one, pattern.upper()) for one in (id, id.removesuffix(_SUFFIX)))


def _block(one: Listed) -> str:
    """The functional block in the id of a case; empty in OCPP 1.6, whose ids have none."""
    part = one.id.split("_")[1]
    return part if part.isalpha() else ""


def _name(text: str) -> str:
    """A block or a profile as it is compared."""
    return re.sub(r"[\s_-]+", " ", text.strip()).casefold()


def _unknown_names(
    what: str, requested: Iterable[str], known: Iterable[str], versions: Sequence[OcppVersion]
) -> Iterator[str]:
    names = sorted(known)
    for one in requested:
        if _name(one) not in map(_name, names):
            has = f"has {', '.join(names)}" if names else f"has no {what}s"
            near = get_close_matches(_name(one), map(_name, names), n=1)
            meant = "".join(f"; did you mean {name}?" for name in names if _name(name) in near)
            yield f"{one} is not a {what} of {_plan_of(versions)}, which {has}{meant}"


def _unknown_id(requested: str, known: Iterable[str], versions: Sequence[OcppVersion]) -> str:
    ids = list(known)
    if _PATTERN & set(requested):
        return f"no case of {_plan_of(versions)} fits {requested}; the ids are like {ids[0]}"
    problem = f"{requested} is not in {_plan_of(versions)}"
    other = next((one for one in get_args(OcppVersion) if one not in versions and _has(one, requested)), None)
    if other is not None:
        return f"{problem}: it is a case of OCPP {other}"
    near = similar_ids(requested, ids)
    return f"{problem}; did you mean {', '.join(near)}?" if near else f"{problem}; the ids are like {ids[0]}"


def _has(version: OcppVersion, requested: str) -> bool:
    return _full_id(requested, {one.id for one in (*plan(version), *withdrawn_cases(version))}) is not None


def _plan_of(versions: Sequence[OcppVersion]) -> str:
    return f"the OCPP {versions[0]} test plan" if len(versions) == 1 else "the test plans"


class _Parts(NamedTuple):
    letter: str
    number: int
    further: str


def _parts(id: str) -> _Parts | None:
    """The parts of an id, however it is written; None if it is no id."""
    found = _ID.fullmatch(re.sub(r"[\s._-]+", "_", id.strip().upper()))
    return None if found is None else _Parts(found[1], int(found[2]), found[3])


def similar_ids(requested: str, ids: Sequence[str]) -> list[str]:
    """The ids that a user may have meant: the same one written differently, else those with the nearest numbers."""
    wanted = _parts(requested)
    parts = {id: one for id in ids if (one := _parts(id)) is not None}
    if wanted is None or wanted.letter not in {one.letter for one in parts.values()}:
        return get_close_matches(requested.upper(), ids, n=SUGGESTIONS - 1)
    same = [id for id, one in parts.items() if one == wanted]
    related = [id for id, one in parts.items() if one[:2] == wanted[:2]]
    nearest = sorted(
        (id for id, one in parts.items() if one.letter == wanted.letter),
        key=lambda id: abs(parts[id].number - wanted.number),
    )
    return (same or related or nearest)[:SUGGESTIONS]
