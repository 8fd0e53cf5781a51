"""The page embeds no font: its style sheets name fonts of common systems for every script that the PDF shows too."""

import re
from importlib.resources import files

import pytest

PAGES = ("reports/formats/template/report.css", "web/static/style.css")
GENERIC = {"sans": "sans-serif", "serif": "serif", "mono": "monospace"}


@pytest.mark.parametrize("path", PAGES)
def test_each_list_of_fonts_has_one_for_chinese_and_ends_with_a_generic_one(path: str) -> None:
    css = (files("plugfest") / path).read_text(encoding="utf-8")
    lists = dict(re.findall(r"--(sans|serif|mono): ([^;]+);", css))
    assert {"sans", "mono"} <= lists.keys()
    for name, fonts in lists.items():
        listed = [font.strip().strip('"') for font in fonts.split(",")]
        assert listed[-1] == GENERIC[name]
        assert any(font.endswith(" SC") for font in listed)
    assert "@font-face" not in css
