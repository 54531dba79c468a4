"""Is a topology of one's own asked: where to, why not there, what if?"""

import json
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import pytest

from routing.amqp.topology import Binding, Exchange, ExchangeBinding, Message, Topology
from routing.amqp.versions import NEWEST
from routing.ask.answer import ask
from routing.ask.command import COMMANDS
from routing.ask.instead import changes
from routing.ask.then import hops_after
from routing.files.source import Source
from routing.view.command_line import parser_of, status_of

DEFINITIONS: dict[str, Any] = {
    "exchanges": [
        {"name": "orders", "type": "topic", "arguments": {"alternate-exchange": "lost"}},
        {"name": "lost", "type": "fanout"},
        {"name": "later", "type": "x-delayed-message"},
        {"name": "documents", "type": "headers"},
        {"name": "inside", "type": "fanout", "internal": True},
    ],
    "queues": [
        {"name": "audit", "arguments": {"x-dead-letter-exchange": "lost", "x-message-ttl": 9}},
        {
            "name": "billing",
            "arguments": {"x-dead-letter-exchange": "", "x-dead-letter-routing-key": "billing"},
        },
        {"name": "unrouted"},
    ],
    "bindings": [
        {"source": "orders", "destination": "audit", "routing_key": "order.#"},
        {"source": "orders", "destination": "billing", "routing_key": "order.*.paid"},
        {"source": "orders", "destination": "gone", "routing_key": "order.#"},
        {
            "source": "orders",
            "destination": "later",
            "destination_type": "exchange",
            "routing_key": "later.#",
        },
        {"source": "lost", "destination": "unrouted"},
        {"source": "documents", "destination": "audit", "arguments": {"a": 1, "b": "x"}},
    ],
}

Told = tuple[int, str]

ROUTE = COMMANDS["route"]


@pytest.fixture
def told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., Told]:
    """Give what asks about the definitions: the status, and what is printed."""
    (tmp_path / "mine.json").write_text(json.dumps(DEFINITIONS, indent=1))

    def run(*words: str) -> Told:
        every = [str(tmp_path / "mine.json"), *words]
        status = status_of(lambda: ROUTE.run(parser_of("route", ROUTE).read(every)))
        said = capsys.readouterr()
        return status, " ".join((said.out + said.err).split())

    return run


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        ("-x orders -k order.eu.paid", 0, "arrives in audit, billing"),
        ("-x orders -k order.eu.paid", 0, "there is no queue gone"),
        ("-x orders -k invoice", 0, "arrives in unrouted at orders (topic)"),
        ("-x orders -k later.x", 5, "not decided: a plugin brings the type x-delayed-message"),
        ("-x amq.topic -k a", 4, "dropped, no queue takes it"),
        ("-x inside", 4, "refused at publish with 403: exchange inside is internal"),
        ("-x ordres", 2, "404: there is no exchange ordres; did you mean orders?"),
        ("-x orders -k a -q adit", 2, "there is no queue adit; did you mean audit?"),
        ("-k audit", 0, "the key is the queue's name"),
        ("-x documents -H a:int=1 -H b=x", 0, "all met: a, b"),
        ("-x documents -H a=1,b=x", 4, 'a: "1" is a string, 1 is an integer'),
        ("-x orders -k order -k later.x -k x", 5, "published to orders with x"),
        ("-x orders -k order.eu -q audit", 0, "queue audit gets it"),
        ("-x orders -k order.eu -q billing", 0, "order.eu → order.eu.paid"),
        ("-x documents -H a:int=1 -q audit", 4, 'would with header b="x"'),
        ("-x orders -k order -q unrouted", 0, "order → (empty key)"),
        ("-x orders -k order --then", 0, "expired in audit: on to queue unrouted over lost"),
        ("-k billing --then", 0, "over default exchange with billing, and so on"),
        ("--vhost / -k a", 4, "dropped"),
        ("", 2, "Which message?"),
        ("-H @/nowhere", 2, "/nowhere cannot be read"),
        ("-H a:int=x", 2, "is no int"),
    ],
)
def test_what_is_answered(told: Callable[..., Told], words: str, status: int, said: str) -> None:
    """The queues, the reasons, and a status for scripts."""
    found = told(*words.split())
    assert found[0] == status
    assert said in found[1]


def test_are_the_messages_of_a_lesson_asked(capsys: pytest.CaptureFixture[str]) -> None:
    """Where none is named."""
    assert ROUTE.run(parser_of("route", ROUTE).read(["topic"])) == 4
    assert capsys.readouterr().out.count("published to orders") == 8


def test_has_every_reason_its_place(told: Callable[..., Told], tmp_path: Path) -> None:
    """File and line, where an editor can jump to."""
    lines = (tmp_path / "mine.json").read_text().splitlines()
    answer = json.loads(told("-x", "orders", "-k", "order", "--json")[1])
    for binding in answer["path"][0]["bindings"]:
        file, line = binding["place"].rsplit(":", 1)
        assert file == str(tmp_path / "mine.json")
        entry = " ".join(lines[int(line) - 1 : int(line) + 6])
        assert f'"destination": "{binding["destination"]}"' in entry


