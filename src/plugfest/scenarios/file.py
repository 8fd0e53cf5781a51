"""Reads the file of a scenario. Every error is found at once, with its line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

import msgspec

from plugfest.scenarios import library, values
from plugfest.scenarios.model import (
    ANY_FREE,
    CONTROL_STEPS,
    EACH,
    POLICIES,
    If,
    Iterations,
    OneOf,
    Operate,
    Parallel,
    PlacedStep,
    Scenario,
    Sequence,
    Step,
    TokenSet,
    Wait,
)
from plugfest.scenarios.operating import BY_NAME, arguments_of, drawn_fields
from plugfest.scenarios.walk import structure_problems
from plugfest.toml_files.file import TomlFile
from plugfest.toml_files.problems import InvalidFile, Key, Problem
from plugfest.toml_files.schema import empty_texts, schema_problems

KINDS: Final = (*CONTROL_STEPS, *BY_NAME)
"""What a step can `do`."""

_Table = dict[str, Any]


class _File(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The file as it is written. The steps are read by their kinds."""

    summary: str
    zone: str = "UTC"
    tokens: dict[str, TokenSet] = {}
    steps: tuple[_Table, ...]
    sequences: dict[str, tuple[_Table, ...]] = {}


def load_scenario(name_or_path: str) -> Scenario:
    """A scenario of the library by its name, or that of a file (*.toml). Raises InvalidFile."""
    return parse_scenario(name_or_path, scenario_text(name_or_path))


def scenario_text(name_or_path: str) -> bytes:
    """The text of the file of a scenario, see `load_scenario`. Raises InvalidFile."""
    if name_or_path.endswith(".toml") or "/" in name_or_path:
        return _read(Path(name_or_path))
    if name_or_path not in library.names():
        near = get_close_matches(name_or_path, library.names(), n=1)
        right = (
            f"write {near[0]}" if near else f"write one of {', '.join(library.names())}, or the path of a .toml file"
        )
        raise InvalidFile(name_or_path, "", "is not a scenario of the library", right)
    return library.text(name_or_path)


def parse_scenario(name: str, data: bytes) -> Scenario:
    """The scenario in the text of a file. Raises InvalidFile."""
    file = TomlFile.parse(name, data)
    file.check((*schema_problems(file.tables, _File), *empty_texts(file.tables)))
    tables = msgspec.convert(file.tables, _File)
    all_steps: list[tuple[Key, tuple[_Table, ...]]] = [(("steps",), tables.steps)]
    all_steps += [(("sequences", name), steps) for name, steps in tables.sequences.items()]
    steps = [((*key, index), step) for key, each in all_steps for index, step in enumerate(each)]
    known = _Known(tables)
    file.check((*_general_problems(tables), *(one for key, step in steps for one in known.problems(key, step))))
    scenario = Scenario(
        file=name,
        summary=tables.summary,
        zone=tables.zone,
        tokens=tables.tokens,
        steps=_placed(file, ("steps",), tables.steps),
        sequences={name: _placed(file, ("sequences", name), each) for name, each in tables.sequences.items()},
    )
    file.check(dict.fromkeys(structure_problems(scenario)))
    return scenario


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise InvalidFile(str(path), "", f"cannot be read: {error.strerror or error}", "name another file") from None


def _placed(file: TomlFile, key: Key, tables: Iterable[_Table]) -> Sequence:
    return tuple(
        PlacedStep(
            step=_step(table),
            do=table["do"],
            key=(*key, index),
            line=file.locate(Problem((*key, index, "do"), "", "")).line,
        )
        for index, table in enumerate(tables)
    )


def _step(table: _Table) -> Step:
    """A step whose table has no problem."""
    do, rest = table["do"], {name: value for name, value in table.items() if name != "do"}
    if do in CONTROL_STEPS:
        return msgspec.convert(rest, CONTROL_STEPS[do])
    policy = {"if_refused": rest.pop("if_refused")} if "if_refused" in rest else {}
    return Operate(operation=do, arguments=rest, **policy)


def _general_problems(tables: _File) -> Iterator[Problem]:
    if not tables.steps:
        yield Problem(("steps",), "is empty", "write a step: [[steps]]")
    try:
        ZoneInfo(tables.zone)
    except (KeyError, ValueError, OSError):
        yield Problem(("zone",), f'is "{tables.zone}"', 'write an IANA time zone: "Europe/Amsterdam", "UTC"')
    for name, each in tables.tokens.items():
        yield from _token_problems(("tokens", name), each)
    for name in tables.sequences:
        if name in POLICIES:
            yield Problem(("sequences", name), "is a word for what follows", "give the sequence another name")


