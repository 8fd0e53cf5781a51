"""Slow lines, slow stations, and other ways to write a timestamp."""

from plugfest.rig.selftest.variants import timestamps
from plugfest.rig.selftest.variants.message_filter import MessageFilter
from plugfest.rig.selftest.variants.slow_answers import slow_to_answer, slow_to_handle
from plugfest.rig.selftest.variants.variant import Variant, permitted_v201

_ANSWERS = "Part 4 section 4.1.4"
_DELAYED = ("Part 6 section 2.1",)
_NO_LIMIT = "no limit is set for the time of a message on its way"

VARIANTS: tuple[Variant, ...] = (
    *(
        permitted_v201(
            f"messages arrive {seconds} s later",
            _ANSWERS,
            _NO_LIMIT,
            filter=MessageFilter(delay=seconds),
            recommendation=_DELAYED,
        )
        for seconds in (1, 2, 3)
    ),
    permitted_v201(
        "requests arrive 3 s later, answers at once",
        _ANSWERS,
        _NO_LIMIT,
        filter=MessageFilter(delay=3, answers_at_once=True),
        recommendation=_DELAYED,
    ),
    *(
        permitted_v201(f"handles requests after {seconds} s", _ANSWERS, _NO_LIMIT, slow_to_handle(seconds))
        for seconds in (0.5, 2, 3)
    ),
    permitted_v201("answers 2 s after it has handled a request", _ANSWERS, _NO_LIMIT, slow_to_answer(2)),
    permitted_v201(
        "timestamps with +02:00",
        "Part 2 section 3.1",
        "RFC 3339 permits any offset",
        filter=MessageFilter(rewrite=timestamps.with_offset(2)),
    ),
    permitted_v201(
        "timestamps with +00:00",
        "Part 2 section 3.1",
        "RFC 3339 permits any offset",
        filter=MessageFilter(rewrite=timestamps.NUMERIC_UTC),
    ),
    permitted_v201(
        "timestamps always with milliseconds",
        "Part 2 section 3.1",
        "up to three decimals are permitted",
        filter=MessageFilter(rewrite=timestamps.WITH_MILLISECONDS),
    ),
    permitted_v201(
        "timestamps in whole seconds",
        "Part 2 section 3.1",
        "decimals are optional",
        filter=MessageFilter(rewrite=timestamps.WHOLE_SECONDS),
    ),
)
