"""An HTTP server with the files that a station downloads, and those that it uploads."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from plugfest.link.server import bind


class FileServer:
    """`downloads` and `uploads` by the path of the URL."""

    def __init__(self) -> None:
        self.downloads: dict[str, bytes] = {}
        self.uploads: dict[str, bytes] = {}
        self.url = ""

    @contextlib.asynccontextmanager
    async def listening(self) -> AsyncIterator["FileServer"]:
        """Listen on a free port during the block."""
        methods = ["GET", "PUT", "POST"]
        application = Starlette(routes=[Route("/{path:path}", self._respond, methods=methods)])
        server = uvicorn.Server(uvicorn.Config(application, log_level="critical", lifespan="off"))
        listening = bind("127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        serving = asyncio.create_task(server._serve([listening]))
        try:
            yield self
        finally:
            server.should_exit = True
            await serving

    async def _respond(self, request: Request) -> Response:
        path = request.path_params["path"]
        if request.method == "GET":
            found = self.downloads.get(path)
            return Response(status_code=404) if found is None else Response(found)
        self.uploads[path] = await request.body()
        return Response(status_code=201)
