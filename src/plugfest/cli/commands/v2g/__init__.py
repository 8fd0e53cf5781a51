"""`plugfest v2g`: certificates of ISO 15118."""

from plugfest.cli.commands.v2g.command import command

__all__ = ["command"]
