"""The command `plugfest fleet`."""

import click

from plugfest.cli.calling import executed_by
from plugfest.cli.commands.fleet.options import fleet_options


@click.command(
    epilog="""\b
Examples:
  plugfest fleet 500 --csms ws://localhost:9000 --product chargepoint-ct4000
  plugfest fleet 2000 --csms ws://localhost:9000 --product reference-ac=3 --product reference-dc --profile commute
  plugfest fleet 30000 --csms ws://10.0.0.5:9000 --product reference-ac --source 10.0.0.0/28 --duration '1 h'
  plugfest fleet 100 --csms ws://localhost:9000 --product reference-ac --misbehave 10%:late:rate=0.2
  plugfest fleet 100000 --csms ws://csms:9000 --product reference-ac --ray 192.168.1.10:6379"""
)
@fleet_options
@executed_by("fleet.command")
def command() -> None:
    """Run N charging stations against a CSMS, with live figures.

    Each is a complete station with its device model, meter and state machines. The figures are those of the stations:
    connections, messages, latencies from a request to its answer, errors by reason. They are kept in a folder, with
    plots, also if the fleet is interrupted; `plugfest serve` shows them.

    Exit code 0: at the end every station was connected and accepted. 1: not every one. 2: could not run.
    """
