"""Replaces characters that cannot be seen by their names: [U+202E].

Names and frames come from elsewhere and may contain any character, for example one that reverses the direction of the
line. PDF/A and PDF/UA forbid characters without a glyph. So control, format and private-use characters are named, and
other line ends than ASCII has; in a PDF also those that no font has.
"""

import re
import unicodedata
from typing import Final

_ESCAPE: Final = re.compile(r"\\(?:u00([01][0-9a-f])|([bf])|.)")
_SHORT_ESCAPES: Final = {"b": "08", "f": "0c"}
_LAYOUT: Final = frozenset("\n\r\t")
_WITHOUT_LAYOUT: Final = str.maketrans(dict.fromkeys(_LAYOUT, ""))
_LINE_ENDS: Final = frozenset({"Zl", "Zp"})


def name_hidden(text: str) -> str:
    """The text with its hidden characters named."""
    if text.translate(_WITHOUT_LAYOUT).isprintable():  # nearly every text: no look at each character
        return text
    return "".join(_name(ord(one)) if _is_hidden(one) else one for one in text)


def font_dependent(json_text: str) -> str:
    """The different characters that a font may lack: not ASCII, and not hidden."""
    return "".join(sorted({one for one in set(json_text) if not one.isascii() and not _is_hidden(one)}))


def name_missing(json_text: str, missing: str) -> str:
    """The JSON text with the hidden characters in its strings named, and those in `missing`."""
    named = {one for one in set(json_text) if _is_hidden(one)} | set(missing)
    return _ESCAPE.sub(_name_control, json_text).translate({ord(one): _name(ord(one)) for one in named})


def _is_hidden(character: str) -> bool:
    category = unicodedata.category(character)
    return (category.startswith("C") or category in _LINE_ENDS) and character not in _LAYOUT


def _name_control(escape: re.Match[str]) -> str:
    """The name of an ASCII control character that JSON writes as an escape; other escapes stay."""
    code = escape[1] or _SHORT_ESCAPES.get(escape[2] or "")
    return escape[0] if code is None else _name(int(code, 16))


def _name(code: int) -> str:
    return f"[U+{code:04X}]"
