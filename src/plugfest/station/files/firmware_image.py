"""The firmware of our virtual stations as a file: what it is for, which version it is, and the program.

A first line that says what this is, a line of JSON, the program. Who made it is not said here: that is what the
signature over the whole file is for (L01.FR.04).
"""

from hashlib import sha256
from typing import Annotated, Final

import msgspec

_MAGIC: Final = b"Plugfest firmware 1\n"


class InvalidImage(ValueError):
    """Not a whole firmware image; the text says why."""


class Manifest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What stands in an image about its program."""

    vendor: str
    model: str
    version: Annotated[str, msgspec.Meta(min_length=1, max_length=50)]
    """As it is reported: no longer than a BootNotification can hold."""
    sha256: str

    def runs_on(self, vendor: str, model: str) -> bool:
        """Whether the program is for this product."""
        return (self.vendor, self.model) == (vendor, model)


def build_image(vendor: str, model: str, version: str, program: bytes) -> bytes:
    """A firmware image."""
    manifest = Manifest(vendor, model, version, sha256(program).hexdigest())
    return _MAGIC + msgspec.json.encode(manifest) + b"\n" + program


def read_manifest(image: bytes) -> Manifest:
    """Check that an image is whole; what it says of itself. Raises BadImage."""
    if not image.startswith(_MAGIC):
        raise InvalidImage("no firmware of this kind of station")
    text, _, program = image.removeprefix(_MAGIC).partition(b"\n")
    try:
        manifest = msgspec.json.decode(text, type=Manifest)
    except msgspec.MsgspecError as error:
        raise InvalidImage(f"not a manifest: {error}") from None
    if sha256(program).hexdigest() != manifest.sha256:
        raise InvalidImage("the checksum of the program is wrong")
    return manifest
