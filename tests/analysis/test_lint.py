"""Is each thing found that there is to find, and nothing where all is well?"""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
import warm

from routing.amqp.versions import NEWEST, Version
from routing.analysis.bound import within
from routing.analysis.lint.codes import CODES
from routing.analysis.lint.finding import Finding
from routing.analysis.lint.found import findings
from routing.analysis.lint.subject import Subject
from routing.analysis.lint.written import as_sarif
from routing.files.lesson import FIRST
from routing.files.reading import of_text, read_source
from routing.files.source import Spot
from routing.rules.predict import route_through

Made = Mapping[str, Any]


def made(
    *bindings: Sequence[Any],
    exchanges: Mapping[str, str | Made] | None = None,
    queues: Mapping[str, Made] | None = None,
    policies: Sequence[Made] = (),
) -> str:
    """Write definitions.

    bindings: each a source, a destination (an exchange, if there is one of that name), a key, and
    perhaps arguments.
    exchanges: each with its type, or with all that is said of it; queues: with their arguments.
    """
    kinds = {
        name: {"type": kind} if isinstance(kind, str) else kind
        for name, kind in (exchanges or {}).items()
    }
    ends = {"exchange": kinds, "queue": queues or {}}
    return json.dumps(
        {
            "exchanges": [{"name": name, "arguments": {}, **kind} for name, kind in kinds.items()],
            "queues": [
                {"name": name, "durable": True, "arguments": each}
                for name, each in ends["queue"].items()
            ],
            "bindings": [
                {
                    "source": source,
                    "destination": destination,
                    "destination_type": "exchange" if destination in kinds else "queue",
                    "routing_key": key,
                    "arguments": arguments[0] if arguments else {},
                }
                for source, destination, key, *arguments in bindings
            ],
            "policies": [*policies],
        }
    )


Q: Made = {"q": {}}
X = {"x": "topic"}
H = {"x": "headers"}
DEAD = {"x": "direct", "dead": "direct"}


def dying(exchange: str, key: str | None = None) -> Made:
    """Give the arguments of a queue with dead letters."""
    return {"x-dead-letter-exchange": exchange} | (
        {"x-dead-letter-routing-key": key} if key else {}
    )


def policy(name: str, priority: int, **definition: Any) -> Made:
    """Make a policy for all queues."""
    return {
        "name": name,
        "pattern": "",
        "priority": priority,
        "definition": {k.replace("_", "-"): v for k, v in definition.items()},
    }


