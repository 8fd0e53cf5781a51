"""`plugfest mcp`: tools for assistants, by the Model Context Protocol."""

import click


@click.command(
    epilog="""\b
Example:
  plugfest mcp
\b
The configuration of an assistant that starts it:
{"mcpServers": {"plugfest": {"command": "plugfest", "args": ["mcp"]}}}"""
)
def command() -> None:
    """Serve tools for assistants on standard input and output (Model Context Protocol).

    With them an assistant starts virtual stations at a CSMS, acts at them, waits for what they do, runs test cases,
    reads findings and looks up requirements. It starts this command itself; the stations end with it.

    Needs the extra `mcp`: pip install 'plugfest[mcp]'.
    """
    try:
        from plugfest.mcp_server.server import make_server
    except ModuleNotFoundError as error:
        if error.name is None or error.name.partition(".")[0] != "mcp":
            raise
        raise click.ClickException("this command needs the extra: pip install 'plugfest[mcp]'") from None
    make_server().run("stdio")
