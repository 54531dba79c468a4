"""Does the page route as the model does, in every word?"""

import json
from collections.abc import Iterator, Sequence
from itertools import islice, product
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from twin import (
    NOT_COUNTED,
    Case,
    Engine,
    answer,
    answers,
    as_read,
    in_node,
    in_page,
    written,
)

from routing.amqp.topology import Binding, Exchange, Message, Topology
from routing.amqp.versions import NEWEST, TRIED, Version
from routing.files.cases import read_case
from routing.files.reason_json import code_of, reason_as_json
from routing.rules import reasons, why_topic
from routing.rules import trace as traced
from routing.rules.loaded import loaded
from routing.rules.matching import split_words, topic
from routing.rules.predict import route, route_through
from routing.verify.draw import draw_round
from routing.view.fit import columns
from routing.walk.rules import RULES

if TYPE_CHECKING:
    from playwright.sync_api import Browser

VECTORS = Path(__file__).parent / "vectors"
FILES = ("routing.jsonl", "versions.jsonl", "edges.jsonl")
LINES = [line for name in FILES for line in (VECTORS / name).read_text().splitlines()]
UNLIMITED = 10**6

EACH_KEY = [8, pytest.param(1, marks=pytest.mark.long)]
"""Every one of them, or at first one of eight."""


@pytest.fixture(scope="module", autouse=True)
def at_length() -> Iterator[None]:
    """Have the model shorten nothing: a page has room."""
    with pytest.MonkeyPatch.context() as patch:
        for module in (reasons, traced):
            patch.setattr(module, "fitted", lambda said: said(UNLIMITED, UNLIMITED))
        patch.setattr(traced, "shorten", lambda text, _: text)
        why_topic.reason_of.cache_clear()
        yield
    why_topic.reason_of.cache_clear()


@pytest.fixture(scope="module", params=["browser", pytest.param("node", marks=pytest.mark.long)])
def engine(request: pytest.FixtureRequest) -> Engine:
    """Give an engine: a real browser's, and that of node where there is one."""
    if request.param == "browser":
        browser: Browser = request.getfixturevalue("browser")
        return in_page(browser.new_page())
    return in_node() or in_page(request.getfixturevalue("browser").new_page())


def recorded(versions: int) -> Iterator[Case]:
    """Give every recorded case on so many versions, the first one on the newest, and so on."""
    for number, line in enumerate(LINES):
        case = read_case(json.loads(line))
        for place in range(number, number + versions):
            yield (*as_read(case.topology, case.message), TRIED[place % len(TRIED)])


def drawn(rounds: range) -> Iterator[Case]:
    """Draw random topologies and messages, one version after another."""
    number = 0
    for each in rounds:
        for trial in draw_round(f"page {each}", 20, real=True):
            for message in trial.messages:
                number += 1
                yield (*as_read(trial.topology, message), TRIED[number % len(TRIED)])


def differing(engine: Engine, cases: Sequence[Case]) -> list[Any]:
    """List the cases of which the twin says anything else than the model."""
    said = answers(engine, cases)
    expected = [answer(route(*case), case[0]) for case in cases]
    told = zip(cases, said, expected, strict=True)
    return [each for each in told if each[1] != each[2] and each[1]["undecided"] != NOT_COUNTED]


@pytest.mark.parametrize("versions", [1, pytest.param(4, marks=pytest.mark.long)])
def test_does_it_route_each_recorded_case_as_the_model_does(engine: Engine, versions: int) -> None:
    """Queues, refusals, what is not decided, the way, each reason with its parts and sentence."""
    cases = [*recorded(versions)]
    assert len(cases) == 923 * versions
    assert differing(engine, cases) == []


@pytest.mark.parametrize("number", [600, pytest.param(10_000, marks=pytest.mark.long)])
def test_does_it_route_random_cases_as_the_model_does(engine: Engine, number: int) -> None:
    """The same of what is drawn: odd names and values, faults, alternates, CC and BCC."""
    assert differing(engine, [*islice(drawn(range(200)), number)]) == []


def patterns_and_keys() -> tuple[list[str], list[str]]:
    """Give every pattern of up to four words, and every key of up to four, empty words too."""
    patterns = {".".join(words) for n in range(5) for words in product("ab*#", repeat=n)}
    keys = {".".join(words) for n in range(5) for words in product(["a", "b", ""], repeat=n)}
    return sorted(patterns), sorted(keys)


@pytest.mark.parametrize("one_of", EACH_KEY)
def test_does_it_match_small_patterns_and_keys_as_the_model_does(
    engine: Engine, one_of: int
) -> None:
    """All together some 40,000 pairs, with the reason of each."""
    patterns, keys = patterns_and_keys()
    assert len(patterns) * len(keys) > 39_567
    keys = keys[::one_of]
    call = """(key, patterns) => patterns.map((pattern) => {
        const [binding, message] = [{ routing_key: pattern }, { routing_key: key }];
        return [topic(binding, message), explain("topic", binding, message)];
    })"""
    said = engine(call, [[key, patterns] for key in keys])
    for key, answers_of_key in zip(keys, said, strict=True):
        for pattern, found in zip(patterns, answers_of_key, strict=True):
            takes = topic(Binding("x", "q", pattern), Message("x", key))
            expected = [takes, reason_as_json(why_topic.reason_of(pattern, key))]
            assert found == expected, (pattern, key)


