"""The control connection of one FTP client."""

import asyncio
import ssl
from collections.abc import Awaitable, Callable
from typing import Final

from plugfest.transfer.server.document_store import Access, DocumentStore, OpenFile, Outcome, absolute
from plugfest.transfer.server.ftp_data_connection import DataConnection, Streams

_BLOCK: Final = 64 * 1024

_REFUSALS: Final = {
    Outcome.DENIED: "550 Permission denied",
    Outcome.NOT_FOUND: "550 No such file or folder",
    Outcome.FAILED: "451 Local error",
}

_FIXED_REPLIES: Final = {
    "SYST": "215 UNIX Type: L8",
    "FEAT": "211-Features:\r\n EPSV\r\n SIZE\r\n REST STREAM\r\n AUTH TLS\r\n PBSZ\r\n PROT\r\n UTF8\r\n211 End",
    "NOOP": "200 OK",
    "TYPE": "200 Type set",
    "MODE": "200 Mode set",
    "STRU": "200 Structure set",
    "ALLO": "202 No storage allocation necessary",
    "OPTS": "200 OK",
    "PBSZ": "200 PBSZ=0",
    "ABOR": "226 Nothing to abort",
}
"""Commands that always have the same reply."""

_WITHOUT_LOGIN: Final = frozenset({"USER", "PASS", "AUTH", "PBSZ", "PROT", "FEAT", "SYST", "NOOP", "OPTS"})

_INSECURE: Final = "534 Use AUTH TLS first"


