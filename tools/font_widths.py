"""Writes `reports/drawings/font_widths.py`: the widths of characters in DejaVu Sans, which is wider than most fonts.

    python -m tools.font_widths /usr/share/fonts/truetype/dejavu

Widths are facts about the font; no part of the font itself is copied.
"""

import struct
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

RANGES: Final = ((0x20, 0x7F), (0xA0, 0x180), (0x370, 0x3CF), (0x400, 0x460), (0x2010, 0x2027), (0x2190, 0x2194))
"""ASCII, Latin, Greek, Cyrillic, punctuation and arrows."""

FACES: Final = {"REGULAR": "DejaVuSans.ttf", "BOLD": "DejaVuSans-Bold.ttf"}
TARGET: Final = Path("src/plugfest/reports/drawings/font_widths.py")
HEADER: Final = '''"""The widths of characters in DejaVu Sans. Written by `python -m tools.font_widths`; do not edit."""

from typing import Final

RANGES: Final = {ranges}
"""The code points in the tables: the first of each range, and the one after its last."""

'''


def advance_widths(font: bytes) -> dict[int, int]:
    """The width of each character of a TrueType font by its code point, in thousandths of the font size."""
    tables = _tables(font)
    (units_per_em,) = struct.unpack_from(">H", font, tables["head"] + 18)
    (metrics,) = struct.unpack_from(">H", font, tables["hhea"] + 34)

    def advance(index: int) -> int:
        (units,) = struct.unpack_from(">H", font, tables["hmtx"] + 4 * min(index, metrics - 1))
        return int(1000 * units / units_per_em + 0.5)

    return {code: advance(index) for code, index in _indexes(font, tables["cmap"]).items()}


def _tables(font: bytes) -> Mapping[str, int]:
    """The offset of each table by its name."""
    (count,) = struct.unpack_from(">H", font, 4)
    records = (struct.unpack_from(">4sLLL", font, 12 + 16 * index) for index in range(count))
    return {tag.decode(): offset for tag, _, offset, _ in records}


def _indexes(font: bytes, cmap: int) -> dict[int, int]:
    """The index of each character in the font, for those of the Basic Multilingual Plane: the subtable of format 4."""
    (count,) = struct.unpack_from(">H", font, cmap + 2)
    offsets = (cmap + struct.unpack_from(">HHL", font, cmap + 4 + 8 * index)[2] for index in range(count))
    start = next(offset for offset in offsets if struct.unpack_from(">H", font, offset) == (4,))
    (twice,) = struct.unpack_from(">H", font, start + 6)
    segments = twice // 2

    def column(number: int, padding: int = 0) -> tuple[int, ...]:
        return struct.unpack_from(f">{segments}H", font, start + 14 + number * twice + padding)

    found = {}
    for segment, (end, begin, delta, offset) in enumerate(
        zip(column(0), column(1, 2), column(2, 2), column(3, 2), strict=True)
    ):
        for code in range(begin, end + 1):
            index = code
            if offset:
                place = start + 16 + 3 * twice + 2 * segment + offset + 2 * (code - begin)
                (index,) = struct.unpack_from(">H", font, place)
            found[code] = (index + delta) & 0xFFFF
    return found


def _rows(numbers: list[str]) -> list[list[str]]:
    return [numbers[start : start + 24] for start in range(0, len(numbers), 24)]


def main(folder: Path) -> None:
    """Write the tables of both faces."""
    text = HEADER.format(ranges=", ".join(f"(0x{begin:X}, 0x{end:X})" for begin, end in RANGES).join("()"))
    for name, file in FACES.items():
        widths = advance_widths((folder / file).read_bytes())
        numbers = [str(widths.get(code, 0)) for begin, end in RANGES for code in range(begin, end)]
        lines = "".join(f"    {' '.join(some)}\n" for some in _rows(numbers))
        text += f'{name}: Final = """\n{lines}"""\n\n'
    TARGET.write_text(text.rstrip("\n") + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
