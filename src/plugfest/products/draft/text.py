"""The text of the PICS file of a draft: each answer with its source, each open question as a comment."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import groupby
from textwrap import fill, shorten
from typing import Final

from plugfest.products.draft import CORE, IDENTITY, Draft, Known, open_questions
from plugfest.products.features import Feature, OcppVersion, Section, Table
from plugfest.products.product import Answer, Connector, Evse, Measurands
from plugfest.toml_files.editing import OPEN

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
# A line that begins with "# ?" is an open question: remove "# ? " and write the answer. It counts as No,
# unless its line differs ("without an answer ...").
# `plugfest cases FILE` shows what is missing and which cases apply.
"""


def pics_text(draft: Draft) -> str:
    """The file. It is valid TOML, whatever is still open."""
    return "\n".join([_HEAD, *_open(draft), *_product(draft), *_answers(draft), *_limits(draft)]) + "\n"


def _open(draft: Draft) -> Iterator[str]:
    """The open questions as a comment."""
    ids = [question.id for question in open_questions(draft)]
    if ids:
        yield "# Open when this file was written:"
        yield fill(" ".join(ids), _SOURCE, initial_indent="#   ", subsequent_indent="#   ", break_on_hyphens=False)
        yield ""


def _product(draft: Draft) -> Iterator[str]:
    yield "[product]"
    for key in IDENTITY:
        yield _line(key, draft.identity.get(key), '""', key.replace("_", " ") if key not in draft.identity else "")
    yield f'ocpp_version = "{draft.version}"'
    claimed = sorted(draft.product().profiles - {CORE}, key=draft.catalog.profiles.index)
    yield f"profiles = {toml_value((CORE, *claimed))}"
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
    if known is None and feature.otherwise is not None:
        notes.append(f"without an answer {'Yes' if feature.otherwise == 'always' else f'as {feature.otherwise}'}")
    if known is None and feature.id in draft.hints:
        notes.append(draft.hints[feature.id])
    yield _line(f'"{feature.id}"', known, _example(feature, draft), "; ".join(notes))


def _line(key: str, known: Known | None, example: str, title: str) -> str:
    """A line, and a line with the comment before it if it would be long."""
    statement = f"{OPEN}{key} = {example}" if known is None else f"{key} = {toml_value(known.value)}"
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
    return toml_value(examples[feature.kind])


def _evses(draft: Draft) -> Iterator[str]:
    table: Table | str = "connector" if draft.version == "1.6" else "evse"
    if draft.evses:
        yield f"# From {_one_line(draft.evses_from)}"
        for evse in draft.evses:
            yield from evse_lines(evse, draft.version)
        return
    yield f"# Describe every {table} like this one. DC has no phases. cable: Fixed Cable, or Detachable (a socket)."
    yield f"# type: one of {', '.join(draft.catalog.connectors)}"
    for id in range(1, _count(draft) + 1):
        example = Evse(id, "AC", 3, (Connector(1, "cType2", "Fixed Cable"),))
        yield from (f"{OPEN}{line}" if line else "" for line in evse_lines(example, draft.version))


def _count(draft: Draft) -> int:
    """How many EVSEs are to be described, as far as it is known."""
    known = draft.answers.get(draft.catalog.evses)
    number = known.value if known is not None and isinstance(known.value, int) else 1
    return min(max(number, 1), _MOST_EVSES)


def evse_lines(evse: Evse, version: OcppVersion) -> Iterator[str]:
    """The table of an EVSE, and an empty line."""
    yield "[[connector]]" if version == "1.6" else "[[evse]]"
    yield f"id = {evse.id}"
    yield f"current = {toml_value(evse.current)}"
    if evse.phases:
        yield f"phases = {evse.phases}"
    if evse.phase_counts:
        yield f"phase_counts = {list(evse.phase_counts)}"
    if evse.phase_pause is not None:
        yield f"phase_pause = {toml_value(evse.phase_pause)}"
    texts = [(one.id, toml_value(one.type), toml_value(one.cable)) for one in evse.connectors]
    if version == "1.6":
        ((_, kind, cable),) = texts
        yield from (f"type = {kind}", f"cable = {cable}")
    else:
        rows = (f"{{ id = {id}, type = {kind}, cable = {cable} }}" for id, kind, cable in texts)
        yield f"connectors = [{', '.join(rows)}]"
    yield ""


def _limits(draft: Draft) -> Iterator[str]:
    yield "[performance.limit]"
    yield "# The most that something takes, in seconds. The lab waits so long; 30 s without an answer."
    for indicator in draft.catalog.indicator:
        yield _line(indicator.key, draft.limits.get(indicator.key), "30", indicator.title)


def toml_value(value: Answer) -> str:
    """An answer as a value of TOML."""
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            encodable = value.encode(errors="replace").decode()
            return json.dumps(encodable, ensure_ascii=False).replace("\x7f", "\\u007f")
        case Measurands(tested, supported):
            lists = f"tested = {toml_value(tested)}, supported = {toml_value(supported)}"
            return toml_value(tested) if tested == supported else f"{{ {lists} }}"
        case tuple():
            return f"[{', '.join(map(toml_value, value))}]"
        case float() if value.is_integer():
            return str(int(value))
    return str(value)
