"""The Jinja2 environment of every HTML page: texts are escaped, and hidden characters in them are named."""

import jinja2

from plugfest.reports.hidden_characters import name_hidden


def html_environment(package: str, folder: str) -> jinja2.Environment:
    """The templates in a folder of a package."""
    return jinja2.Environment(
        loader=jinja2.PackageLoader(package, folder),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        finalize=_finalized,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _finalized(value: object) -> object:
    """A value as the page shows it; Markup is left as it is."""
    return name_hidden(value) if type(value) is str else value