class FtpSession:
    """Handles the commands, one at a time."""

    def __init__(
        self,
        documents: DocumentStore,
        scheme: str,
        tls: ssl.SSLContext | None,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        on_login: Callable[[], None],
    ) -> None:
        self._documents = documents
        self._scheme = scheme
        self._tls = tls
        self._reader = reader
        self._writer = writer
        self._on_login = on_login
        self._data = DataConnection(writer)
        self._user: str | None = None
        self._logged_in = False
        self._folder = "/"
        self._offset = 0
        self._protected = False
        self._commands: dict[str, Callable[[str], Awaitable[str | None]]] = {
            "AUTH": self._auth,
            "PROT": self._prot,
            "USER": self._user_name,
            "PASS": self._log_in,
            "PWD": self._print_folder,
            "CWD": self._change_folder,
            "CDUP": self._parent_folder,
            "SIZE": self._file_size,
            "REST": self._restart,
            "PASV": self._passive,
            "EPSV": self._extended_passive,
            "RETR": self._retrieve,
            "STOR": self._store,
        }

    async def run(self) -> None:
        """Serve until the client quits or disconnects. Raises OSError and DropConnection."""
        try:
            await self._reply("220 Plugfest")
            while line := await self._line():
                command, _, argument = line.decode(errors="replace").strip().partition(" ")
                if command.upper() == "QUIT":
                    await self._reply("221 Goodbye")
                    return
                answer = await self._answer(command.upper(), argument)
                if answer is not None:
                    await self._reply(answer)
        finally:
            await self._data.close()

    async def _line(self) -> bytes:
        """The next line; empty if the client has disconnected, or is disconnected because its line does not end."""
        try:
            return await self._reader.readline()
        except ValueError:  # longer than the buffer of the reader
            await self._reply("500 Line too long")
            return b""

    async def _answer(self, command: str, argument: str) -> str | None:
        if command not in _WITHOUT_LOGIN and not self._logged_in:
            return "530 Log in first"
        if command in _FIXED_REPLIES:
            return _FIXED_REPLIES[command]
        if command in self._commands:
            return await self._commands[command](argument)
        return "502 Not implemented"

    async def _reply(self, text: str) -> None:
        self._writer.write(f"{text}\r\n".encode())
        await self._writer.drain()

    # Login

    @property
    def _tls_version(self) -> str | None:
        tls = self._writer.get_extra_info("ssl_object")
        return None if tls is None else tls.version()

    async def _auth(self, argument: str) -> str | None:
        if self._tls is None or argument.upper() not in ("TLS", "TLS-C", "SSL"):
            return "504 Not available"
        await self._reply("234 Proceed with negotiation")
        await self._writer.start_tls(self._tls)
        return None

    async def _prot(self, argument: str) -> str:
        if self._tls_version is None or argument.upper() not in ("C", "P"):
            return "536 Not available"
        self._protected = argument.upper() == "P"
        return "200 Protection set"

    async def _user_name(self, argument: str) -> str:
        if self._tls is not None and self._tls_version is None:
            return _INSECURE  # no password in plain text if TLS is available
        self._user, self._logged_in = argument, False
        return "331 Password required"

    async def _log_in(self, argument: str) -> str:
        self._logged_in = self._user is not None and self._documents.accepts_credentials(self._user, argument)
        if not self._logged_in:
            self._open_file("PASS", self._folder, upload=False).refuse(Outcome.DENIED)
            return "530 Wrong user or password"
        self._on_login()
        return "230 Logged in"

    # Folders

    async def _print_folder(self, _: str) -> str:
        return f'257 "{self._folder}"'

    async def _change_folder(self, argument: str) -> str:
        folder = absolute(argument, self._folder)
        if folder not in self._documents.folders:
            return _REFUSALS[Outcome.NOT_FOUND]
        self._folder = folder
        return "250 Folder changed"

    async def _parent_folder(self, _: str) -> str:
        return await self._change_folder("..")

    async def _file_size(self, argument: str) -> str:
        data = self._documents.files.get(absolute(argument, self._folder))
        return _REFUSALS[Outcome.NOT_FOUND] if data is None else f"213 {len(data)}"

    # Transfers

    async def _passive(self, _: str) -> str:
        host, port = await self._listen()
        numbers = ",".join([*host.split("."), str(port >> 8), str(port & 255)])
        return f"227 Entering Passive Mode ({numbers})"

    async def _extended_passive(self, _: str) -> str:
        _, port = await self._listen()
        return f"229 Entering Extended Passive Mode (|||{port}|)"

    async def _listen(self) -> tuple[str, int]:
        return await self._data.listen(self._tls if self._protected else None)

    async def _restart(self, argument: str) -> str:
        if not argument.isdecimal():
            return "501 Not a number"
        self._offset = int(argument)
        return "350 Restart position accepted"

    async def _retrieve(self, argument: str) -> str:
        offset, self._offset = self._offset, 0
        return await self._transfer("RETR", argument, lambda open_file, streams: _send(open_file, streams, offset))

    async def _store(self, argument: str) -> str:
        offset, self._offset = self._offset, 0
        if offset:
            return "554 REST is supported for RETR only"
        return await self._transfer("STOR", argument, _receive)

    async def _transfer(
        self, command: str, argument: str, handle: Callable[[OpenFile, Streams], Awaitable[None]]
    ) -> str:
        if not self._data.is_open:
            return "425 Use EPSV or PASV first"
        try:
            with self._open_file(command, argument, upload=command == "STOR") as open_file:
                refusal = open_file.refusal()
                if refusal is not None:
                    return _REFUSALS[refusal]
                await self._reply("150 Opening data connection")
                async with self._data.connection() as streams:
                    await handle(open_file, streams)
        except OSError:
            return "426 Connection closed, transfer aborted"
        return "226 Transfer complete"

    def _open_file(self, command: str, argument: str, *, upload: bool) -> OpenFile:
        access = Access(
            protocol=self._scheme,
            request=f"{command} {argument}",
            path=absolute(argument, self._folder),
            upload=upload,
            user=self._user,
            tls=self._tls_version,
        )
        return self._documents.open(access, self._disconnected)

    async def _disconnected(self) -> None:
        while await self._reader.read(_BLOCK):
            pass


async def _send(open_file: OpenFile, streams: Streams, offset: int) -> None:
    _, writer = streams
    async for block in open_file.read(offset):
        writer.write(block)
        await writer.drain()


async def _receive(open_file: OpenFile, streams: Streams) -> None:
    reader, _ = streams
    while data := await reader.read(_BLOCK):
        await open_file.write(data)
    open_file.store(open_file.access.path, open_file.received)