WRONG_AND_RIGHT: Mapping[str, tuple[str, str]] = {
    "queue-unreachable": (
        made(
            ("a", "b", "x"),
            ("b", "q", "y.#"),
            exchanges={"a": "direct", "b": {"type": "topic", "internal": True}},
            queues=Q,
        ),
        made(
            ("a", "b", "y.x"),
            ("b", "q", "y.#"),
            exchanges={"a": "direct", "b": {"type": "topic", "internal": True}},
            queues=Q,
        ),
    ),
    "binding-never-matches": (
        made(("x", "q", "", {"h": {"!type": "timestamp", "value": 2**63}}), exchanges=H, queues=Q),
        made(("x", "q", "", {"h": {"!type": "timestamp", "value": 5}}), exchanges=H, queues=Q),
    ),
    "binding-covered": (
        made(("x", "q", "a"), ("x", "q", "*"), exchanges=X, queues=Q),
        made(("x", "q", "a.b"), ("x", "q", "*"), exchanges=X, queues=Q),
    ),
    "any-of-nothing": (
        made(("x", "q", "", {"x-match": "any", "x-h": 1}), exchanges=H, queues=Q),
        made(("x", "q", "", {"x-match": "any-with-x", "x-h": 1}), exchanges=H, queues=Q),
    ),
    "all-of-nothing": (
        made(("x", "q", "", {"x-h": 1}), exchanges=H, queues=Q),
        made(("x", "q", "", {}), exchanges=H, queues=Q),
    ),
    "wildcard-in-direct": (
        made(("x", "q", "a.*"), exchanges={"x": "direct"}, queues=Q),
        made(("x", "q", "a.*"), exchanges=X, queues=Q),
    ),
    "wildcard-in-word": (
        made(("x", "q", "a*"), exchanges=X, queues=Q),
        made(("x", "q", "a.*"), exchanges=X, queues=Q),
    ),
    "x-match-misspelt": (
        made(("x", "q", "", {"x_match": "any", "h": 1}), exchanges=H, queues=Q),
        made(("x", "q", "", {"x-match": "any", "h": 1}), exchanges=H, queues=Q),
    ),
    "x-match-ignored": (
        made(("x", "q", "", {"x-match": "any", "h": 1}), exchanges={"x": "direct"}, queues=Q),
        made(("x", "q", "", {"x-match": "any", "h": 1}), exchanges=H, queues=Q),
    ),
    "criterion-passed-over": (
        made(("x", "q", "", {"h": 1, "x-i": 1}), exchanges=H, queues=Q),
        made(("x", "q", "", {"x-match": "all-with-x", "h": 1, "x-i": 1}), exchanges=H, queues=Q),
    ),
    "arguments-ignored": (
        made(("x", "q", "a", {"h": 1}), exchanges=X, queues=Q),
        made(("x", "q", "a"), exchanges=X, queues=Q),
    ),
    "key-ignored": (
        made(("x", "q", "a"), exchanges={"x": "fanout"}, queues=Q),
        made(("x", "q", ""), exchanges={"x": "fanout"}, queues=Q),
    ),
    "type-near-miss": (
        made(
            ("x", "q", "", {"h": "1"}),
            ("x", "p", "", {"h": 1}),
            exchanges=H,
            queues={"q": {}, "p": {}},
        ),
        made(
            ("x", "q", "", {"h": "1"}),
            ("x", "q", "", {"h": 1}),
            ("x", "p", "", {"h": "2"}),
            exchanges=H,
            queues={"q": {}, "p": {}},
        ),
    ),
    "alternate-missing": (
        made(
            ("x", "q", "a"),
            exchanges={"x": {"type": "topic", "arguments": {"alternate-exchange": "no"}}},
            queues=Q,
        ),
        made(
            ("x", "q", "a"),
            exchanges={"x": {"type": "topic", "arguments": {"alternate-exchange": "amq.fanout"}}},
            queues=Q,
        ),
    ),
    "alternate-circle": (
        made(
            ("x", "q", "a"),
            ("y", "q", "b"),
            exchanges={
                "x": {"type": "topic", "arguments": {"alternate-exchange": "y"}},
                "y": {"type": "topic", "arguments": {"alternate-exchange": "x"}},
            },
            queues=Q,
        ),
        made(
            ("x", "q", "a"),
            ("y", "q", "#"),
            exchanges={
                "x": {"type": "topic", "arguments": {"alternate-exchange": "y"}},
                "y": {"type": "topic", "arguments": {"alternate-exchange": "x"}},
            },
            queues=Q,
        ),
    ),
    "alternate-loses": (
        made(
            ("x", "q", "a.#"),
            ("y", "q", "b.#"),
            exchanges={
                "x": {"type": "topic", "arguments": {"alternate-exchange": "y"}},
                "y": "topic",
            },
            queues=Q,
        ),
        made(
            ("x", "q", "a.#"),
            ("y", "q", ""),
            exchanges={
                "x": {"type": "topic", "arguments": {"alternate-exchange": "y"}},
                "y": "fanout",
            },
            queues=Q,
        ),
    ),
    "exchange-drops-everything": (
        made(("x", "y", "a"), ("y", "q", "b"), exchanges={"x": "topic", "y": "topic"}, queues=Q),
        made(("x", "y", "a"), ("y", "q", "*"), exchanges={"x": "topic", "y": "topic"}, queues=Q),
    ),
    "exchange-without-bindings": (
        made(exchanges=X),
        made(("x", "q", "a"), exchanges=X, queues=Q),
    ),
    "exchange-drops-some": (
        made(("x", "q", "a.#"), ("x", "q", "*"), exchanges=X, queues=Q),
        made(("x", "q", "a.#"), ("x", "q", "#"), exchanges=X, queues=Q),
    ),
    "internal-unfed": (
        made(("x", "q", "#"), exchanges={"x": {"type": "topic", "internal": True}}, queues=Q),
        made(
            ("x", "q", "#"),
            exchanges={"x": {"type": "topic", "internal": True}},
            queues={"q": dying("x")},
        ),
    ),
    "queue-without-bindings": (made(queues=Q), made(("x", "q", "a"), exchanges=X, queues=Q)),
    "dead-letter-exchange-missing": (
        made(queues={"q": dying("no")}),
        made(queues={"q": dying("")}),
    ),
    "dead-letter-lost": (
        made(("dead", "q", "early"), exchanges=DEAD, queues={"q": {}, "p": dying("dead", "late")}),
        made(("dead", "q", "late"), exchanges=DEAD, queues={"q": {}, "p": dying("dead", "late")}),
    ),
    "dead-letter-circle": (
        made(
            ("dead", "p", "late"),
            exchanges=DEAD,
            queues={"p": dying("", "q"), "q": dying("dead", "late")},
        ),
        made(("dead", "p", "late"), exchanges=DEAD, queues={"p": {}, "q": dying("dead", "late")}),
    ),
    "dead-letter-hidden": (
        made(
            queues=Q,
            policies=[policy("low", 0, dead_letter_exchange=""), policy("high", 1, message_ttl=1)],
        ),
        made(
            queues=Q,
            policies=[policy("low", 0, message_ttl=1), policy("high", 1, dead_letter_exchange="")],
        ),
    ),
    "policies-tie": (
        made(queues=Q, policies=[policy("one", 0, message_ttl=1), policy("two", 0, message_ttl=2)]),
        made(queues=Q, policies=[policy("one", 0, message_ttl=1), policy("two", 0, message_ttl=1)]),
    ),
    "not-decided": (
        made(queues=Q, policies=[{**policy("odd", 0, message_ttl=1), "pattern": "(?<n>a)"}]),
        made(queues=Q, policies=[{**policy("even", 0, message_ttl=1), "pattern": "(?P<n>a)"}]),
    ),
    "names-alike": (
        made(queues={"invoices": {}, "invocies": {}, "Invoices": {}}),
        made(queues={"invoice1": {}, "invoice2": {}, "order": {}, "orders": {}}),
    ),
    "refused": (made(queues=Q, policies=[policy("ha", 0, ha_mode="all")]), made(queues=Q)),
    "refused-by-older": (
        made(queues={"q": {"x-queue-type": "quorum", "x-message-ttl": 1}}),
        made(queues={"q": {"x-queue-type": "quorum"}}),
    ),
    "argument-misspelt": (
        made(queues={"q": {"x-dead-letter_exchange": ""}}),
        made(queues={"q": {"x-dead-letter-exchange": ""}}),
    ),
    "policy-fits-nothing": (
        made(queues=Q, policies=[{**policy("p", 0, dead_letter_exchange=""), "pattern": "^r"}]),
        made(queues=Q, policies=[{**policy("p", 0, message_ttl=1), "pattern": "^r"}]),
    ),
    "binding-dangling": (
        made(("x", "p", "a"), exchanges=X, queues=Q),
        made(("x", "q", "a"), exchanges=X, queues=Q),
    ),
    "needs-plugin": (made(exchanges={"x": "x-delayed-message"}), made(exchanges=X)),
    "routes-otherwise": (
        made(("x", "q", "", {"h": 1}), exchanges=H, queues=Q),
        made(("x", "q", "", {"h": "a"}), exchanges=H, queues=Q),
    ),
}


