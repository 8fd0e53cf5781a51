"""The address of an HTTP server that an option names."""

import socket
from typing import Final

import click

LOOPBACK: Final = "127.0.0.1"


def address(option: str, text: str) -> tuple[str, int]:
    """Host and port in the value of an option, [HOST:]PORT. Raises ClickException."""
    host, _, port = text.rpartition(":")
    if not port.isdecimal() or not port.isascii() or int(port) > 65535:
        raise click.ClickException(f"{option} {text}: expected [HOST:]PORT")
    return host.removeprefix("[").removesuffix("]") or LOOPBACK, int(port)


def authority(listening: socket.socket) -> str:
    """The address of a socket as in a URL."""
    host, port = listening.getsockname()[:2]
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
