"""Problems of a TOML file, and the exception that holds all of them."""

import re
from collections.abc import Iterable
from itertools import islice
from typing import Final, Self

import msgspec

Key = tuple[str | int, ...]
"""The names of tables and keys, and the indexes of lists, from the top of the file."""

_BARE_KEY: Final = re.compile(r"[A-Za-z_]\w*")


class Problem(msgspec.Struct, frozen=True):
    """What is wrong with the value of a key, and what is right."""

    key: Key
    wrong: str
    right: str


class LocatedProblem(msgspec.Struct, frozen=True, kw_only=True):
    """A problem with its place. `line` counts from 1, None if it is not known."""

    file: str
    line: int | None = None
    key: str = ""
    wrong: str
    right: str

    def __str__(self) -> str:
        place = self.file if self.line is None else f"{self.file}:{self.line}"
        return f"{place}{f': {self.key}:' if self.key else ''} {self.wrong}; {self.right}"


MAX_PROBLEMS: Final = 500
"""The largest number of problems of a file that are reported: each takes time to be found."""


class InvalidFile(Exception):
    """A file of the user is not valid: one line for each problem."""

    def __init__(self, file: str, key: str, wrong: str, right: str) -> None:
        self.problems: tuple[LocatedProblem, ...] = (LocatedProblem(file=file, key=key, wrong=wrong, right=right),)
        super().__init__(*map(str, self.problems))

    @classmethod
    def of(cls, problems: Iterable[LocatedProblem]) -> Self:
        """The exception for these problems, in the order of the lines; of very many for the first ones."""
        ordered = sorted(islice(problems, MAX_PROBLEMS), key=lambda one: one.line or 0)
        error = cls.__new__(cls)
        error.problems = tuple(ordered)
        error.args = tuple(map(str, ordered))
        return error

    def __str__(self) -> str:
        return "\n".join(map(str, self.problems))


def dotted(key: Key) -> str:
    """A key as text: `evse[0].connectors[1].type`, `features."C-01"`."""
    text = ""
    for part in key:
        if isinstance(part, int):
            text += f"[{part}]"
        else:
            name = part if _BARE_KEY.fullmatch(part) else f'"{part}"'
            text += f".{name}" if text else name
    return text
