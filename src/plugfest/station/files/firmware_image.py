"""The firmware image of a virtual station.

The file consists of a line that identifies the format, a manifest (one line of JSON), and the program. It is signed as
a whole (L01.FR.04); the signature is not part of it.
"""

from hashlib import sha256
from typing import Annotated, Final

import msgspec

_MAGIC: Final = b"Plugfest firmware 1\n"

MAX_VERSION_LENGTH: Final = 50
"""At most what fits into a BootNotification."""


class InvalidImage(ValueError):
    """Not a complete firmware image; the text is the reason."""


class Manifest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The product, version and checksum of the program."""

    vendor: str
    model: str
    version: Annotated[str, msgspec.Meta(min_length=1, max_length=MAX_VERSION_LENGTH)]
    sha256: str

    def fits(self, vendor: str, model: str) -> bool:
        """Whether the program is made for this product."""
        return (self.vendor, self.model) == (vendor, model)


def build_image(vendor: str, model: str, version: str, program: bytes) -> bytes:
    """A firmware image."""
    manifest = Manifest(vendor, model, version, sha256(program).hexdigest())
    return _MAGIC + msgspec.json.encode(manifest) + b"\n" + program


def read_manifest(image: bytes) -> Manifest:
    """Check that an image is complete, and return its manifest. Raises InvalidImage."""
    if not image.startswith(_MAGIC):
        raise InvalidImage("not firmware for this type of station")
    text, _, program = image.removeprefix(_MAGIC).partition(b"\n")
    try:
        manifest = msgspec.json.decode(text, type=Manifest)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise InvalidImage(f"invalid manifest: {error}") from None
    if sha256(program).hexdigest() != manifest.sha256:
        raise InvalidImage("the checksum of the program does not match")
    return manifest
