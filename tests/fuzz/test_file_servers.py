"""Mutated answers of file servers: a transfer succeeds, or fails with its reason in one line."""

from collections.abc import Sequence
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.fuzz.effort import FACTOR, fuzzed, inputs
from tests.transfer.file_servers import HOST, download, upload
from tests.transfer.hostile_server import answering

from plugfest.clock import run_simulated
from plugfest.transfer.errors import TransferFailed

INPUTS = 15
PIECES = (b"", b"\r\n", b"\n", b" ", b"-", b"\x00", b"\xff\xfe", b"9" * 400, b"A" * 9000, b"BYTES", b"PORT", b"150 ")

CONVERSATIONS = {
    "http": (
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Type: text/plain\r\nConnection: close\r\n\r\nimage",
        b"HTTP/1.1 302 Found\r\nLocation: /other\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nimage\r\n0\r\n\r\n",
    ),
    "ftp": (
        b"220 ready\r\n",
        b"331 password\r\n",
        b"230 in\r\n",
        b"200 ok\r\n",
        b"229 Extended (|||PORT|)\r\n",
        b"150 data\r\n226 done\r\n",
        b"227 passive (127,0,0,1,BYTES)\r\n",
        b"226 done\r\n",
    ),
    "sftp": (b"SSH-2.0-OpenSSH_9.6\r\n", b"\x00\x00\x01\x0c\x0a\x14" + bytes(262)),
}
"""What a server sends, an answer after each line of the client."""


def mutated(answers: Sequence[bytes], random: Random) -> list[bytes]:
    """The answers with one to four changes: bytes, pieces, omissions, repetitions, another order."""
    found = list(answers)
    if random.random() < 0.3:
        random.shuffle(found)
    for _ in range(random.randint(1, 4)):
        index = random.randrange(len(found))
        text = found[index]
        begin = random.randint(0, len(text))
        end = min(len(text), begin + random.choice((0, 0, 1, 5, 100)))
        found[index] = text[:begin] + random.choice(PIECES) + text[end:]
        if random.random() < 0.2:
            found.insert(index, random.choice(found))
    return found


@pytest.mark.parametrize("scheme", CONVERSATIONS)
@fuzzed(INPUTS)
@given(seed=st.integers(0, 2**32 if FACTOR > 1 else 1000), uploads=st.booleans())
def test_a_mutated_answer_is_a_transfer_or_its_failure(scheme: str, seed: int, uploads: bool) -> None:
    answers = mutated(CONVERSATIONS[scheme], Random(seed))
    inputs[f"answers of {scheme.upper()} servers"] += 1

    async def scenario() -> str | None:
        """Why the transfer failed; None if it did not."""
        async with answering(answers, data=b"image") as port:
            url = f"{scheme}://user:password@{HOST}:{port}/x"
            try:
                await (upload(url, b"log") if uploads else download(url, max_size=100_000))
            except TransferFailed as error:
                return str(error)
        return None

    reason = run_simulated(scenario())
    assert reason is None or (0 < len(reason) < 500 and "\n" not in reason and "password@" not in reason)
