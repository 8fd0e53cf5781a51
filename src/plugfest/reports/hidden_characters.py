"""Characters that nobody would see, made visible: [U+202E] stands for one.

Names and frames come from elsewhere: a character that turns the line around must not turn what a report says. A PDF
that is to be archived or read aloud (PDF/A, PDF/UA) must not contain what nobody sees, and what a station sends
can be anything. So control, format and private characters are named, and so is what no font at hand has.
"""

import re
import unicodedata
from typing import Final

_ESCAPE: Final = re.compile(r"\\(?:u00([01][0-9a-f])|([bf])|.)")
_SHORT: Final = {"b": "08", "f": "0c"}
_SEEN: Final = frozenset("\n\r\t")


def visible(text: str) -> str:
    """The text with every hidden character in it named."""
    return text if text.isprintable() else "".join(_name(ord(one)) if _hidden(one) else one for one in text)


def strange(json_text: str) -> str:
    """Each character, once, of which it has to be found out whether a font has it: beyond ASCII, and not hidden."""
    return "".join(sorted({one for one in set(json_text) if not one.isascii() and not _hidden(one)}))


def without(json_text: str, missing: str) -> str:
    """The same JSON with every hidden character in its strings named, and every one that is missing."""
    unseen = {one for one in set(json_text) if _hidden(one)} | set(missing)
    return _ESCAPE.sub(_control, json_text).translate({ord(one): _name(ord(one)) for one in unseen})


def _hidden(character: str) -> bool:
    return unicodedata.category(character).startswith("C") and character not in _SEEN


def _control(escape: re.Match[str]) -> str:
    """JSON writes the control characters of ASCII as escapes, of which those for line feed and the like stay."""
    code = escape[1] or _SHORT.get(escape[2] or "")
    return escape[0] if code is None else _name(int(code, 16))


def _name(code: int) -> str:
    return f"[U+{code:04X}]"
