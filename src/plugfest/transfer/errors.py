"""Why a file transfer failed, the same for all protocols."""

import os
import ssl
from enum import StrEnum
from typing import Final

MAX_DETAIL: Final = 300
"""Characters of a detail: it may contain what a server has sent."""


class TransferFault(StrEnum):
    """What went wrong."""

    ADDRESS = "not a valid file URL"
    UNREACHABLE = "the file server cannot be reached"
    INSECURE = "no secure connection"
    DENIED = "permission denied"
    NOT_FOUND = "no such file"
    NOT_SUPPORTED = "the file server does not support this"
    BAD_MESSAGE = "a protocol error between the station and the file server"
    FAILED = "the file server failed"
    CONNECTION_LOST = "the connection was lost"
    STALLED = "the transfer has stalled"
    TOO_LARGE = "the file is too large"


class TransferFailed(Exception):
    """A file transfer failed: the fault, and details in one line without passwords."""

    def __init__(self, fault: TransferFault, detail: str = "") -> None:
        self.fault = fault
        self.detail = _one_short_line(detail)
        super().__init__(f"{fault}: {self.detail}" if self.detail else str(fault))


def transfer_error(error: OSError) -> TransferFailed:
    """The TransferFailed for an error of the network or of TLS."""
    match error:
        case ssl.SSLCertVerificationError():
            return TransferFailed(TransferFault.INSECURE, f"the certificate is not trusted: {error.verify_message}")
        case ssl.SSLError():
            return TransferFailed(TransferFault.INSECURE, (error.reason or str(error)).lower().replace("_", " "))
        case BrokenPipeError() | ConnectionResetError() | ConnectionAbortedError():
            return TransferFailed(TransferFault.CONNECTION_LOST)
        case _:
            # asyncio has a text of its own in `strerror`; that of a name that does not exist has a negative number.
            number = error.errno or 0
            reason = os.strerror(number) if number > 0 else error.strerror
            return TransferFailed(TransferFault.UNREACHABLE, reason or str(error))


def _one_short_line(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= MAX_DETAIL else f"{line[:MAX_DETAIL]}..."
