"""Why a file was not transferred, whatever the protocol calls it."""

import ssl
from enum import StrEnum


class Fault(StrEnum):
    """What went wrong."""

    ADDRESS = "not the address of a file"
    UNREACHABLE = "the file server cannot be reached"
    INSECURE = "no secure connection"
    DENIED = "permission denied"
    NOT_FOUND = "no such file"
    NOT_SUPPORTED = "the file server does not support this"
    BAD_MESSAGE = "the file server and the station do not understand each other"
    FAILED = "the file server failed"
    BROKEN_OFF = "the connection broke off"
    STALLED = "nothing moves any more"
    TOO_LARGE = "the file is too large"


class TransferFailed(Exception):
    """A file was not transferred: why, and more in one line that holds no password."""

    def __init__(self, fault: Fault, detail: str = "") -> None:
        super().__init__(f"{fault}: {detail}" if detail else str(fault))
        self.fault = fault
        self.detail = detail


def failure_of(error: OSError) -> TransferFailed:
    """What an error of the network or of TLS means."""
    match error:
        case ssl.SSLCertVerificationError():
            return TransferFailed(Fault.INSECURE, f"the certificate is not trusted: {error.verify_message}")
        case ssl.SSLError():
            return TransferFailed(Fault.INSECURE, (error.reason or str(error)).lower().replace("_", " "))
        case BrokenPipeError() | ConnectionResetError() | ConnectionAbortedError():
            return TransferFailed(Fault.BROKEN_OFF)
        case _:
            return TransferFailed(Fault.UNREACHABLE, error.strerror or str(error))
