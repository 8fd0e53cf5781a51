"""What the text of a PICS file means: the product, what is wrong, what is open, and which cases apply.

Unlike a campaign, the editor works with a PICS that is not finished: answers that are not valid count as open.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

import msgspec

from plugfest.products import Product, ProductError
from plugfest.products.build import assemble, located_contradictions
from plugfest.products.contradictions import contradictions
from plugfest.products.draft import Draft, Known, open_questions
from plugfest.products.draft.effects import applying
from plugfest.products.features import Feature
from plugfest.products.pics import PicsFile, parse_pics
from plugfest.toml_files.problems import LocatedProblem
from plugfest.web.own_files import MOST_BYTES

_ID: Final = re.compile(r"[A-Z]+-\d+(?:\.\d+)?")
_PLACES: Final = ("product", "evse", "connector", "unsupported", "performance")
EVSES: Final = "evse"
_MOST_KEPT: Final = 32


class PicsProblem(msgspec.Struct, frozen=True, kw_only=True):
    """An answer that is not valid, or a contradiction.

    `place`: the id of a feature, or the part of the form. `mentions`: other ids.
    """

    place: str
    key: str
    wrong: str
    right: str
    mentions: frozenset[str] = frozenset()

    @property
    def text(self) -> str:
        return f"{self.wrong}; {self.right}"


class Assessed(msgspec.Struct, frozen=True):
    """A PICS and its product, with the valid answers. `problems` has the answers that are not valid too."""

    source: PicsFile
    product: Product
    invalid_answers: tuple[LocatedProblem, ...]
    problems: tuple[PicsProblem, ...]
    cases: int

    def located(self) -> list[LocatedProblem]:
        """All problems with their lines, in the order of the lines."""
        found = [*self.invalid_answers, *located_contradictions(self.source.file, self.product)]
        return sorted(found, key=lambda one: one.line or 0)

    def open_questions(self) -> list[Feature]:
        """The features without an answer that the other answers do not decide."""
        named = {name: Known(True, "") for name in self.source.pics.product.profiles}
        answers = {id: Known(answer, "") for id, answer in self.product.answered.items()}
        draft = Draft(version=self.product.ocpp_version, profiles=named, answers=answers, evses=self.product.evses)
        return list(open_questions(draft))


@lru_cache(maxsize=_MOST_KEPT)
def assess(name: str, data: bytes) -> Assessed:
    """What a file contains, computed once for each content.

    Raises ProductError if it is not TOML, or a table of it is not valid.
    """
    if len(data) > MOST_BYTES:
        raise ProductError(name, "", f"has {len(data):,} bytes", f"give at most {MOST_BYTES:,}")
    source = parse_pics(name, data)
    product, invalid_answers = assemble(name, source)
    found = [_problem(one.key, one.wrong, one.right) for one in invalid_answers]
    found += [_problem(one.key, one.wrong, one.right) for one in contradictions(product)]
    return Assessed(source, product, tuple(invalid_answers), tuple(found), applying(product))


def _problem(key: str, wrong: str, right: str) -> PicsProblem:
    ids = list(_ids(key))
    place = ids[0] if ids else next((one for one in _PLACES if one in key), "")
    mentions = frozenset(_ids(f"{wrong} {right}")) - {place}
    return PicsProblem(
        place=EVSES if place == "connector" else place,
        key=ids[0] if ids else key,
        wrong=wrong,
        right=right,
        mentions=mentions,
    )


def _ids(text: str) -> Iterator[str]:
    yield from _ID.findall(text)
