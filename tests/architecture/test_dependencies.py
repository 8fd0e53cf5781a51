"""What Plugfest imports is what pyproject.toml declares."""

import re
import sys
import tomllib
from functools import cache
from typing import Any

from tests.architecture.source import ROOT, TESTS, files, imports, parsed

DEVELOPMENT = "dev"


@cache
def project() -> dict[str, Any]:
    return tomllib.loads((TESTS.parent / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def module_name(requirement: str) -> str:
    """The top module of a distribution: the names are equal but for hyphens and case."""
    return re.split(r"[<>=!~;\[ ]", requirement)[0].replace("-", "_").lower()


def declared() -> set[str]:
    """What is installed for users: the dependencies and those of the extras, without what only development needs."""
    extras = project()["optional-dependencies"]
    needed = [one for extra, requirements in extras.items() if extra != DEVELOPMENT for one in requirements]
    return {module_name(one) for one in (*project()["dependencies"], *needed)}


def imported() -> dict[str, str]:
    """The packages of others that our code imports, each with a place."""
    own = {"plugfest", "__future__", *sys.stdlib_module_names}
    names = ((name.split(".")[0].lower(), path) for path in files(ROOT) for _, name in imports(parsed(path)))
    return {name: str(path.relative_to(ROOT)) for name, path in names if name not in own}


PARTS_OF_INTERFACES = {"markupsafe", "asn1crypto", "pyhanko_certvalidator"}
"""Packages whose types belong to the interface of a declared one: Jinja2, pyHanko."""

LOADED_BY = {"pytest"}
"""Programs that load a module of ours, and so exist where it runs: the plugin for pytest."""


def test_only_declared_packages_are_imported() -> None:
    allowed = declared() | PARTS_OF_INTERFACES | LOADED_BY
    assert {name: place for name, place in imported().items() if name not in allowed} == {}


def test_the_package_ocpp_is_needed_for_development_only() -> None:
    assert "ocpp" not in declared() | set(imported())
    assert "ocpp" in {module_name(one) for one in project()["optional-dependencies"][DEVELOPMENT]}
