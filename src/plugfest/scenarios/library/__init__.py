"""The scenarios that come with Plugfest, each a TOML file."""

from functools import cache
from importlib import resources


@cache
def names() -> tuple[str, ...]:
    """The names of the scenarios, sorted."""
    found = resources.files(__package__).iterdir()
    return tuple(sorted(each.name.removesuffix(".toml") for each in found if each.name.endswith(".toml")))


def text(name: str) -> bytes:
    """The file of a scenario. Raises FileNotFoundError."""
    return resources.files(__package__).joinpath(f"{name}.toml").read_bytes()
