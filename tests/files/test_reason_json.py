"""Is a reason written so that programs can rely on it?"""

import json
from collections.abc import Iterator

import pytest

from routing.amqp.topology import Binding, Message
from routing.amqp.values import Typed, Value
from routing.amqp.versions import NEWEST
from routing.files.reason_json import reason_as_json
from routing.rules import reasons
from routing.rules.reasons import Criterion, Reason
from routing.rules.why import explain


def kinds(base: type[Reason | Criterion]) -> Iterator[type[Reason | Criterion]]:
    """List the kinds of reasons that are given, and not only built upon."""
    for kind in base.__subclasses__():
        if kind is not reasons.ByHeaders:
            yield kind
        yield from kinds(kind)


CODES = {
    "every-message": set(),
    "one-of-those": set(),
    "same-key": {"of_queue"},
    "no-wildcards": set(),
    "other-key": {"sent", "wanted"},
    "fits": {"taken"},
    "wrong-word": {"place", "from_end", "sent", "wanted"},
    "no-word-left": {"wanted"},
    "too-few-words": {"words", "needed"},
    "too-many-words": {"left"},
    "nowhere": {"segment", "after", "before", "words", "in_case"},
    "nothing-asked": {"any", "skipped"},
    "met": {"any", "names", "skipped"},
    "not-met": {"criteria", "skipped"},
}
"""Every code and its parts: programs rely on them, so that none may change."""


PAIRS = [
    ("fanout", "", ""),
    ("x-random", "", ""),
    ("direct", "a", "a"),
    ("direct", "*", "a"),
    ("direct", "a", "b"),
    ("topic", "#.*", "a.b"),
    ("topic", "a", "b"),
    ("topic", "a", ""),
    ("topic", "a.#.b.c", "a.c"),
    ("topic", "a.#.b", "b"),
    ("topic", "a.#.b.#.c", "a.c"),
    ("topic", "a", "a.b"),
    ("topic", "#.a.#", "b"),
]


def test_which_codes_and_parts_are_there() -> None:
    """Each kind has the code and the parts that are told, and all of it is JSON."""
    told = [explain(kind, Binding("x", "q", b), Message("x", k)) for kind, b, k in PAIRS]
    told += [
        explain("headers", Binding("x", "q", "", asked), Message("x", "", {"a": 1}))
        for asked in ({}, {"a": 1}, {"b": 1})
    ]
    written = [json.loads(json.dumps(reason_as_json(each))) for each in told]
    assert {each["code"]: {*each} - {"code", "text"} for each in written} == CODES
    assert len(CODES) == len([*kinds(Reason)])
    assert [each["text"] for each in written] == [each.text for each in told]


@pytest.mark.parametrize(
    ("sent", "lacking"),
    [
        ({}, {"code": "no-header", "name": "a"}),
        ({"a": Typed("timestamp", 2)}, {"code": "milliseconds", "name": "a", "milliseconds": 2000}),
        ({"a": "x"}, {"code": "other-type", "name": "a", "sent": "x", "wanted_is": "a timestamp"}),
    ],
)
def test_what_is_written_of_a_criterion(sent: dict[str, Value], lacking: dict[str, str]) -> None:
    """A code of its own, its name, and values as recorded cases have them."""
    wanted = Typed("timestamp", 1)
    reason = explain(
        "headers", Binding("x", "q", "", {"a": wanted}), Message("x", "", sent), NEWEST
    )
    (written,) = reason_as_json(reason)["criteria"]
    assert written.items() >= lacking.items()
    assert "wanted" not in written or written["wanted"] == {"!type": "timestamp", "value": 1}
