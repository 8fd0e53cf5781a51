"""Reading a file that grows."""

import os
from pathlib import Path

from plugfest.runs.watching import Line, LineReader


def test_each_line_is_read_once_and_only_when_it_is_complete(tmp_path: Path) -> None:
    file = tmp_path / "sitting-1.jsonl"
    reader = LineReader(file)
    assert reader.new_lines() == []
    file.write_bytes(b"first\nsec")
    assert reader.new_lines() == [Line(0, b"first")]
    assert reader.new_lines() == []
    file.write_bytes(b"first\nsecond\nthird\n")
    assert reader.new_lines() == [Line(6, b"second"), Line(13, b"third")]


def test_a_large_file_is_read_in_pieces(tmp_path: Path) -> None:
    file = tmp_path / "sitting-1.jsonl"
    file.write_bytes(b"12345\n12345\n12345\n")
    reader = LineReader(file, chunk=8)
    assert [len(reader.new_lines()) for _ in range(4)] == [1, 1, 1, 0]


def test_a_line_longer_than_a_piece_is_one_line(tmp_path: Path) -> None:
    file = tmp_path / "sitting-1.jsonl"
    file.write_bytes(b"x" * 30 + b"\nnext\n")
    reader = LineReader(file, chunk=8)
    assert reader.new_lines() + reader.new_lines() == [Line(0, b"x" * 30), Line(31, b"next")]


def test_a_line_that_is_too_long_is_left_out_and_the_next_one_is_read(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_bytes(b"first\n" + b"x" * 95 + b"\nlast\n")
    reader, texts = LineReader(file, chunk=10, longest=20), list[bytes]()
    while lines := reader.new_lines():
        texts += [line.text for line in lines]
    assert texts[0] == b"first"
    assert texts[-1] == b"last"
    assert max(map(len, texts)) < 30


def test_only_a_file_is_read(tmp_path: Path) -> None:
    """A pipe would be waited for, and a device may never end."""
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "device").symlink_to("/dev/zero")
    for name in ("pipe", "device", "missing"):
        assert LineReader(tmp_path / name).new_lines() == []