def codes(text: str, *, every: bool = True) -> list[str]:
    """List the codes of all that is found in definitions."""
    return [each.code for each in findings(subject(text, every=every))]


def subject(text: str, *, every: bool = False) -> Subject:
    """Read definitions."""
    return Subject(of_text("defs.json", text.encode(), None), NEWEST, every)


def test_is_there_an_example_of_each() -> None:
    """A wrong one and a right one for every code, and a text of each kind to explain it."""
    assert {*WRONG_AND_RIGHT} == {*CODES}
    for kind in CODES.values():
        assert all((kind.reason, kind.remedy, kind.wrong, kind.right))


@pytest.mark.parametrize("code", CODES)
def test_is_it_found_where_it_is_and_only_there(code: str) -> None:
    """In the wrong example, and not in the right one."""
    wrong, right = WRONG_AND_RIGHT[code]
    assert code in codes(wrong)
    assert code not in codes(right)
    assert (code in codes(wrong, every=False)) is not CODES[code].quiet


@pytest.mark.parametrize("code", CODES)
def test_does_the_witness_show_it(code: str) -> None:
    """A message that is lost, is lost by the model."""
    for text in WRONG_AND_RIGHT[code]:
        looked_at = subject(text, every=True)
        for each in findings(looked_at):
            if each.witness and each.code != "routes-otherwise":
                assert not route_through(looked_at.net.ready, each.witness).queues


