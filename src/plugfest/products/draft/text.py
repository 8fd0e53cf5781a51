"""The text of the PICS file of a draft: each answer with its source, each open question as a comment."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import groupby
from textwrap import shorten
from typing import Final

from plugfest.products.draft import CORE, IDENTITY, Draft, Known, open_questions
from plugfest.products.features import Feature, Section, Table
from plugfest.products.product import Answer, Connector, Evse, Measurands

_COLUMN: Final = 28
"""Where comments begin."""

_LONGEST: Final = 60
"""The longest line with a comment behind it."""

_SOURCE: Final = 100
"""The longest source."""

_MOST_EVSES: Final = 16
"""The most EVSEs that are prepared to be described."""

_QUOTE: Final = '"'

_PROFILE_OF_TABLE: Final = "Certification Profile: "

_HEAD: Final = """\
# The PICS of a product, for Plugfest. Each answer decides which test cases apply.
# A line that begins with "# ?" is an open question: remove "# ? " and write the answer. An open question counts as No.
# `plugfest cases --product FILE` shows what is missing and which cases apply.
"""


def pics_text(draft: Draft) -> str:
    """The file. It is valid TOML, whatever is still open."""
    return "\n".join([_HEAD, *_product(draft), *_answers(draft), *_limits(draft)]) + "\n"


def _product(draft: Draft) -> Iterator[str]:
    yield "[product]"
    for key in IDENTITY:
        yield _line(key, draft.identity.get(key), '""', key.replace("_", " ") if key not in draft.identity else "")
    yield f'ocpp_version = "{draft.version}"'
    claimed = sorted(draft.product().profiles - {CORE}, key=draft.catalog.profiles.index)
    yield f"profiles = {_toml((CORE, *claimed))}"
    yield "# The other profiles of the certification program:"
    for name in draft.catalog.profiles:
        if name not in (CORE, *claimed):
            source = f" No: {draft.profiles[name].source}." if name in draft.profiles else ""
            yield f'#   "{name}": {draft.catalog.descriptions[name]}{source}'
    yield ""


def _answers(draft: Draft) -> Iterator[str]:
    questions = {feature.id for feature in open_questions(draft)}
    for table, sections in groupby(_by_table(draft), key=lambda section: section.table):
        yield f"[{table}]"
        for section in sections:
            yield f"# {section.title.removeprefix(_PROFILE_OF_TABLE)}"
            for feature in section.feature:
                yield from _feature(feature, draft, is_question=feature.id in questions)
            yield ""
        if table == "hardware":
            yield from _evses(draft)


def _by_table(draft: Draft) -> list[Section]:
    """The sections, those of a table one after the other: TOML has each table once."""
    tables = list(dict.fromkeys(section.table for section in draft.catalog.section))
    return sorted(draft.catalog.section, key=lambda section: tables.index(section.table))


def _feature(feature: Feature, draft: Draft, *, is_question: bool) -> Iterator[str]:
    if feature.kind == "group":
        need = ": at least one" if feature.required else ""
        yield f"# {feature.id} {feature.title}{need}"
        return
    known = draft.answers.get(feature.id)
    if known is None and not is_question:
        yield f"# {feature.id} {feature.title}: No, by the other answers"
        return
    notes = [feature.title]
    if known is None and feature.otherwise not in (None, "always"):
        notes.append(f"without an answer as {feature.otherwise}")
    if known is None and feature.id in draft.hints:
        notes.append(draft.hints[feature.id])
    yield _line(f'"{feature.id}"', known, _example(feature, draft), "; ".join(notes))


def _line(key: str, known: Known | None, example: str, title: str) -> str:
    """A line, and a line with the comment before it if it would be long."""
    statement = f"# ? {key} = {example}" if known is None else f"{key} = {_toml(known.value)}"
    source = "" if known is None else shorten(_one_line(known.source), _SOURCE, placeholder=" ...")
    comment = "; ".join(filter(None, (_one_line(title), source)))
    if len(statement) > _LONGEST:
        return f"# {key.strip(_QUOTE)} {comment}\n{statement}"
    return f"{statement:{_COLUMN}} # {comment}"


def _one_line(text: str) -> str:
    """A comment of TOML has no control characters, and what a station reports may have them."""
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())


def _example(feature: Feature, draft: Draft) -> str:
    examples: dict[str, Answer] = {
        "claim": True,
        "number": 1,
        "text": "",
        "texts": feature.values,
        "measurands": ("Energy.Active.Import.Register",),
    }
    return _toml(examples[feature.kind])


def _evses(draft: Draft) -> Iterator[str]:
    table: Table | str = "connector" if draft.version == "1.6" else "evse"
    if draft.evses:
        yield f"# From {_one_line(draft.evses_from)}"
        for evse in draft.evses:
            yield from _evse(evse, draft, "")
        return
    yield f"# Describe every {table} like this one. DC has no phases. cable: Fixed Cable, or Detachable (a socket)."
    yield f"# type: one of {', '.join(draft.catalog.connectors)}"
    for id in range(1, _count(draft) + 1):
        yield from _evse(Evse(id, "AC", 3, (Connector(1, "cType2", "Fixed Cable"),)), draft, "# ? ")


def _count(draft: Draft) -> int:
    """How many EVSEs are to be described, as far as it is known."""
    known = draft.answers.get(draft.catalog.evses)
    number = known.value if known is not None and isinstance(known.value, int) else 1
    return min(max(number, 1), _MOST_EVSES)


def _evse(evse: Evse, draft: Draft, prefix: str) -> Iterator[str]:
    phases = f"phases = {evse.phases}" if evse.phases else None
    if draft.version == "1.6":
        (connector,) = evse.connectors
        parts = ["[[connector]]", f"id = {evse.id}", f'current = "{evse.current}"', phases]
        parts += [f'type = "{connector.type}"', f'cable = "{connector.cable}"']
    else:
        rows = (f'{{ id = {one.id}, type = "{one.type}", cable = "{one.cable}" }}' for one in evse.connectors)
        parts = ["[[evse]]", f"id = {evse.id}", f'current = "{evse.current}"', phases]
        parts += [f"connectors = [{', '.join(rows)}]"]
    yield from (f"{prefix}{part}" for part in parts if part is not None)
    yield ""


def _limits(draft: Draft) -> Iterator[str]:
    yield "[performance.limit]"
    yield "# The most that something takes, in seconds. The lab waits so long; 30 s without an answer."
    for indicator in draft.catalog.indicator:
        yield _line(indicator.key, draft.limits.get(indicator.key), "30", indicator.title)


def _toml(value: Answer) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            encodable = value.encode(errors="replace").decode()
            return json.dumps(encodable, ensure_ascii=False).replace("\x7f", "\\u007f")
        case Measurands(tested, supported):
            lists = f"tested = {_toml(tested)}, supported = {_toml(supported)}"
            return _toml(tested) if tested == supported else f"{{ {lists} }}"
        case tuple():
            return f"[{', '.join(map(_toml, value))}]"
        case float() if value.is_integer():
            return str(int(value))
    return str(value)
