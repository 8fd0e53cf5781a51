"""The words of a person at a terminal, as answers."""

from collections.abc import Iterator, Mapping
from typing import Final

from plugfest.rig.operators.instructions import Answer, AnswerKind, Instruction, InstructionKind

COMMAND_WORDS: Final = {
    "skip": AnswerKind.SKIP,
    "redo": AnswerKind.REDO,
    "undo": AnswerKind.REDO,  # "I did the wrong thing": only the case can be taken back
    "pause": AnswerKind.PAUSE,
    "quit": AnswerKind.QUIT,
}

_DONE: Final = dict.fromkeys(("", "done", "ok", "y", "yes"), AnswerKind.DONE)
_CANNOT: Final = dict.fromkeys(("no", "n", "cannot", "fail"), AnswerKind.CANNOT)
_YES: Final = dict.fromkeys(("y", "yes"), AnswerKind.YES)
_NO: Final = dict.fromkeys(("n", "no"), AnswerKind.NO)

WORDS: Final[Mapping[InstructionKind, Mapping[str, AnswerKind]]] = {
    InstructionKind.ACTION: {**_DONE, **_CANNOT, "locked": AnswerKind.LOCKED},
    InstructionKind.QUESTION: {**_YES, **_NO, "cannot": AnswerKind.CANNOT},
    InstructionKind.CHECK: {**_YES, **_NO, "done": AnswerKind.YES},
    InstructionKind.CONFIRMATION: {**_NO, "confirm": AnswerKind.CONFIRMED},
    InstructionKind.PAUSE: {"resume": AnswerKind.RESUME},
}
"""The first word of an answer, by kind of instruction."""

WITH_REASON: Final = {
    InstructionKind.ACTION: frozenset({AnswerKind.CANNOT, AnswerKind.LOCKED}),
    InstructionKind.QUESTION: frozenset({AnswerKind.CANNOT}),
    InstructionKind.CHECK: frozenset[AnswerKind](),
    InstructionKind.CONFIRMATION: frozenset({AnswerKind.NO, AnswerKind.CONFIRMED}),
    InstructionKind.PAUSE: frozenset[AnswerKind](),
}
"""The answers that may be followed by more words."""

HOW_TO_ANSWER: Final = {
    InstructionKind.ACTION: 'Press Enter when done, or type "no" and a reason if it cannot be done.',
    InstructionKind.QUESTION: 'Answer "yes" or "no", or type "cannot" and a reason.',
    InstructionKind.CHECK: 'Answer "yes" or "no".',
    InstructionKind.CONFIRMATION: 'Type "confirm {number}" if so: the case fails. "redo" repeats the case;'
    ' "no" leaves it INCONCLUSIVE.',
    InstructionKind.PAUSE: 'Type "resume" to continue, or "quit".',
}

ALSO: Final = 'Also: "redo" or "undo" (start the case again), "skip" (the case), "pause", "quit", "help".'
"""The commands that a person at a terminal can give at any time."""

HELP: Final = frozenset({"help", "?"})
"""The words after which all words are listed."""

_MEANING: Final = {
    AnswerKind.DONE: "the action is done",
    AnswerKind.CANNOT: "it cannot be done or seen; a reason may follow",
    AnswerKind.LOCKED: "the cable cannot be unplugged because it is locked",
    AnswerKind.YES: "yes",
    AnswerKind.NO: "no",
    AnswerKind.CONFIRMED: "every instruction was followed: the case fails; with the number of the question",
    AnswerKind.RESUME: "the campaign continues",
    AnswerKind.SKIP: "the case becomes INCONCLUSIVE",
    AnswerKind.REDO: "the station is restored, and the case starts again",
    AnswerKind.PAUSE: "the campaign waits; the case starts again afterwards",
    AnswerKind.QUIT: "the campaign ends; --resume continues its run",
}


def how_to_answer(instruction: Instruction) -> str:
    """One line about the answers."""
    locked = ' If it is locked, type "locked".' if instruction.may_be_locked else ""
    return HOW_TO_ANSWER[instruction.kind].format(number=instruction.number) + locked


def help_lines(kind: InstructionKind | None) -> Iterator[str]:
    """All words, a line for each answer. `kind`: of the open instruction, None if there is none."""
    words = {**(WORDS[kind] if kind is not None else {}), **COMMAND_WORDS}
    for answer_kind, meaning in _MEANING.items():
        known = [word or "Enter" for word, meant in words.items() if meant is answer_kind]
        if known:
            yield f"    {', '.join(known)}: {meaning}"


def command(line: str) -> AnswerKind | None:
    """The command that a line is, if it is one."""
    return COMMAND_WORDS.get(line.strip().lower())


def answer(line: str, instruction: Instruction) -> Answer | None:
    """The answer in a line; None if it is not understood."""
    given = command(line)
    if given is not None:
        return Answer(given)
    word, _, rest = line.strip().partition(" ")
    kind = WORDS[instruction.kind].get(word.lower().rstrip(",:;"))
    if kind is AnswerKind.CONFIRMED and rest.strip() != str(instruction.number):
        return None  # more than one key: it blames the station
    if kind is None or (rest.strip() and kind not in WITH_REASON[instruction.kind]):
        return None
    return Answer(kind, rest.strip())