RETRY = made(
    ("retry", "wait", "again"),
    ("jobs", "work", "job"),
    exchanges={"retry": "direct", "jobs": "direct"},
    queues={
        "work": dying("retry", "again"),
        "wait": {**dying("jobs", "job"), "x-message-ttl": 1000},
    },
)
"""What is rejected waits, and is tried again."""


@pytest.mark.parametrize(
    "text",
    [
        RETRY,
        made(("amq.rabbitmq.trace", "q", "#"), queues=Q),
        made(("amq.rabbitmq.event", "q", "#"), queues=Q),
        made(("x", "q", "a"), exchanges={"x": "x-federation-upstream"}, queues=Q),
    ],
    ids=["retry", "trace", "event", "federation"],
)
def test_is_what_is_usual_no_finding(text: str) -> None:
    """A wait between two tries, and exchanges that the broker feeds, or a plugin."""
    assert {*codes(text, every=False)} <= {"needs-plugin"}


def test_is_an_export_not_blamed_for_what_it_leaves_out() -> None:
    """An internal exchange may be there, and no export lists it."""
    text = WRONG_AND_RIGHT["dead-letter-exchange-missing"][0]
    exported = text.replace("{", '{"rabbitmq_version": "4.0.5", ', 1)
    assert codes(exported, every=False) == ["not-decided"]


def test_is_a_binding_found_that_nothing_comes_to() -> None:
    """Of an exchange that producers cannot publish to, where another one of it takes something."""
    inner: Made = {"a": "topic", "b": {"type": "topic", "internal": True}}
    bindings = (("a", "b", "x.#"), ("b", "q", "*.y"), ("b", "q", "z.#"))
    [found] = findings(subject(made(*bindings, exchanges=inner, queues=Q)))
    assert (found.code, found.sentence[:5]) == ("binding-never-matches", "z.#: ")
    assert codes(made(*bindings, exchanges={**inner, "b": "topic"}, queues=Q), every=False) == []
    to_dead = made(*bindings, exchanges=inner, queues={"q": {}, "p": dying("b")})
    assert codes(to_dead, every=False) == []


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("orders", "Orders", True),
        ("order paid", "order_paid", True),
        ("device.seen", "device_seen", True),
        ("invoice.paid", "invoce.paid", True),
        ("invoices", "invocies", True),
        ("invoice", "invoide", True),
        ("order", "orders", False),
        ("orders1", "orders2", False),
        ("shard-a-queue", "shard-b-queue", False),
        ("cat.queue", "bat.queue", False),
        ("orders.eu", "orders.us", False),
        ("invoice.paid", "invoce.late", False),
        ("order.paid", "paid.order", False),
    ],
)
def test_are_names_alike(one: str, other: str, *, alike: bool) -> None:
    """Capitals, spaces, signs, or a letter of a long word; no plurals, numbers or short words."""
    assert ("names-alike" in codes(made(queues={one: {}, other: {}}))) is alike


def test_is_a_queue_that_nothing_comes_to_told_once() -> None:
    """Of its bindings nothing is said then."""
    inner: Made = {"a": "topic", "b": {"type": "topic", "internal": True}}
    text = made(("a", "b", "x.#"), ("b", "q", "z.#"), exchanges=inner, queues=Q)
    assert codes(text, every=False) == ["exchange-drops-everything", "queue-unreachable"]
    # The default exchange leads there what dies elsewhere, if that is what it is given for a key.
    for key, reached in (("q", True), ("p", False)):
        queues: Made = {"q": {}, "p": {}, "r": dying("", key)}
        found = codes(made(("a", "b", "x.#"), ("b", "q", "z.#"), exchanges=inner, queues=queues))
        assert ("queue-unreachable" not in found) is reached


def test_may_what_is_not_listed_feed_a_queue() -> None:
    """An internal exchange that an export leaves out."""
    text = made(("inner", "q", "a"), queues=Q)
    exported = text.replace("{", '{"rabbitmq_version": "4.0.5", ', 1)
    assert codes(exported, every=False) == ["not-decided"]


def test_is_a_circle_of_two_told_once() -> None:
    """Of the queue that stands first."""
    queues = {"p": dying("", "q"), "q": dying("", "p")}
    assert codes(made(queues=queues), every=False) == ["dead-letter-circle"]


EXPIRING: Made = {name: {"x-queue-type": "quorum", "x-message-ttl": 1} for name in ("p", "q", "r")}


