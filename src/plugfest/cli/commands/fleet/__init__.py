"""`plugfest fleet`: many stations at one CSMS."""

from plugfest.cli.commands.fleet.command import command

__all__ = ["command"]
