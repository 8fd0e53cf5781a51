"""Arguments of the commands about a virtual station: its product, files in PEM, variables, misbehaviours."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from plugfest.products import Product, ProductError
from plugfest.security.keys import EncryptedKey, PrivateKey, key_from_pem
from plugfest.station.control.virtual_station import load_station_product

if TYPE_CHECKING:
    from plugfest.rig.misbehaviour import Misbehaviours


def virtual_product(name: str) -> Product:
    """A product of the catalog or of a file, of an OCPP version of the station. Raises ClickException."""
    try:
        return load_station_product(name)
    except ProductError as error:
        raise click.ClickException(str(error)) from None


def text_of(path: str) -> str:
    """The text of a file. Raises ClickException."""
    try:
        return Path(path).read_text()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise click.ClickException(f"cannot read {path}: {reason}") from None


def private_key_of(path: str) -> PrivateKey:
    """The private key in a file. Raises ClickException."""
    try:
        return key_from_pem(text_of(path))
    except EncryptedKey:
        raise click.ClickException(f"the key in {path} is encrypted; give it without a pass phrase") from None
    except ValueError as error:
        raise click.ClickException(f"{path} cannot be used as the private key: {error}") from None


def assignments(texts: Iterable[str]) -> Mapping[str, str]:
    """The values of --set by the names of their variables. Raises ClickException."""
    return dict(_assignment(text) for text in texts)


def _assignment(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals:
        raise click.ClickException(f"--set {text}: expected COMPONENT.VARIABLE=VALUE")
    return name, value


def given_misbehaviours(texts: Sequence[str], product: Product, seed: int) -> Misbehaviours | None:
    """The misbehaviours that the user gives; None if there are none. Raises ClickException."""
    if not texts:
        return None
    from plugfest.rig.misbehaviour import MisbehaviourError, parse

    try:
        return parse(texts, product, seed)
    except MisbehaviourError as error:
        raise click.ClickException(f"--misbehave {error}") from None
