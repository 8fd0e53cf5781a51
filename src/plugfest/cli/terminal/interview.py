"""Asks a person at the terminal what is still open in a draft of a PICS."""

from collections.abc import Callable, Iterator
from typing import Final

import click
import msgspec

from plugfest.cli.terminal.standard_output import echo, prompt
from plugfest.products.answers import YES_NO, InvalidAnswerError, read_answer
from plugfest.products.draft import CORE, IDENTITY, Draft, Known, open_questions
from plugfest.products.features import Feature
from plugfest.products.pics import TomlValue
from plugfest.products.product import Answer

ANSWERED: Final = "answered at the terminal"
STOP: Final = "q"

Ask = Callable[[str], str]
"""Shows a question and returns what was typed, without spaces around it."""


class _Stopped(Exception):
    """The person does not want to answer more."""


def interview(draft: Draft, ask: Ask) -> Draft:
    """The draft with the answers of the person, until all questions are answered or skipped."""
    try:
        for step in (_identity, _profiles, _features):
            for answered in step(draft, ask):
                draft = answered
    except _Stopped:
        pass
    return draft


def at_terminal(question: str) -> str:
    """Ask at the terminal. Ctrl-C and the end of the input leave all further questions open: no answer is lost."""
    try:
        typed = prompt(question, default="", show_default=False, prompt_suffix=" ")
    except click.Abort:
        echo(err=True)
        return STOP
    return typed.strip()


def _identity(draft: Draft, ask: Ask) -> Iterator[Draft]:
    """Each yields the draft with one more answer."""
    for key in IDENTITY:
        if key not in draft.identity and (typed := _typed(f"{key.replace('_', ' ').capitalize()}:", ask)):
            draft = msgspec.structs.replace(draft, identity={**draft.identity, key: Known(typed, ANSWERED)})
            yield draft


def _profiles(draft: Draft, ask: Ask) -> Iterator[Draft]:
    asked_as_feature = {feature.claims for feature in draft.catalog.features.values()}
    for name in draft.catalog.profiles:
        if name == CORE or name in draft.profiles or name in asked_as_feature:
            continue
        question = f"Profile {name}: {draft.catalog.descriptions[name]} [y/n]"
        while (typed := _typed(question, ask)) and _yes_or_no(typed) is None:
            question = "Type y or n, or nothing to leave it open:"
        claimed = _yes_or_no(typed)
        if claimed is not None:
            draft = msgspec.structs.replace(draft, profiles={**draft.profiles, name: Known(claimed, ANSWERED)})
            yield draft


def _features(draft: Draft, ask: Ask) -> Iterator[Draft]:
    """The questions change with the answers: a No to one may answer others."""
    skipped: set[str] = set()
    while (feature := next((one for one in open_questions(draft) if one.id not in skipped), None)) is not None:
        answer = _answer(feature, draft, ask)
        if answer is None:
            skipped.add(feature.id)
            continue
        draft = draft.with_answer(feature.id, Known(answer, ANSWERED))
        yield draft


def _answer(feature: Feature, draft: Draft, ask: Ask) -> Answer | None:
    """The answer to a question; None if it is left open."""
    group = draft.catalog.features[feature.parent].title + ": " if feature.parent else ""
    hint = f" ({draft.hints[feature.id]})" if feature.id in draft.hints else ""
    question = f"{feature.id} {group}{feature.title}{hint} [{_FORMATS[feature.kind]}]"
    while typed := _typed(question, ask):
        try:
            return read_answer(_value(typed, feature), feature, draft.catalog)
        except InvalidAnswerError as invalid:
            question = f"{feature.id} {invalid.wrong}; {invalid.right}, or type nothing to leave it open:"
    return None


_FORMATS: Final = {
    "claim": "y/n",
    "number": "number",
    "text": "text",
    "texts": "names, with commas",
    "measurands": "names, with commas",
}


def _typed(question: str, ask: Ask) -> str:
    typed = ask(question)
    if typed.lower() == STOP:
        raise _Stopped
    return typed


def _value(typed: str, feature: Feature) -> TomlValue:
    match feature.kind:
        case "claim":
            answer = _yes_or_no(typed)
            return typed if answer is None else answer
        case "number":
            try:
                number = float(typed)
            except ValueError:
                return typed
            return int(number) if number.is_integer() else number
        case "texts" | "measurands":
            return tuple(filter(None, (name.strip() for name in typed.split(","))))
    return typed


def _yes_or_no(typed: str) -> bool | None:
    words = {word.lower()[:length]: answer for word, answer in YES_NO.items() for length in (1, len(word))}
    return words.get(typed.lower())