@pytest.mark.parametrize(
    ("text", "oldest", "found"),
    [
        (made(queues=EXPIRING), None, []),
        (made(queues=EXPIRING), Version(3, 8, 9), ["refused"]),
        (made(queues=EXPIRING), Version(3, 10, 8), []),
        (made(queues=EXPIRING).replace("{", '{"rabbit_version": "3.8.9", ', 1), None, ["refused"]),
        (made(queues=EXPIRING).replace("{", '{"rabbit_version": "3.9.1", ', 1), None, []),
    ],
)
def test_by_which_rabbitmq_is_something_refused(
    text: str, oldest: Version | None, found: list[str]
) -> None:
    """By one from that on which it is for: which is asked for, or wrote it; and once for all."""
    source = of_text("defs.json", text.encode(), None)
    told = findings(Subject(source, NEWEST, oldest=oldest))
    assert [each.code for each in told] == found
    for each in told:
        assert each.sentence.endswith("x-message-ttl, by 3.8.9; the same of 2 more")


def test_does_a_refused_binding_hide_nothing() -> None:
    """What is said of the others of its exchange stays."""
    keys = ("#.#.#.a", "a*", "b", "#")
    text = made(*(("x", "q", key) for key in keys), exchanges=X, queues=Q)
    assert {*codes(text, every=False)} == {"refused", "wildcard-in-word", "binding-covered"}


def test_are_many_names_alike_a_scheme() -> None:
    """One letter is then meant to differ."""
    names = [f"tenant{letter}queue" for letter in "abcdefgh"]
    assert codes(made(queues={name: {} for name in names}), every=False) == []


def test_is_a_name_with_a_line_break_no_fault() -> None:
    """A broker takes it out."""
    text = made(("a\n", "q", "x*"), exchanges={"a\n": "topic"}, queues=Q)
    assert codes(text, every=False) == ["wildcard-in-word"]


def test_is_what_takes_too_long_told_once() -> None:
    """Where the time is up, whatever was not looked at is not decided."""
    bindings = [("x", queue, key) for queue in ("p", "q") for key in ("a.#", "#.a")]
    looked_at = subject(made(*bindings, exchanges=X, queues={"p": {}, "q": {}}))
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("routing.analysis.lint.found.within", lambda: within(-1))
        [found] = findings(looked_at)
    assert found.code == "not-decided"
    assert "it would take more than 15 s, with all before it; the same of" in found.sentence
    assert findings(looked_at) == []


def test_is_a_pattern_not_tried_that_may_take_for_ever() -> None:
    """Of a policy: many ways, each of many."""
    slow = {**policy("slow", 0, message_ttl=1), "pattern": "(a+)+$"}
    assert codes(made(queues={"a" * 60 + "!": {}}, policies=[slow]), every=False) == ["not-decided"]


@pytest.mark.parametrize("argument", ["x_max_length_bytes", "x-dead-leter-exchange", "X-Expires"])
def test_is_a_misspelt_argument_found(argument: str) -> None:
    """With another sign, a letter less, a capital; what is like nothing may be a plugin's."""
    assert codes(made(queues={"q": {argument: 1}}), every=False) == ["argument-misspelt"]
    assert codes(made(queues={"q": {"x-own": 1, "owner": "us"}}), every=False) == []


def test_is_a_queue_that_is_listed_twice_one_queue() -> None:
    """What is said of the others stays."""
    text = WRONG_AND_RIGHT["queue-unreachable"][0].replace(
        '"queues": [', '"queues": [{"name": "r"}, {"name": "r"}, '
    )
    assert "queue-unreachable" in codes(text)


def test_may_all_that_is_covered_go_at_once() -> None:
    """Of two that are the same, one stays."""
    text = made(("x", "q", "#.*"), ("x", "q", "*.#"), ("x", "q", "a"), exchanges=X, queues=Q)
    found = [each for each in findings(subject(text)) if each.code == "binding-covered"]
    assert len(found) == 2
    assert all("#.*" in each.sentence for each in found)


def test_is_a_smallest_set_told_that_covers() -> None:
    """Each that would do alone, or as few as do together."""
    keys = ["a.*", "a", "a.*.#", "b", "a.#"]
    text = made(*(("x", "q", key) for key in keys), exchanges=X, queues=Q)
    found = findings(subject(text.replace("}, {", "},\n{")))
    covered = [each.sentence for each in found if each.code == "binding-covered"]
    assert [re.sub(r" \(defs.json:\d+\)", "", each) for each in covered] == [
        "a.* takes nothing that is not taken by a.*.#",
        "a.# takes nothing that is not taken by a and a.*.#",
    ]


