"""Is a guess held against what came, queue by queue, with the reason, and by the rule?"""

from dataclasses import replace

import pytest
from lessons import LESSONS, lesson, rendered, rows

from routing.amqp.topology import Binding, Exchange, Message, Observation, Scenario
from routing.amqp.values import Value
from routing.files.reason_json import code_of
from routing.rules.compare import Row
from routing.rules.predict import predict
from routing.rules.reasons import Criterion, Reason
from routing.view.marks import UNICODE
from routing.walk import rules
from routing.walk.judged import judge
from routing.walk.rules import RULES, rule_of, rules_of
from routing.walk.score import missed, score
from routing.walk.screen import lesson as view


@pytest.mark.parametrize(
    ("name", "message", "guess", "queue", "why"),
    [
        ("topic", 0, "europe", "billing", ["* is us"]),
        ("topic", 0, "europe", "europe", ["word 2: us is not eu", "no word eu"]),
        ("direct", 2, "hopeful", "hopeful", ["no wildcards here: only the very same key"]),
        ("fanout", 0, "radio", "radio", ["no binding leads to this queue"]),
        ("headers", 4, "single", "single", ['pages: "1" is a string, 1 is an integer']),
        ("default", 2, "hello", "hello", ["helo is not hello"]),
        ("journey", 0, "customs", "city", ["# is city", "the same key"]),
        ("journey", 0, "customs", "customs", ["word 1: home is not abroad"]),
        (
            "journey",
            0,
            "lost",
            "lost",
            ["alternate exchange strays is not used: a binding takes the message"],
        ),
    ],
)
def test_does_a_wrong_guess_get_the_reason_for_that_queue(
    name: str, message: int, guess: str, queue: str, why: list[str]
) -> None:
    """Every binding on the way to a queue that was guessed wrong is told of."""
    row = rows(lesson(name))[message]
    judged = next(
        each for each in judge(row, frozenset({guess}), lesson(name)) if each.queue == queue
    )
    assert not judged.right
    assert [clue.text for clue in judged.telling] == why
    judgements = judge(row, frozenset({guess}), lesson(name))
    shown = rendered(view.revealed(lesson(name), row, judgements, UNICODE))
    assert all("".join(each.split()) in "".join(shown.split()) for each in why[:1])


def test_is_a_guess_judged_by_what_the_broker_did() -> None:
    """Where model and broker differ, the broker is right, and the screen says so."""
    topic = lesson("topic")
    row = Row(1, predict(topic)[0], Observation({"billing": 1}, 0))
    judged = judge(row, frozenset({"billing"}), topic)
    assert all(each.right for each in judged)
    assert "NOT AS PREDICTED" in rendered(view.revealed(topic, row, judged, UNICODE))


def test_which_of_several_bindings_is_told_as_missed() -> None:
    """The one that brought the copy, or where none came, the one that was nearest."""
    direct = lesson("direct")
    for number, guess, asked in ((1, "pager", "error"), (5, "archive", "error")):
        judged = judge(rows(direct)[number], frozenset({guess}), direct)[0]
        assert judged.deciding.verdict
        assert (judged.right, judged.deciding.verdict.binding.binding_key) == (False, asked)


def test_what_is_the_score() -> None:
    """A message counts where every queue is right; skipped ones do not count at all."""
    topic = lesson("topic")
    guesses = [{"billing", "audit"}, {"billing"}, None, {"audit", "europe"}]
    told = {
        number: judge(row, None if guess is None else frozenset(guess), topic)
        for number, (row, guess) in enumerate(zip(rows(topic), guesses, strict=False))
    }
    assert (score(told).right, score(told).guessed) == (1, 3)


def test_which_rules_were_missed_most() -> None:
    """Rules, whichever bindings they are met in: the most frequent first, each with its example."""
    topic = lesson("topic")
    told = {n: judge(row, frozenset(), topic) for n, row in enumerate(rows(topic))}
    most = [(each.rule, each.times, each.number, each.judged.queue) for each in missed(told)]
    # audit four times, europe three times: order.eu.* first where it takes the message.
    assert most == [(rules.HASH, 6, 0, "audit"), (rules.STAR, 3, 0, "billing")]
    assert missed({0: judge(rows(topic)[0], None, topic)}) == []


def kinds(of: type) -> set[type]:
    """List the kinds of reasons that can be, which are those without kinds below them."""
    below: set[type] = set()
    return below.union(*map(kinds, of.__subclasses__())) or {of}


def test_has_every_reason_a_rule() -> None:
    """By its code, which does not change; and no rule is left of a reason that is gone."""
    found = {code_of(object.__new__(kind)) for of in (Reason, Criterion) for kind in kinds(of)}
    assert found == set(RULES)


PDF = {"x-match": "all", "type": "pdf", "pages": 1}


