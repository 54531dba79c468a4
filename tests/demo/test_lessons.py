"""Do the lessons show what they say?  Expectations by hand, beside the model and the broker."""

import pytest

from routing.amqp.topology import Scenario
from routing.amqp.versions import FEW_HASHES, NEWEST, Version
from routing.broker import Broker
from routing.files.lesson import FIRST, lesson
from routing.play.play import play
from routing.rules.predict import predict
from routing.rules.validity import accept, validate
from scenarios import default, direct, fanout, headers, journey, topic

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
]

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


@pytest.mark.parametrize("version", [Version(3, 10, 8), FEW_HASHES, NEWEST], ids=str)
@pytest.mark.parametrize("name", FIRST)
def test_does_a_lesson_keep_to_what_every_version_accepts(name: str, version: Version) -> None:
    """RabbitMQ 4.3.5 and newer refuse more than two `#` in one binding key."""
    accept(lesson(name), version)
