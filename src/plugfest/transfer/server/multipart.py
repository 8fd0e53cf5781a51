"""Files in forms, as browsers and stations send them (RFC 7578). Pure."""

from email.message import Message
from email.parser import BytesHeaderParser
from pathlib import PurePosixPath


def file_in_form(content_type: str, body: bytes) -> tuple[str, bytes] | None:
    """The first file in a form: its name and its content."""
    boundary = _message("Content-Type", content_type).get_boundary()
    if boundary is None:
        return None
    for part in (b"\r\n" + body).split(f"\r\n--{boundary}".encode())[1:-1]:
        head, _, content = part.partition(b"\r\n\r\n")
        disposition = BytesHeaderParser().parsebytes(head.lstrip())["Content-Disposition"]
        name = file_name(disposition or "")
        if name is not None:
            return name, content
    return None


def file_name(disposition: str) -> str | None:
    """The name in a Content-Disposition, without folders that somebody may have put before it."""
    name = _message("Content-Disposition", disposition).get_filename()
    return (PurePosixPath(name.replace("\\", "/")).name or None) if name else None


def _message(header: str, value: str) -> Message:
    message = Message()
    message[header] = value
    return message
