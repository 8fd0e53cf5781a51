"""The section Products with a folder of the user, without a browser."""

from pathlib import Path
from urllib.parse import urlencode

import httpx
from tests.products.pics_files import VALID_PICS
from tests.web.site import answer

from plugfest.products.build import assemble
from plugfest.products.pics import parse_pics
from plugfest.web.products.part import ProductsPart
from plugfest.web.products.values import initial
from plugfest.web.runs.store import Runs


class Section:
    """Its pages; `mine` is a file of the user."""

    def __init__(self, data: Path, text: str = VALID_PICS) -> None:
        self.folder = data / "products"
        self.folder.mkdir()
        self.file = self.folder / "mine.toml"
        self.file.write_text(text, encoding="utf-8")
        self.routes = list(ProductsPart(data, Runs(data / "runs")).routes())

    @property
    def text(self) -> str:
        return self.file.read_text(encoding="utf-8")

    def get(self, path: str) -> httpx.Response:
        return answer(self.routes, "GET", path)

    def post(self, path: str, fields: list[tuple[str, str]]) -> httpx.Response:
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        return answer(self.routes, "POST", path, content=urlencode(fields).encode(), headers=headers)

    def send(self, path: str, body: bytes) -> httpx.Response:
        return answer(self.routes, "POST", path, content=body)


def fields_of(text: str, version: str = "", action: str = "save", **changed: str | list[str]) -> list[tuple[str, str]]:
    """What a browser sends for a form of a PICS. In the names of changed fields, _ is - and __ is a dot."""
    source = parse_pics("mine", text.encode())
    product, _ = assemble("mine", source)
    names = {name.replace("__", ".").replace("_", "-"): value for name, value in changed.items()}
    kept = [pair for pair in initial(source.pics, product).pairs() if pair[0] not in names]
    for name, value in names.items():
        kept += [(name, one) for one in ([value] if isinstance(value, str) else value)]
    return [("base", text), ("version", version), ("action", action), *kept]
