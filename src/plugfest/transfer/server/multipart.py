"""Files in multipart form data (RFC 7578)."""

from email.message import Message
from email.parser import BytesHeaderParser
from pathlib import PurePosixPath


def file_in_form(content_type: str, body: bytes) -> tuple[str, bytes] | None:
    """The name and the content of the first file in a form; None if there is none."""
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
    """The file name in a Content-Disposition header, without folders; None if there is none."""
    given = _message("Content-Disposition", disposition).get_filename() or ""
    name = PurePosixPath(given.replace("\\", "/")).name
    return None if name in ("", "..") else name


def _message(header: str, value: str) -> Message:
    message = Message()
    message[header] = value
    return message
