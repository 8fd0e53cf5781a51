"""Processes that share work: the queue of numbers, their messages, and how they end."""

import asyncio
import os
import signal
import time

from plugfest.rig.processes import NumberQueue, Part, Send, forked


def followed(parts: list[Part]) -> list[bytes]:
    """Every message of the processes, until they end."""
    messages: list[bytes] = []

    async def follow_all() -> None:
        await asyncio.gather(*(part.follow(messages.append) for part in parts))

    asyncio.run(follow_all())
    return messages


def test_each_number_is_given_once() -> None:
    queue = NumberQueue(300, 2)
    first, second = queue.numbers(0), queue.numbers(1)
    given = [number for pair in zip(first, second, strict=True) for number in pair]
    assert sorted(given) == list(range(1, 301))
    queue.close()


def test_processes_take_numbers_from_the_ends_and_share_what_is_between_them() -> None:
    queue = NumberQueue(10, 2)
    first, second = queue.numbers(0), queue.numbers(1)
    assert [next(second) for _ in range(2)] == [10, 9]
    assert list(first) == [1, 2, 3, 4, 5, 8, 7, 6]
    assert list(second) == []
    queue.close()


def test_there_may_be_more_processes_than_numbers() -> None:
    queue = NumberQueue(1, 3)
    assert [list(queue.numbers(process)) for process in range(3)] == [[1], [], []]
    queue.close()


def test_processes_share_the_numbers_of_a_queue() -> None:
    queue = NumberQueue(200, 3)

    def work(number: int, send: Send) -> None:
        for one in queue.numbers(number):
            send(b"%d" % one)

    with forked(work, 3) as parts:
        messages = followed(parts)
        assert [part.exit_code for part in parts] == [0, 0, 0]
    assert sorted(map(int, messages)) == list(range(1, 201))
    queue.close()


def test_a_process_that_is_killed_has_sent_what_it_sent_and_its_exit_code_is_the_signal() -> None:
    def work(number: int, send: Send) -> None:
        send(b"%d begins" % number)
        if number == 1:
            os.kill(os.getpid(), signal.SIGKILL)
        send(b"%d ends" % number)

    with forked(work, 2) as parts:
        assert sorted(followed(parts)) == [b"0 begins", b"0 ends", b"1 begins"]
        assert [part.exit_code for part in parts] == [0, -signal.SIGKILL]


def test_at_the_end_of_the_block_the_processes_end() -> None:
    def work(number: int, send: Send) -> None:
        signal.pause()

    with forked(work, 2) as parts:
        assert [part.exit_code for part in parts] == [None, None]
    assert [part.exit_code for part in parts] == [-signal.SIGKILL, -signal.SIGKILL]


def test_a_process_ends_with_its_parent_although_nothing_closes_it() -> None:
    reading, writing = os.pipe()

    def work(number: int, send: Send) -> None:
        os.write(writing, b"%d\n" % os.getpid())
        while True:
            send(b"still here")
            time.sleep(0.01)

    parent = os.fork()
    if parent == 0:
        with forked(work, 2):
            signal.pause()
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as ids:
        assert len([ids.readline() for _ in range(2)]) == 2
        os.kill(parent, signal.SIGKILL)
        os.waitpid(parent, 0)
        assert ids.read() == b""  # both have closed their end of the pipe
