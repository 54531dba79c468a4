"""Do the lessons show what they say?  Expectations by hand, beside the model and the broker."""

import pytest

from routing.amqp.topology import Scenario
from routing.amqp.versions import FEW_HASHES, NEWEST, Version
from routing.broker import Broker
from routing.files.lesson import FIRST, lesson
from routing.play.play import play
from routing.rules.compare import beside
from routing.rules.compare import expected as expected_rows
from routing.rules.predict import predict
from routing.rules.suspicious import suspicious
from routing.rules.validity import accept, validate
from scenarios import dead_letters, default, direct, fanout, headers, journey, surprises, topic

EXPECTED: list[tuple[Scenario, list[set[str]]]] = [
    (default.scenario, [{"hello"}, {"goodbye"}, set()]),
    (
        direct.scenario,
        [{"archive"}, {"archive", "pager"}, set(), {"hopeful"}, set(), set()],
    ),
    (fanout.scenario, [{"website", "app", "archive"}] * 3),
    (
        topic.scenario,
        [
            {"billing", "audit"},
            {"billing", "europe", "audit"},
            {"europe", "audit"},
            {"audit"},
            {"europe"},
            set(),
            set(),
            set(),
        ],
    ),
    (
        headers.scenario,
        [
            {"invoices", "print", "ledger"},
            {"ledger"},
            {"print", "urgent", "ledger"},
            {"single", "ledger"},
            {"ledger"},
            {"ledger"},
            {"ledger"},
            {"ledger"},
        ],
    ),
    (journey.scenario, [{"city"}, {"audit"}, {"lost"}, set(), {"city", "customs"}]),
    (
        surprises.scenario,
        [{"sales"}, {"sales"}, *[set()] * 4, {"press"}, {"sales"}, {"sales"}, set()],
    ),
]

RESTING: list[tuple[set[str], list[str]]] = [
    ({"graveyard"}, ["rejected"]),
    (set(), ["rejected"]),
    ({"graveyard"}, ["expired"]),
    (set(), ["expired"]),
    ({"work"}, ["rejected"] * 3),
    ({"graveyard"}, ["expired"]),
    ({"latest"}, []),
    ({"latest"}, ["maxlen"]),
]
"""Of the dead letters, in which queues each rests, and what happens before."""

each_scenario = pytest.mark.parametrize(
    ("scenario", "expected"), EXPECTED, ids=[scenario.name for scenario, _ in EXPECTED]
)


@each_scenario
def test_is_a_lesson_well_written(scenario: Scenario, expected: list[set[str]]) -> None:
    """It can be played, and there is an expectation for each of its messages."""
    validate(scenario)
    assert len(expected) == len(scenario.messages)


@each_scenario
def test_does_the_model_route_as_written_by_hand(
    scenario: Scenario, expected: list[set[str]]
) -> None:
    """The prediction is what a person who knows the rules would write down."""
    routes = predict(scenario)
    assert [set(route.copies) for route in routes] == expected
    assert [route.returned for route in routes] == [not queues for queues in expected]


@each_scenario
def test_does_the_broker_route_as_written_by_hand(
    broker: Broker, scenario: Scenario, expected: list[set[str]]
) -> None:
    """RabbitMQ delivers one copy to just these queues, and returns what is nobody's."""
    observations = play(broker, scenario, scenario.messages)
    assert [dict(seen.copies) for seen in observations] == [
        dict.fromkeys(queues, 1) for queues in expected
    ]
    assert [seen.returned for seen in observations] == [int(not queues) for queues in expected]


def test_do_dead_letters_rest_as_written_by_hand() -> None:
    """The prediction is what a person who knows the rules would write down."""
    rows = expected_rows(dead_letters.scenario)
    ends = [
        (set(row.copies), [death.reason for _, death in row.life.deaths])
        for row in rows
        if row.life
    ]
    assert ends == RESTING
    assert [row.route.returned for row in rows] == [False] * 8


def test_do_dead_letters_rest_so_on_each_broker(brokers: list[Broker]) -> None:
    """On every RabbitMQ that is tried, with key and headers as predicted."""
    scenario = dead_letters.scenario
    for broker in brokers:
        observed = play(broker, scenario, scenario.messages)
        assert [set(seen.copies) for seen in observed] == [queues for queues, _ in RESTING]
        assert all(row.agrees for row in beside(expected_rows(scenario, broker.followed), observed))


@pytest.mark.parametrize("version", [Version(3, 10, 8), FEW_HASHES, NEWEST], ids=str)
@pytest.mark.parametrize("name", FIRST)
def test_does_a_lesson_keep_to_what_every_version_accepts(name: str, version: Version) -> None:
    """RabbitMQ 4.3.5 and newer refuse more than two `#` in one binding key."""
    accept(lesson(name), version)


def test_what_is_noticed_in_the_lessons() -> None:
    """Just what they teach."""
    found = {name: [each.code for each in suspicious(lesson(name))] for name in FIRST}
    assert found == {
        "default": [],
        "direct": ["wildcard-in-direct"],
        "fanout": ["key-ignored", "x-match-ignored"],
        "topic": [],
        "headers": ["criterion-passed-over"],
        "journey": [],
        "dead-letters": [],
        "surprises": [
            "criterion-passed-over",
            "wildcard-in-direct",
            "key-ignored",
            "wildcard-sent",
        ],
    }