@pytest.mark.parametrize(
    ("kind", "asked", "sent", "rule"),
    [
        ("topic", "a.*", "a.b", rules.STAR),
        ("topic", "a.#", "a.b", rules.HASH),
        ("topic", "a.#", "a", rules.HASH),
        ("topic", "*.#", "a", rules.HASH),
        ("topic", "a.b", "a.b", rules.WORDS),
        ("topic", "a.*", "a", rules.STAR),
        ("topic", "a.*", "a.b.c", rules.STAR),
        ("topic", "a.b", "a.b.c", rules.WORDS),
        ("topic", "a.b", "a", rules.WORDS),
        ("topic", "a.*", "b.b", rules.WORDS),
        ("topic", "a.*", "A.b", rules.CAPITALS),
        ("topic", "#.a.#", "b.A", rules.CAPITALS),
        ("topic", "#.a.#", "b", rules.WORDS),
        ("direct", "a", "a", rules.SAME_KEY),
        ("direct", "a", "b", rules.SAME_KEY),
        ("direct", "a", "A", rules.CAPITALS),
        ("direct", "a.*", "a.b", rules.NO_WILDCARDS),
        ("fanout", "a", "b", rules.FANOUT),
        ("headers", PDF, {"type": "pdf", "pages": 1}, rules.ALL),
        ("headers", PDF, {"type": "pdf"}, rules.ALL),
        ("headers", PDF, {"type": "ps", "pages": 1}, rules.ALL),
        ("headers", PDF, {"type": "PDF", "pages": 1}, rules.CAPITALS),
        ("headers", PDF, {"type": "pdf", "pages": "1"}, rules.TYPES),
        ("headers", PDF | {"x-match": "any"}, {"type": "pdf"}, rules.ANY),
        ("headers", PDF | {"x-match": "any"}, {}, rules.ANY),
        ("headers", {"urgent": None}, {"urgent": False}, rules.PRESENCE),
        ("headers", {"urgent": None}, {}, rules.PRESENCE),
        ("headers", {"x-type": "pdf"}, {}, rules.SKIPPED),
        ("headers", {}, {}, rules.NOTHING),
    ],
)
def test_which_rule_decides(
    kind: str, asked: str | dict[str, Value], sent: str | dict[str, Value], rule: str
) -> None:
    """One binding, one message: the sentence that a class should have known."""
    by_key = isinstance(asked, str) and isinstance(sent, str)
    binding = Binding("x", "q", asked) if by_key else Binding("x", "q", arguments=asked)  # type: ignore[arg-type]
    message = Message("x", sent) if by_key else Message("x", headers=sent)  # type: ignore[arg-type]
    assert rule_told([binding], message, kind) == [rule]


def rule_told(bindings: list[Binding], message: Message, kind: str) -> list[str]:
    """Tell the rules by which a message comes into a queue, or does not."""
    scenario = Scenario(
        name="one",
        lesson="Any.",
        exchanges=[Exchange("x", kind)],
        queues=["q"],
        bindings=bindings,
        messages=[message],
    )
    return rules_of(judge(rows(scenario)[0], None, scenario))


def test_which_rule_decides_where_no_binding_does() -> None:
    """No binding, another exchange on the way, an alternate; and one copy for several bindings."""
    twice = [Binding("x", "q", "a"), Binding("x", "q", "#")]
    assert rule_told(twice, Message("x", "a"), "topic") == [rules.WORDS, rules.ONE_COPY]
    fanout, journey = lesson("fanout"), lesson("journey")
    assert rule_of(judge(rows(fanout)[0], None, fanout)[3]) == rules.NO_BINDING
    city = {each.queue: rule_of(each) for each in judge(rows(journey)[0], None, journey)}
    assert city["lost"] == rules.ALTERNATE
    assert city["customs"] == rules.NOT_REACHED
    assert city["city"] == rules.SAME_KEY
    assert rule_of(judge(rows(journey)[2], None, journey)[3]) == rules.ALTERNATE  # and it came
    default = lesson("default")
    assert {rule_of(each) for row in rows(default) for each in judge(row, None, default)} == {
        rules.OWN_NAME
    }


@pytest.mark.parametrize("name", LESSONS)
def test_does_no_question_give_the_answer_away(name: str) -> None:
    """It is asked before anything is known of the route; a body may tell, and comes afterwards."""
    for row in rows(lesson(name)):
        message = row.route.message
        asked = rendered(view.question(lesson(name), replace(message, body="the answer")))
        assert asked == rendered(view.question(lesson(name), message))
        assert not any(sign in asked for sign in "●·✓✗")


@pytest.mark.parametrize(
    ("number", "guess", "queue", "right", "texts"),
    [
        (0, "work", "work", False, ["it dies there: rejected"]),
        (0, "work", "graveyard", False, ["* is job"]),
        (1, "graveyard", "graveyard", False, ["word 2: scan is not once"]),
        (1, "graveyard", "work", True, ["it dies there: rejected"]),
        (
            3,
            "brief",
            "brief",
            False,
            ["it dies there: expired"],
        ),
        (4, "graveyard", "work", False, ["the same words"]),
        (5, "graveyard", "graveyard", True, ["* is late"]),
        (7, "graveyard", "latest", False, ["* is tuesday"]),
        (7, "graveyard", "graveyard", False, ["the message does not get to exchange dead"]),
    ],
)
def test_what_is_told_of_a_queue_in_which_messages_die(
    number: int,
    guess: str,
    queue: str,
    right: bool,  # noqa: FBT001 - a parameter of the test
    texts: list[str],
) -> None:
    """What happened there, or which binding let a dead letter in, or kept it out."""
    deadly = lesson("dead-letters")
    judged = judge(rows(deadly)[number], frozenset({guess}), deadly)
    [one] = [each for each in judged if each.queue == queue]
    assert (one.right, [clue.text for clue in one.telling]) == (right, texts)


def test_is_a_life_told_after_the_guess() -> None:
    """Below the queues; what rests nowhere is not called returned."""
    deadly = lesson("dead-letters")
    shown = [
        rendered(view.revealed(deadly, row, judge(row, None, deadly), UNICODE))
        for row in rows(deadly)
    ]
    assert "rejected in work → exchange dead, key job.once kept → graveyard" in shown[0]
    assert "It rests nowhere." in shown[1]
    assert not any("Returned" in each for each in shown)


def test_which_rule_decides_where_messages_die() -> None:
    """That they go on from there."""
    deadly = lesson("dead-letters")
    assert rule_of(judge(rows(deadly)[1], None, deadly)[0]) == rules.DEATH