@pytest.mark.parametrize("one_of", EACH_KEY)
def test_do_patterns_lie_on_keys_as_the_model_has_them(engine: Engine, one_of: int) -> None:
    """What is shown word under word stands where the terminal shows it."""
    patterns, keys = patterns_and_keys()
    pairs = [*product(patterns, keys[::one_of])]
    call = (
        "(pattern, key) => columns(splitWords(pattern), splitWords(key), "
        "explainTopic(pattern, key)).map((each) => "
        "[each.sent ?? null, each.wanted ?? null, Boolean(each.goesOn), fails(each)])"
    )
    laid = [
        [[each.sent, each.wanted, each.goes_on, each.fails] for each in found]
        for pattern, key in pairs
        for reason in [why_topic.reason_of(pattern, key)]
        for found in [columns(split_words(pattern), split_words(key), reason)]
    ]
    assert engine(call, pairs) == laid


def test_is_the_rule_that_is_missed_the_one_that_a_walk_tells(engine: Engine) -> None:
    """Of every binding on the way, the sentence of its reason's kind."""
    cases = [*islice(drawn(range(20, 30)), 300)]
    call = (
        "(...asked) => route(...asked).path.flatMap((each) => each.bindings.map((b) => ruleOf(b)))"
    )
    expected = [
        [RULES[code_of(v.reason)](v.reason, v) for v in route(*case).verdicts] for case in cases
    ]
    said = answers(engine, cases, call)
    told = zip(said, expected, cases, strict=True)
    assert [each for each in told if each[0] != each[1] and each[0]] == []


def test_does_it_load_a_file_as_the_model_does(engine: Engine) -> None:
    """What cannot be there is left out with the same reason, and taints the same exchanges."""
    cases = [case for case in islice(drawn(range(40, 60)), 500) if not case[0].unbound]
    call = """(topology, message, version) => {
        const nameOf = (part) => part.name ?? part.destination ?? part;
        const has = load(topology, version);
        const left = has.leftOut.map(({ part, why }) => [nameOf(part), why]);
        return { ...routeThrough(has.ready, message, version), left };
    }"""
    expected = []
    for topology, message, version in cases:
        has = loaded(topology, version)
        left = [[part_name(each.part), each.why] for each in has.left_out]
        expected.append(
            answer(route_through(has.ready, message), has.topology) | {"left": written(left)}
        )
    told = zip(answers(engine, cases, call), expected, cases, strict=True)
    assert [e for e in told if e[0] != e[1] and e[0]["undecided"] != NOT_COUNTED] == []


def part_name(part: Any) -> str:
    """Name what is left out: itself, or of a binding where it leads to."""
    return part if isinstance(part, str) else getattr(part, "name", None) or part.destination


NUMBERS = (0.0001, 0.00012, 0.00001, 1e15, 1e16, 1.5e16, 123456.789, 5e-324, -1.7e308, 2.0, -0.5)


def test_are_numbers_written_as_python_does(engine: Engine) -> None:
    """Also where they begin to be written with an exponent."""
    assert engine("writeFloat", [[each] for each in NUMBERS]) == [*map(repr, NUMBERS)]


SPECIAL = (Version(4, 3, 0), Version(4, 0, 5, 26), Version(4, 0, 5, 27), Version(3, 13, 3))
"""The one that shares empty keys, and some whose Erlang, or place between others, counts."""


def test_does_it_know_the_versions_that_are_special(engine: Engine) -> None:
    """What only one of them does, and what their Erlang decides."""
    topics = Topology(
        exchanges=[Exchange("x", "topic"), Exchange("y", "topic"), Exchange("z", "headers")],
        queues=["a", "b", "c"],
        bindings=[
            *(Binding("x", "a"), Binding("y", "b"), Binding("y", "c", "#.a.#.b.#")),
            Binding("z", "c", arguments={"n": 0.0}),
        ],
    )
    messages = [Message("x"), Message("y"), Message("z", headers={"n": -0.0})]
    cases = [(topics, message, version) for message in messages for version in SPECIAL]
    assert differing(engine, cases) == []
    assert len({str(answer(route(*case), topics)["queues"]) for case in cases}) > 3


def test_is_what_it_cannot_count_told(engine: Engine) -> None:
    """Headers that may not fit into a frame are not decided, and not guessed."""
    topology = Topology(exchanges=[Exchange("x", "fanout")], queues=["q"])
    message = Message("x", headers={"long": "a" * 40_000})
    [said] = answers(engine, [(topology, message, NEWEST)])
    assert (said["queues"], said["undecided"]) == ([], NOT_COUNTED)
