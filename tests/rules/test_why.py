"""Do the reasons say what the rules do, in words that hold?"""

from itertools import product

import pytest

from routing.amqp.topology import Binding, Message
from routing.amqp.values import Value
from routing.rules.matching import headers, topic
from routing.rules.why import explain


def why_key(exchange_type: str, binding_key: str, routing_key: str) -> str:
    """Give the reason for a pair of keys."""
    return explain(exchange_type, Binding("x", "q", binding_key), Message("x", routing_key)).text


def why_headers(arguments: dict[str, Value], sent: dict[str, Value] | None) -> str:
    """Give the reason for criteria and headers."""
    return explain(
        "headers", Binding("x", "q", arguments=arguments), Message("x", headers=sent)
    ).text


@pytest.mark.parametrize(
    ("binding_key", "routing_key", "text"),
    [
        ("order.*.paid", "order.eu.paid", "* is eu"),
        ("order.#", "order", "# is nothing"),
        ("order.#", "order.eu.paid", "# is eu.paid"),
        ("#.eu.*", "order.eu.paid", "# is order, * is paid"),
        ("#", "", "# is nothing"),
        ("order.eu", "order.eu", "the same words"),
        ("*", ".", "one word too many: (an empty word)"),
        ("a.*", "a.", "* is (an empty word)"),
        ("order.*", "order.eu.paid.late", "2 words too many: paid.late"),
        ("order.*.paid", "order.eu.paid.late", "one word too many: late"),
        ("order.*.paid", "order.eu", "no word left for paid"),
        ("order.*.paid", "order.eu.late", "word 3: late is not paid"),
        ("order.*.paid", "Order.eu.paid", "word 1: Order is not order (capitals count)"),
        ("#.paid", "order.late", "last word: late is not paid"),
        ("#.*", "", "no word left for *"),
        ("#.b.c", "x.a.c", "last word but one: a is not b"),
        ("#.b.c.d", "x.a.c.d", "word 3 from the end: a is not b"),
        ("#.x.#", "a.b", "no word x"),
        ("#.x.y.#", "a.b.c", "no words x.y in a row"),
        ("a.#.x.#.b", "a.c.b", "no word x"),
        ("#.b.#.b", "a.b", "no word b before word 2"),
        ("a.#.a.#", "a.x", "no word a after word 1"),
        ("a.#.a.#.b", "a.x.b", "no word a between word 1 and word 3"),
        ("a.#.x.#.*.#.b", "a.c.x.b", "no word left for * between word 3 and word 4"),
        ("a.#.x.#.*.*.#.b", "a.c.x.d.b", "no 2 words left for *.* between word 3 and word 5"),
        ("*", "", "no word left for *"),
    ],
)
def test_what_does_a_topic_reason_say(binding_key: str, routing_key: str, text: str) -> None:
    """What each wildcard took, or the word at which the pattern stops."""
    assert why_key("topic", binding_key, routing_key) == text


@pytest.mark.parametrize(
    ("binding_key", "routing_key", "text"),
    [
        ("error", "error", "the same key"),
        ("error", "debug", "debug is not error"),
        ("error", "Error", "Error is not error (capitals count)"),
        ("error", "", "(empty key) is not error"),
        ("error.*", "error.disk", "no wildcards here: only the very same key"),
        ("error.#", "error.disk", "no wildcards here: only the very same key"),
        ("error.*", "debug", "debug is not error.*"),
    ],
)
def test_what_does_a_direct_reason_say(binding_key: str, routing_key: str, text: str) -> None:
    """Which two keys are not the same; that wildcards are none, where they would have fitted."""
    assert why_key("direct", binding_key, routing_key) == text


