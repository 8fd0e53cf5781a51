"""Slow lines, slow stations, and other ways to write a timestamp."""

from plugfest.rig.selftest.variants import timestamps
from plugfest.rig.selftest.variants.message_filter import MessageFilter
from plugfest.rig.selftest.variants.slow_answers import slow_to_answer, slow_to_handle
from plugfest.rig.selftest.variants.variant import Variant, permitted_v16

_ANSWERS = "1.6J section 4.1.1"
_DELAYED = ("sections 4.2 and 4.6",)
_NO_LIMIT = "no limit is set for the time of a message on its way"

VARIANTS: tuple[Variant, ...] = (
    *(
        permitted_v16(
            f"messages arrive {seconds} s later",
            _ANSWERS,
            _NO_LIMIT,
            filter=MessageFilter(delay=seconds),
            recommendation=_DELAYED,
        )
        for seconds in (1, 2, 3)
    ),
    permitted_v16(
        "requests arrive 3 s later, answers at once",
        _ANSWERS,
        _NO_LIMIT,
        filter=MessageFilter(delay=3, answers_at_once=True),
        recommendation=_DELAYED,
    ),
    *(
        permitted_v16(f"handles requests after {seconds} s", _ANSWERS, _NO_LIMIT, slow_to_handle(seconds))
        for seconds in (0.5, 2, 3)
    ),
    permitted_v16("answers 2 s after it has handled a request", _ANSWERS, _NO_LIMIT, slow_to_answer(2)),
    permitted_v16(
        "timestamps with +02:00",
        "section 3.14",
        "RFC 3339 permits any offset",
        filter=MessageFilter(rewrite=timestamps.with_offset(2)),
    ),
    permitted_v16(
        "timestamps with +00:00",
        "section 3.14",
        "RFC 3339 permits any offset",
        filter=MessageFilter(rewrite=timestamps.NUMERIC_UTC),
    ),
    permitted_v16(
        "timestamps always with milliseconds",
        "section 3.14",
        "up to three decimals are permitted",
        filter=MessageFilter(rewrite=timestamps.WITH_MILLISECONDS),
    ),
    permitted_v16(
        "timestamps in whole seconds",
        "section 3.14",
        "decimals are optional",
        filter=MessageFilter(rewrite=timestamps.WHOLE_SECONDS),
    ),
)
