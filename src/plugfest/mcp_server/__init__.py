"""Plugfest for assistants: tools of the Model Context Protocol. Needs the extra `mcp`."""
