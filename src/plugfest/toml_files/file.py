"""A TOML file with its text and its tables."""

import tomllib
from collections.abc import Iterable
from functools import cached_property
from typing import Any, Final

import msgspec

from plugfest.toml_files.line_numbers import LineNumbers
from plugfest.toml_files.problems import InvalidFile, LocatedProblem, Problem, dotted

MAX_DOTS: Final = 500
"""In a line: the time that tomllib needs for a key grows with the square of its parts."""


class TomlFile(msgspec.Struct, frozen=True, dict=True):
    """A file that is valid TOML. `name` is its path as the user gave it."""

    name: str
    text: str
    tables: dict[str, Any]

    @classmethod
    def parse(cls, name: str, data: bytes) -> "TomlFile":
        """The file with this content. Raises InvalidFile."""
        try:
            text = data.decode("utf-8-sig")
            if any(line.count(".") > MAX_DOTS for line in text.split("\n")):
                raise ValueError("a key of so many parts")
            return cls(name, text, tomllib.loads(text))
        except UnicodeDecodeError:
            raise InvalidFile(name, "", "is not UTF-8", "save it as UTF-8") from None
        except tomllib.TOMLDecodeError as error:
            raise InvalidFile(name, "", f"is not valid TOML: {error}", "correct that line") from None
        except (ValueError, RecursionError):  # thousands of digits, brackets or dots
            raise InvalidFile(name, "", "exceeds the limits of the TOML parser", "give another file") from None

    def locate(self, problem: Problem) -> LocatedProblem:
        """A problem with its line."""
        return LocatedProblem(
            file=self.name,
            line=self._lines.of(problem.key),
            key=dotted(problem.key),
            wrong=problem.wrong,
            right=problem.right,
        )

    def check(self, problems: Iterable[Problem]) -> None:
        """Raises InvalidFile if there is a problem."""
        error = InvalidFile.of(map(self.locate, problems))
        if error.problems:
            raise error

    @cached_property
    def _lines(self) -> LineNumbers:
        return LineNumbers(self.text)