def _token_problems(key: Key, tokens: TokenSet) -> Iterator[Problem]:
    if bool(tokens.ids) is bool(tokens.pattern):
        yield Problem(key, "has to have either ids or a pattern", "write one of them")
    elif tokens.pattern and len(str(tokens.count - 1)) > tokens.pattern.count("#"):
        yield Problem((*key, "pattern"), f"has too few # for {tokens.count} tokens", "write a # for each digit")


class _Known:
    """What steps can name: sequences and sets of tokens."""

    def __init__(self, tables: _File) -> None:
        self._sequences = tuple(tables.sequences)
        self._tokens = tuple(tables.tokens)

    def problems(self, key: Key, table: Mapping[str, Any]) -> Iterator[Problem]:
        """What is wrong with a step."""
        do = table.get("do")
        if do is None:
            yield Problem((*key, "do"), "is missing", f"write one of {', '.join(CONTROL_STEPS)}, or an operation")
        elif do not in KINDS:
            near = get_close_matches(str(do), KINDS, n=1)
            right = f'write "{near[0]}"' if near else f"write one of {', '.join(KINDS)}"
            yield Problem((*key, "do"), f'is "{do}"', right)
        else:
            yield from self._problems_of_kind(key, table)

    def _problems_of_kind(self, key: Key, table: Mapping[str, Any]) -> Iterator[Problem]:
        do, rest = table["do"], {name: value for name, value in table.items() if name != "do"}
        is_operation = do not in CONTROL_STEPS
        kind: Any = arguments_of(do) if is_operation else CONTROL_STEPS[do]
        if is_operation and isinstance(rest.get("if_refused"), str):
            del rest["if_refused"]
        found = list(schema_problems(rest, kind, key))
        yield from found
        if not found:
            step = _step(dict(table))
            yield from _value_problems(key, step)
            yield from self._reference_problems(key, step)

    def _reference_problems(self, key: Key, step: Step) -> Iterator[Problem]:
        names = [(name, "a sequence", self._sequences) for name in step.sequences]
        if step.runs_at_failure:
            names.append((step.policy, f"a sequence, or one of {', '.join(POLICIES)}", self._sequences))
        if isinstance(step, Iterations) and step.token is not None:
            names.append((step.token, "a set of tokens", self._tokens))
        for name, what, known in names:
            if name not in known:
                right = f"write one of {', '.join(known)}" if known else "add it"
                yield Problem((*key, "do"), f'names "{name}", which is not {what}', right)


def _value_problems(key: Key, step: Step) -> Iterator[Problem]:
    for name, read, text in _texts(step):
        try:
            read(text)
        except ValueError as error:
            yield Problem((*key, name), f'is "{text}"', f"write {error}")
    if isinstance(step, Wait | If) and step.condition(None).is_empty and getattr(step, "energy", None) is None:
        yield Problem((*key, "do"), "has nothing to wait for", "write a state, such as accepted = true")
    if isinstance(step, OneOf | Parallel) and not step.sequences:
        yield Problem((*key, "do"), "names no sequence", "name one")
    if isinstance(step, If) and not step.sequences:
        yield Problem((*key, "then"), "is missing", "write the name of a sequence, or that of `else`")
    if isinstance(step, Iterations) and isinstance(step.evse, str) and step.evse not in (ANY_FREE, EACH):
        yield Problem((*key, "evse"), f'is "{step.evse}"', f'write the number of an EVSE, "{ANY_FREE}" or "{EACH}"')


def _texts(step: Step) -> Iterator[tuple[str, Any, str]]:
    """The texts with a value: the name in the file, what reads it, the text."""
    if isinstance(step, Operate):
        for name in drawn_fields(step.operation) & set(step.arguments):
            text = step.arguments[name]
            if isinstance(text, str) and text != "none":
                yield name, values.number, text
        return
    names = {field.name: field.encode_name for field in msgspec.structs.fields(step)}
    for name, read in step.READERS.items():
        text = getattr(step, name)
        if isinstance(text, str):
            yield names[name], read, text
