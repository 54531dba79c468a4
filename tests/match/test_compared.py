"""Is each argument of a binding told with what was sent, and with nothing that is not so?"""

import pytest

from routing.amqp.values import Typed, Value
from routing.amqp.versions import NEWEST
from routing.match.verdict import bound, sent, verdict_on
from routing.view.compared import Compared, compared


@pytest.mark.parametrize(
    ("asked", "headers", "line"),
    [
        ({"a": None}, {"a": "1"}, Compared("a is there", '"1"', met=True)),
        ({"a": None}, {}, Compared("a is there", "(not sent)", met=False)),
        ({"a": 1}, {"a": 1}, Compared("a=1", "1", met=True)),
        ({"a": 1}, {"a": 2}, Compared("a=1", "2", met=False)),
        (
            {"a": 1},
            {"a": True},
            Compared("a=1", "True", met=False, note="a boolean is not an integer"),
        ),
        (
            {"a": Typed("timestamp", 1)},
            {"a": Typed("timestamp", 1)},
            Compared("a=timestamp(1)", "timestamp(1)", met=False, note="it counts 1000 ms"),
        ),
        (
            {"x-a": 1},
            {"x-a": 1},
            Compared("x-a=1", "1", None, "skipped: the name begins with x-"),
        ),
        ({"x-match": "any-with-x", "x-a": 1}, {"x-a": 1}, Compared("x-a=1", "1", met=True)),
        ({"a": "\u0430"}, {"a": "a"}, Compared('a="\\u0430"', '"a"', met=False)),
    ],
)
def test_what_is_told_of_an_argument(
    asked: dict[str, Value], headers: dict[str, Value], line: Compared
) -> None:
    """Both values, whether it is met, and a word where the values alone do not say why."""
    told = verdict_on("headers", bound("", asked), sent("", headers), NEWEST)
    assert [*compared(told)] == [line]
