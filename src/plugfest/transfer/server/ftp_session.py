"""One client of the FTP server, from greeting to goodbye."""

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

_STANDING: Final = {
    "SYST": "215 UNIX Type: L8",
    "FEAT": "211-Features:\r\n EPSV\r\n SIZE\r\n REST STREAM\r\n AUTH TLS\r\n PBSZ\r\n PROT\r\n UTF8\r\n211 End",
    "NOOP": "200 Here",
    "TYPE": "200 Type set",
    "MODE": "200 Mode set",
    "STRU": "200 Structure set",
    "ALLO": "202 There is room",
    "OPTS": "200 Noted",
    "PBSZ": "200 PBSZ=0",
    "ABOR": "226 Nothing to abort",
}
"""Commands that have the same answer whenever they come."""

_FOR_EVERYBODY: Final = frozenset({"USER", "PASS", "AUTH", "PBSZ", "PROT", "FEAT", "SYST", "NOOP", "OPTS"})

_INSECURE: Final = "534 Use AUTH TLS first"


class FtpSession:
    """Answers commands, one after the other."""

    def __init__(
        self,
        documents: DocumentStore,
        scheme: str,
        tls: ssl.SSLContext | None,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
    ) -> None:
        self._documents = documents
        self._scheme = scheme
        self._tls = tls
        self._reader = reader
        self._writer = writer
        self._data = DataConnection(writer)
        self._user: str | None = None
        self._logged_in = False
        self._folder = "/"
        self._offset = 0
        self._protected = False
        self._commands: dict[str, Callable[[str], Awaitable[str | None]]] = {
            "AUTH": self._auth,
            "PROT": self._prot,
            "USER": self._name,
            "PASS": self._log_in,
            "PWD": self._where,
            "CWD": self._enter,
            "CDUP": self._leave,
            "SIZE": self._tell_size,
            "REST": self._restart,
            "PASV": self._passive,
            "EPSV": self._extended_passive,
            "RETR": self._retrieve,
            "STOR": self._store,
        }

    async def run(self) -> None:
        """Talk until the client says goodbye or leaves. Raises OSError and BreakOff."""
        try:
            await self._say("220 Plugfest")
            while line := await self._reader.readline():
                command, _, argument = line.decode(errors="replace").strip().partition(" ")
                if command.upper() == "QUIT":
                    await self._say("221 Goodbye")
                    return
                answer = await self._answer(command.upper(), argument)
                if answer is not None:
                    await self._say(answer)
        finally:
            await self._data.close()

    async def _answer(self, command: str, argument: str) -> str | None:
        if command not in _FOR_EVERYBODY and not self._logged_in:
            return "530 Log in first"
        if command in _STANDING:
            return _STANDING[command]
        if command in self._commands:
            return await self._commands[command](argument)
        return "502 Not implemented"

    async def _say(self, text: str) -> None:
        self._writer.write(f"{text}\r\n".encode())
        await self._writer.drain()

    # Who is there

    @property
    def _tls_version(self) -> str | None:
        tls = self._writer.get_extra_info("ssl_object")
        return None if tls is None else tls.version()

    async def _auth(self, argument: str) -> str | None:
        if self._tls is None or argument.upper() not in ("TLS", "TLS-C", "SSL"):
            return "504 Not available"
        await self._say("234 Begin")
        await self._writer.start_tls(self._tls)
        return None

    async def _prot(self, argument: str) -> str:
        if self._tls_version is None or argument.upper() not in ("C", "P"):
            return "536 Not available"
        self._protected = argument.upper() == "P"
        return "200 Protection set"

    async def _name(self, argument: str) -> str:
        if self._tls is not None and self._tls_version is None:
            return _INSECURE  # nobody shall send a password in plain text where there is TLS
        self._user, self._logged_in = argument, False
        return "331 And the password?"

    async def _log_in(self, argument: str) -> str:
        self._logged_in = self._user is not None and self._documents.admits(self._user, argument)
        if not self._logged_in:
            self._evidence("PASS", self._folder, upload=False).refuse(Outcome.DENIED)
            return "530 Wrong user or password"
        return "230 Logged in"

    # Where things are

    async def _where(self, _: str) -> str:
        return f'257 "{self._folder}"'

    async def _enter(self, argument: str) -> str:
        folder = absolute(argument, self._folder)
        if folder not in self._documents.folders:
            return _REFUSALS[Outcome.NOT_FOUND]
        self._folder = folder
        return "250 Entered"

    async def _leave(self, _: str) -> str:
        return await self._enter("..")

    async def _tell_size(self, argument: str) -> str:
        data = self._documents.files.get(absolute(argument, self._folder))
        return _REFUSALS[Outcome.NOT_FOUND] if data is None else f"213 {len(data)}"

    # Transfers

    async def _passive(self, _: str) -> str:
        host, port = await self._listen()
        numbers = ",".join([*host.split("."), str(port >> 8), str(port & 255)])
        return f"227 Connect to ({numbers})"

    async def _extended_passive(self, _: str) -> str:
        _, port = await self._listen()
        return f"229 Connect to (|||{port}|)"

    async def _listen(self) -> tuple[str, int]:
        return await self._data.listen(self._tls if self._protected else None)

    async def _restart(self, argument: str) -> str:
        if not argument.isdecimal():
            return "501 Not a number"
        self._offset = int(argument)
        return "350 Restart there"

    async def _retrieve(self, argument: str) -> str:
        offset, self._offset = self._offset, 0
        return await self._transfer("RETR", argument, lambda open_file, streams: _send(open_file, streams, offset))

    async def _store(self, argument: str) -> str:
        offset, self._offset = self._offset, 0
        if offset:
            return "554 Only what is fetched can be restarted"
        return await self._transfer("STOR", argument, _receive)

    async def _transfer(self, command: str, argument: str, work: Callable[[OpenFile, Streams], Awaitable[None]]) -> str:
        if not self._data.is_open:
            return "425 Use EPSV or PASV first"
        try:
            with self._evidence(command, argument, upload=command == "STOR") as open_file:
                refusal = open_file.refusal()
                if refusal is not None:
                    return _REFUSALS[refusal]
                await self._say("150 Here it comes")
                async with self._data.connection() as streams:
                    await work(open_file, streams)
        except OSError:
            return "426 The connection broke off"
        return "226 Done"

    def _evidence(self, command: str, argument: str, *, upload: bool) -> OpenFile:
        access = Access(
            protocol=self._scheme,
            request=f"{command} {argument}",
            path=absolute(argument, self._folder),
            upload=upload,
            user=self._user,
            tls=self._tls_version,
        )
        return self._documents.open(access, self._gone)

    async def _gone(self) -> None:
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
    open_file.keep(open_file.access.path, open_file.received)
