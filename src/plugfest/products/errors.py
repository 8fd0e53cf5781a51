"""What is wrong with a product's file, in one line."""

from __future__ import annotations


class ProductError(Exception):
    """A product that cannot be used: the file, the key in it, what is wrong there and what would be right."""

    def __init__(self, file: str, key: str, wrong: str, right: str) -> None:
        place = f"{file}: {key}" if key else file
        super().__init__(f"{place}: {wrong}; {right}")
        self.file = file
        self.key = key
        self.wrong = wrong
        self.right = right