@pytest.mark.parametrize("lesson", FIRST)
def test_is_a_lesson_right_in_what_is_found(lesson: str) -> None:
    """Nothing is an error in one, but for the wildcards by which some teach what they do not do."""
    found = findings(Subject(read_source(lesson), NEWEST))
    assert {each.code for each in found if each.kind.severity == "error"} <= {"wildcard-in-direct"}


Told = Callable[..., tuple[int, str]]

MINE = """\
queues = ["q"]
[[exchanges]]
name = "x"
type = "direct"
[[bindings]]
source = "x"
destination = "q"
routing_key = "a.*"
"""


@pytest.fixture
def told(tmp_path: Path) -> Told:
    """Give what lints a file."""

    def run(*words: str, text: str = MINE) -> tuple[int, str]:
        (tmp_path / "mine.toml").write_text(text)
        done = warm.run(["lint", "mine.toml", *words], cwd=tmp_path, env={"LANG": "C.UTF-8"})
        return done.returncode, done.stdout + done.stderr

    return run


def test_is_it_told_where_it_is(told: Told) -> None:
    """With file and line, the code and a sentence; status 1, and 0 where nothing is found."""
    status, said = told()
    assert status == 1
    assert "mine.toml:5: error wildcard-in-direct\n  binding of x to queue q: a.*: direct " in said
    assert said.endswith("mine.toml: 1 finding.\n")
    assert told(text=MINE.replace("a.*", "a")) == (0, "mine.toml: 0 findings.\n")


@pytest.mark.parametrize(
    ("comment", "status"),
    [
        ("# lint: ignore wildcard-in-direct\n[[bindings]]", 1),
        ("[[bindings]]\n# lint: ignore wildcard-in-direct", 0),
        ("[[bindings]]\n# lint: ignore key-ignored", 1),
    ],
)
def test_may_something_be_meant_so(told: Told, comment: str, status: int) -> None:
    """By a comment in its own table, or before all of them, or by an option."""
    assert told(text=MINE.replace("[[bindings]]", comment))[0] == status
    assert told(text=f"# lint: ignore wildcard-in-direct\n{MINE}")[0] == 0
    assert told("--ignore", "wildcard-in-direct")[0] == 0
    assert told(text=MINE.replace('"direct"', '"x-delayed-message"'))[0] == 5


def test_is_a_code_explained(told: Told) -> None:
    """With the reason, the remedy, a wrong and a right example; a slip is told."""
    status, said = told("--explain", "wildcard-in-direct")
    assert status == 0
    assert [line.split()[0] for line in said.splitlines()[1:]] == ["why", "do", "wrong", "right"]
    status, said = told("--ignore", "wildcard-in-dirct")
    assert (status, "did you mean wildcard-in-direct?" in said) == (2, True)


def test_is_a_code_in_a_comment_known(told: Told) -> None:
    """A slip there is told, as in an option; places are written so that tools find them."""
    status, said = told(text=f"# lint: ignore wildcard-in-drect\n{MINE}")
    assert (status, "did you mean wildcard-in-direct?" in said) == (2, True)
    found = [Finding("refused", "queue q", "no", Spot("we,ird: %f#ile.json", 1))]
    [result] = as_sarif(found, "it", "1")["runs"][0]["results"]
    place = result["locations"][0]["physicalLocation"]["artifactLocation"]
    assert place["uri"] == "we%2Cird%3A%20%25f%23ile.json"


def test_what_is_written_for_programs(told: Told) -> None:
    """As JSON, as SARIF, and as lines that a code host shows beside the change."""
    [found] = json.loads(told("--json")[1])
    assert (found["code"], found["at"]) == ("wildcard-in-direct", "mine.toml:5")
    [run] = json.loads(told("--sarif")[1])["runs"]
    [result] = run["results"]
    assert result["ruleId"] in {each["id"] for each in run["tool"]["driver"]["rules"]}
    place = result["locations"][0]["physicalLocation"]
    assert (place["artifactLocation"]["uri"], place["region"]["startLine"]) == ("mine.toml", 5)
    assert told("--explain", "not-decided")[0] == 0
    assert told("--github")[1].startswith(
        "::error file=mine.toml,line=5,title=wildcard-in-direct::"
    )
