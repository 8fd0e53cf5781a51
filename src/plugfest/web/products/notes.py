"""What stands beside the fields of the form: what is wrong, what another field contradicts, what an answer brings."""

import asyncio
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Final

import msgspec

from plugfest.products.draft.effects import Effect, effects
from plugfest.products.features import Feature, Section
from plugfest.reports.model.wording import counted
from plugfest.web.forms import Form
from plugfest.web.products.assessment import EVSES, Assessed, PicsProblem
from plugfest.web.products.values import Invalid, noted_fields

_AT_ONCE: Final = 20
"""Effects that are computed before other requests are handled."""

NO_EFFECT: Final = Effect(0, 0, 0)


class Note(msgspec.Struct, frozen=True):
    """Beside one field. `also`: what is wrong with other fields, in which this one is named."""

    wrong: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    effect: str = ""


class Part(msgspec.Struct, frozen=True):
    """A part of the form: a section of the official form. `open`: how many of its questions are."""

    key: str
    title: str
    features: tuple[Feature, ...]
    open: int


class Notes(msgspec.Struct, frozen=True, kw_only=True):
    """All notes, by the names of fields, and what stands above the form.

    `before`: the number of cases that apply by the file. `open`: the features without an answer.
    """

    assessed: Assessed
    by_field: dict[str, Note]
    places: dict[str, tuple[str, ...]]
    open: tuple[Feature, ...]
    before: int
    invalid: tuple[Invalid, ...]

    def of(self, field: str) -> Note:
        return self.by_field.get(field, Note())

    def at(self, place: str) -> tuple[str, ...]:
        """What is wrong with a part of the form that is not a feature."""
        return self.places.get(place, ())

    @property
    def contradictions(self) -> Sequence[PicsProblem]:
        return self.assessed.problems

    @property
    def difference(self) -> int:
        """How many more cases apply than by the file."""
        return self.assessed.cases - self.before

    @property
    def parts(self) -> list[Part]:
        waiting = {feature.id for feature in self.open}
        sections = self.assessed.product.feature_catalog.section
        return [
            Part(f"part-{number}", title, section.feature, sum(one.id in waiting for one in section.feature))
            for number, (title, section) in enumerate(zip(_titles(sections), sections, strict=True))
        ]


async def notes(assessed: Assessed, form: Form, before: int, invalid: tuple[Invalid, ...] = ()) -> Notes:
    """The notes of a PICS beside the fields of a form. `before`: the number of cases that apply by the file."""
    brought: dict[str, Effect] = {}
    for number, (id, effect) in enumerate(effects(assessed.product, assessed.source.pics.product.profiles)):
        brought[id] = effect
        if number % _AT_ONCE == 0:
            await asyncio.sleep(0)
    catalog = assessed.product.feature_catalog
    features = catalog.features
    by_field = {
        id: Note(
            wrong=_wrong(id, assessed.problems, invalid),
            also=tuple(f"{one.key} {one.wrong}" for one in assessed.problems if id in one.mentions),
            effect=_effect(features[id], brought.get(id, NO_EFFECT)),
        )
        for id in features
    }
    by_field |= {name: Note(wrong=_wrong(name, (), invalid)) for name in noted_fields(form, catalog)}
    places = ("", "product", EVSES, "performance", *(("unsupported",) if catalog.request_fields else ()))
    return Notes(
        assessed=assessed,
        by_field=by_field,
        places={place: _wrong(place, assessed.problems, ()) for place in places},
        open=tuple(assessed.open_questions()),
        before=before,
        invalid=invalid,
    )


def _wrong(id: str, problems: Iterable[PicsProblem], invalid: Iterable[Invalid]) -> tuple[str, ...]:
    return (
        *(one.text for one in invalid if one.field == id),
        *(one.text for one in problems if one.place == id),
    )


def _effect(feature: Feature, effect: Effect) -> str:
    if feature.kind == "claim":
        changes = [("Yes", effect.yes), ("No", effect.no)]
    elif feature.kind in ("texts", "measurands"):
        changes = [("At least one", effect.yes), ("None", effect.no)]
    else:
        return f"{counted(effect.depending, 'case')} depend on this number" if effect.depending else ""
    return " · ".join(
        f"{answer}: {counted(abs(change), 'case')} {'more' if change > 0 else 'fewer'}"
        for answer, change in changes
        if change
    )


def _titles(sections: Iterable[Section]) -> list[str]:
    """The titles of sections. The official form has some in several parts, which are counted."""
    titles: list[str] = []
    seen = Counter[str]()
    for section in sections:
        title = section.title.removeprefix("Certification Profile: ")
        seen[title] += 1
        titles.append(title if seen[title] == 1 else f"{title} ({seen[title]})")
    return titles