@pytest.mark.parametrize(
    ("arguments", "sent", "text"),
    [
        ({"a": "x", "b": "y"}, {"a": "x", "b": "y"}, "all met: a, b"),
        ({"a": None}, {"a": 0}, "all met: a is there"),
        ({"x-match": "any", "a": 1, "b": 2}, {"b": 2}, "one is enough: b"),
        ({}, None, "nothing is asked for"),
        ({"x-a": 1}, {"x-a": 2}, "nothing is asked for (x-a is skipped)"),
        ({"x-match": "any", "x-a": 1}, {"x-a": 1}, "nothing that could be met (x-a is skipped)"),
        ({"x-a": 1, "x-b": 1, "c": 2}, {"c": 2}, "all met: c (x-a, x-b are skipped)"),
        ({"x-a": 1, "c": 2}, {}, "no header c (x-a is skipped)"),
        ({"a": "x"}, {"a": "y"}, 'a: "y" is not "x"'),
        ({"a": "x", "b": 1}, {"a": "x"}, "no header b"),
        ({"a": 1}, {"a": "1"}, 'a: "1" is a string, 1 is an integer'),
        ({"a": 1}, {"a": True}, "a: True is a boolean, 1 is an integer"),
        ({"a": 1, "b": 2}, {"a": 2}, "a: 2 is not 1; no header b"),
        ({"BCC": None}, {"bcc": 1}, "no header BCC (RabbitMQ removes it)"),
    ],
)
def test_what_does_a_headers_reason_say(
    arguments: dict[str, Value], sent: dict[str, Value] | None, text: str
) -> None:
    """Which criteria are met, or pair by pair what is in the way."""
    assert why_headers(arguments, sent) == text


def test_what_is_said_of_many_criteria() -> None:
    """One of them, and how many more there are; where no name has room, a number alone."""
    wanted: dict[str, Value] = {f"{'n' * 50}{number}": ["y" * 60] for number in range(100)}
    skipped: dict[str, Value] = {f"x-{'m' * 50}{number}": 1 for number in range(60)}
    assert why_headers(wanted | skipped, dict.fromkeys(wanted, "s" * 60)) == (
        'nnnnnn[...]nnnn0: "sssss[...]ssss" is a string, ["yyyy[...]yyy"] is a list; '
        "and 99 more (60 are skipped)"
    )


def test_what_is_said_of_many_criteria_that_are_met() -> None:
    """The first of them, and how many more; of those that are skipped, too."""
    wanted: dict[str, Value] = {f"{'n' * 50}{number}": None for number in range(100)}
    skipped: dict[str, Value] = {f"x-{'m' * 50}{number}": 1 for number in range(60)}
    assert why_headers({"x-match": "any"} | wanted | skipped, dict.fromkeys(wanted, 1)) == (
        "one is enough: nnnnnnnnnn[...]nnnnnnnn0 is there and 99 more "
        "(x-mmmmmmmm[...]mmmmmmmm0 and 59 more are skipped)"
    )


@pytest.mark.parametrize("exchange_type", ["x-local-random", "x-modulus-hash"])
def test_what_is_said_where_one_is_chosen(exchange_type: str) -> None:
    """That it is one of the bindings, and not by which rule."""
    said = why_key(exchange_type, "", "a")
    assert said == "each message goes to one of those that are bound"


def test_do_topic_reasons_agree_with_the_rule() -> None:
    """Over all small patterns and keys, a reason counts as met exactly when the rule takes it."""
    words = ["a", "b", "*", "#"]
    patterns = [".".join(p) for n in range(5) for p in product(words, repeat=n)]
    keys = [".".join(k) for n in range(5) for k in product(["a", "b"], repeat=n)]
    for pattern, key in product(patterns, keys):
        binding, message = Binding("x", "q", pattern), Message("x", key)
        met = explain("topic", binding, message).nearness == 1
        assert met is topic(binding, message), (pattern, key)


def test_do_headers_reasons_agree_with_the_rule() -> None:
    """Over all small sets of criteria and headers, in every mode."""
    values: list[Value | str] = ["absent", None, 1, "1"]
    modes = [{}, *({"x-match": mode} for mode in ("all", "any", "all-with-x", "any-with-x"))]
    tables = [
        {
            name: value
            for name, value in zip(("a", "b", "x-c"), chosen, strict=True)
            if value != "absent"
        }
        for chosen in product(values, repeat=3)
    ]
    for mode, wanted, sent in product(modes, tables, tables):
        binding, message = Binding("x", "q", arguments=wanted | mode), Message("x", headers=sent)
        met = explain("headers", binding, message).nearness == 1
        assert met is headers(binding, message), (mode, wanted, sent)
