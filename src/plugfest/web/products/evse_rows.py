"""Adds and removes EVSEs and connectors in the form."""

from typing import Final

from plugfest.web.forms import Form

_NEW: Final = (("current", "AC"), ("phases", "3"))
MOST: Final = 100
"""EVSEs in a form."""


def is_row_action(action: str) -> bool:
    """Whether a button of the form adds or removes a row."""
    return action.startswith(("add-", "remove-"))


def with_row_action(form: Form, action: str) -> Form:
    """The form after a button: add-evse, remove-evse KEY, add-connector KEY, remove-connector KEY CONNECTOR."""
    word, *keys = action.split()
    match word, keys:
        case "add-evse", []:
            return _with_evse(form)
        case "remove-evse", [key]:
            return form.having("evse", [one for one in form.all("evse") if one != key])
        case "add-connector", [key]:
            return _with_connector(form, f"evse{key}")
        case "remove-connector", [key, connector]:
            name = f"evse{key}.connector"
            return form.having(name, [one for one in form.all(name) if one != connector])
    return form


def _with_evse(form: Form) -> Form:
    keys = form.all("evse")
    if len(keys) >= MOST:
        return form
    key = _free(keys)
    form = form.having("evse", [*keys, key])
    for field, value in _NEW:
        form = form.having(f"evse{key}.{field}", [value])
    return _with_connector(form.having(f"evse{key}.connector", []), f"evse{key}")


def _with_connector(form: Form, prefix: str) -> Form:
    keys = form.all(f"{prefix}.connector")
    key = _free(keys)
    form = form.having(f"{prefix}.connector", [*keys, key])
    return form.having(f"{prefix}.{key}.type", ["cType2"]).having(f"{prefix}.{key}.cable", ["Fixed Cable"])


def _free(keys: list[str]) -> str:
    return str(max((int(key) for key in keys if key.isdecimal()), default=-1) + 1)
