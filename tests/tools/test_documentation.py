"""The generated pages of the documentation. `make docs` builds the site, and fails at a broken link."""

import pytest

from tools import documentation

PAGES = dict(documentation.pages())


def test_links_of_a_file_at_the_root_lead_into_the_documentation() -> None:
    text = "[a](docs/glossary.md) [b](docs/adr/) [c](CONTRIBUTING.md) [d](https://example.com/docs/x) [e](#part)"
    assert documentation.from_root(text) == (
        "[a](glossary.md) [b](adr/index.md) [c](contributing.md) [d](https://example.com/docs/x) [e](#part)"
    )


@pytest.mark.parametrize("path", ["index.md", "contributing.md", "changelog.md", "coverage.md"])
def test_a_page_is_generated(path: str) -> None:
    assert PAGES[path].startswith("# ")


def test_every_decision_is_listed() -> None:
    files = {path.name for path in (documentation.ROOT / "docs" / "adr").glob("*.md")}
    assert files == {line.partition("](")[2].rstrip(")") for line in PAGES["adr/index.md"].splitlines() if "](" in line}


def test_the_reference_has_every_package_but_lists_of_cases_and_generated_messages() -> None:
    packages = documentation.packages()
    assert {"plugfest.station", "plugfest.lab", "plugfest.lab.v201.rules", "plugfest.ocpp"} <= packages.keys()
    assert not [name for name in packages if ".cases" in name or name.startswith("plugfest.ocpp.v")]


def test_every_package_says_what_it_is() -> None:
    assert [name for name in documentation.packages() if not documentation.summary(name)] == []
