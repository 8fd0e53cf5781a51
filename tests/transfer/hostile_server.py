"""A TCP server that sends whatever a test wants."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager

from tests.transfer.file_servers import HOST

Handle = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def tcp_server(handle: Handle) -> AsyncIterator[int]:
    """A server with this handler of connections. Returns its port."""
    tasks: set[asyncio.Task[None]] = set()

    async def run(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        tasks.add(task)
        try:
            await handle(reader, writer)
            writer.close()
            await writer.wait_closed()
        except (OSError, ValueError, asyncio.CancelledError):  # the client disconnects, or sends an endless line
            writer.transport.abort()

    server = await asyncio.start_server(run, HOST, 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        await asyncio.sleep(0.01)  # in simulated time: until the last connection was accepted
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks)
        await server.wait_closed()


@asynccontextmanager
async def answering(answers: Sequence[bytes], *, data: bytes = b"") -> AsyncIterator[int]:
    """A server that greets with the first answer, and answers each line with the next. Returns its port.

    BYTES in an answer are those of the port of a data connection of FTP, which sends `data`; PORT is its number.
    """

    async def send_data(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(data)
        await writer.drain()

    async with AsyncExitStack() as stack:
        data_port = await stack.enter_async_context(tcp_server(send_data))
        in_bytes = "{},{}".format(*divmod(data_port, 256)).encode()

        async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            for each in answers:
                writer.write(each.replace(b"BYTES", in_bytes).replace(b"PORT", str(data_port).encode()))
                await writer.drain()
                await reader.readline()

        yield await stack.enter_async_context(tcp_server(answer))