def test_what_is_written_for_programs(told: Callable[..., Told]) -> None:
    """Queues, path, reasons with their parts; what is not decided, and what is refused."""
    answer = json.loads(told("-x", "orders", "-k", "order.eu", "--json")[1])
    assert (answer["queues"], answer["undecided"], answer["refused"]) == (["audit"], None, None)
    [audit, billing, _] = answer["path"][0]["bindings"]
    assert (audit["takes"], audit["reason"]["code"]) == (True, "fits")
    assert (billing["takes"], billing["reason"]["code"]) == (False, "no-word-left")
    assert [each["why"] for each in answer["left_out"]] == ["there is no queue gone"]
    unknown = json.loads(told("-x", "orders", "-k", "later", "--json")[1])
    assert "x-delayed-message" in unknown["undecided"]
    refused = json.loads(told("-x", "nope", "--json")[1])
    assert (refused["refused"]["at"], refused["refused"]["code"]) == ("publish", 404)


def test_is_one_line_written_for_each_of_many(told: Callable[..., Told], tmp_path: Path) -> None:
    """In their order; keys of one exchange, an empty one among them, or JSON lines."""
    (tmp_path / "keys").write_text("order.eu\n\nlater\n")
    status, said = told("-x", "orders", "--messages", str(tmp_path / "keys"), "--json")
    answers = [json.loads(f"{{{each}") for each in said.split("{")[1:]]
    assert status == 5
    assert [each["queues"] for each in answers] == [["audit"], ["unrouted"], []]
    assert answers[2]["undecided"]
    table = told("-x", "orders", "--messages", str(tmp_path / "keys"))[1]
    assert table.endswith("audit 1 unrouted 1 3 messages, 0 that nobody takes, 1 not decided.")
    line = {"exchange": "documents", "headers": {"a": 1, "b": "x"}}
    (tmp_path / "lines").write_text(f"{json.dumps(line)}\n\nx\n")
    status, said = told("--messages", str(tmp_path / "lines"))
    assert (status, "lines:3: this is no JSON" in said) == (2, True)


def test_does_what_is_proposed_arrive() -> None:
    """On random topologies, every change leads to the queue, and none of fewer steps does."""
    random, found = Random("ask"), 0  # noqa: S311 - nothing here is secret
    for _ in range(50):
        asked = ask(Source("it", drawn(random)), NEWEST)
        message = Message("x", key(random, "ab"), {"h": random.choice([1, "1"])})
        if "q" in asked.answer(message).route.queues:
            continue
        for change in changes(asked.has.ready, message, "q"):
            found += 1
            assert "q" in asked.answer(change.message).route.queues
            assert change.message.exchange == "x"
    assert found > 20


def key(random: Random, words: str) -> str:
    """Draw a key of up to four words."""
    return ".".join(random.choice(words) for _ in range(random.randint(0, 4)))


def drawn(random: Random) -> Topology:
    """Draw two exchanges, of which the second leads to q, and what leads to the second."""
    kinds = [random.choice(["direct", "topic", "headers"]) for _ in "xy"]
    arguments = {"h": random.choice([1, "1", None])}
    return Topology(
        exchanges=[Exchange("x", kinds[0]), Exchange("y", kinds[1])],
        queues=["q"],
        bindings=[
            ExchangeBinding("x", "y", key(random, "ab*#"), arguments),
            Binding("y", "q", key(random, "ab*#"), arguments),
        ],
    )


def test_is_the_change_the_smallest() -> None:
    """One word more, rather than a whole other key; over another exchange, too."""
    topology = Topology(
        exchanges=[Exchange("x", "topic"), Exchange("y", "direct")],
        queues=["q"],
        bindings=[
            ExchangeBinding("x", "y", "a.#"),
            Binding("y", "q", "a.b.c.d"),
            Binding("x", "q", "a.*.c.*.late"),
        ],
    )
    ready = ask(Source("it", topology), NEWEST).has.ready
    for key, words in (
        ("a.b.c", ["a.b.c → a.b.c.d"]),
        ("a.b.c.e", ["a.b.c.e → a.b.c.e.late", "a.b.c.e → a.b.c.d"]),
        ("x.y.z", ["x.y.z → a.b.c.d"]),
    ):
        assert sorted(each.words for each in changes(ready, Message("x", key), "q"))[:2] == sorted(
            words
        )


def test_how_many_deaths_are_followed() -> None:
    """Until the same death comes again."""
    arguments = {"x-dead-letter-exchange": "", "x-dead-letter-routing-key": "r"}
    back = {"x-dead-letter-exchange": "", "x-dead-letter-routing-key": "q"}
    source = Source("it", Topology(queues=["q", "r"]), arguments={"q": arguments, "r": back})
    found = hops_after(ask(source, NEWEST).answer(Message("", "q")))
    assert [(hop.death.copy.queue, hop.depth) for hop in found] == [("q", 0), ("r", 1), ("q", 2)]
    assert [hop.further for hop in found] == [False, False, True]
