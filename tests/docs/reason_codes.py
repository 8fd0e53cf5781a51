"""The reason codes of the guide, with which every answer of a station in the tests has to agree."""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import msgspec

from plugfest.ocpp.message import Request, Response, given
from plugfest.ocpp.v201.types import StatusInfoType

GUIDE = Path(__file__).parents[2] / "docs/guides/run-a-station.md"

_ROW = re.compile(r"^\| (\w+) \| (`.+`) \|", re.MULTILINE)


@cache
def documented() -> Mapping[str, frozenset[str]]:
    """The reason codes by request."""
    _, _, section = GUIDE.read_text(encoding="utf-8").partition("## Reason codes")
    table, _, _ = section.partition("\n## ")
    return {action: frozenset(re.findall(r"`(\w+)`", codes)) for action, codes in _ROW.findall(table)}


def check_documented(request: Request[Any], response: Response) -> None:
    """The guide has each reason code of this answer."""
    for code in _reason_codes(response):
        assert code in documented().get(request.action, ()), f"{request.action}: {code} is not in {GUIDE.name}"


def _reason_codes(value: object) -> Iterator[str]:
    if isinstance(value, StatusInfoType):
        yield value.reason_code
    elif isinstance(value, msgspec.Struct):
        for name in value.__struct_fields__:
            yield from _reason_codes(given(getattr(value, name)))
    elif isinstance(value, list):
        for each in value:
            yield from _reason_codes(each)
