"""Is a topology read from wherever people have it, and is what is wrong told with its place?"""

import json
import os
from pathlib import Path
from random import Random
from typing import Any

import pytest

from routing.amqp.errors import BadUse
from routing.amqp.topology import Binding, Exchange, ExchangeBinding, Message
from routing.amqp.values import Typed
from routing.amqp.versions import NEWEST
from routing.files.reading import read_source
from routing.files.source import Source
from routing.files.toml import EXAMPLE
from routing.rules.loaded import Loaded, loaded
from routing.rules.predict import Route, route_through

EXPORTED: dict[str, Any] = {
    "rabbit_version": "3.8.9",
    "users": [{"name": "u", "password_hash": "SECRET", "tags": "administrator"}],
    "vhosts": [{"name": "/"}],
    "permissions": [],
    "exchanges": [
        {"name": "orders", "vhost": "/", "type": "topic", "durable": True, "arguments": {}},
        {"name": "lost", "vhost": "/", "type": "fanout", "internal": False},
        {"name": "later", "vhost": "/", "type": "x-delayed-message"},
    ],
    "queues": [
        {"name": "audit", "vhost": "/", "arguments": {"x-dead-letter-exchange": "lost"}},
        {"name": "unrouted", "vhost": "/"},
        {"name": "amq.gen-1", "vhost": "/"},
    ],
    "bindings": [
        {
            "source": "orders",
            "vhost": "/",
            "destination": "audit",
            "destination_type": "queue",
            "routing_key": "order.#",
            "arguments": {},
        },
        {"source": "", "vhost": "/", "destination": "audit", "routing_key": "audit"},
        {"source": "lost", "vhost": "/", "destination": "unrouted", "destination_type": "queue"},
        {"source": "amq.topic", "vhost": "/", "destination": "audit", "routing_key": "a"},
        {"source": "later", "vhost": "/", "destination": "audit"},
        {"source": "orders", "vhost": "/", "destination": "gone", "routing_key": "#"},
        {
            "source": "amq.topic",
            "vhost": "/",
            "destination": "later",
            "destination_type": "exchange",
            "routing_key": "late",
        },
    ],
    "policies": [
        {
            "vhost": "/",
            "name": "unrouted",
            "pattern": "^ord",
            "apply-to": "exchanges",
            "definition": {"alternate-exchange": "lost"},
            "priority": 0,
        }
    ],
}


def written(folder: Path, text: str | bytes | dict[str, Any], name: str = "mine.json") -> Path:
    """Write a file."""
    path = folder / name
    if isinstance(text, dict):
        text = json.dumps(text, indent=2)
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def read(folder: Path, text: str | bytes | dict[str, Any], **more: Any) -> Source:
    """Write a file and read it."""
    return read_source(str(written(folder, text)), **more)


def goes(has: Loaded, exchange: str, key: str) -> Route:
    """Predict where one message goes."""
    return route_through(has.ready, Message(exchange, key))


def test_is_an_export_answered_as_the_broker_would(tmp_path: Path) -> None:
    """Policies, the exchanges that are always there, and what is not there, and is left out."""
    source = read(tmp_path, EXPORTED)
    has = loaded(source.topology, NEWEST, source.doubts)
    assert goes(has, "orders", "order.eu").queues == {"audit"}
    assert goes(has, "orders", "invoice").queues == {"unrouted"}
    assert goes(has, "amq.topic", "a").queues == {"audit"}
    assert goes(has, "", "unrouted").queues == {"unrouted"}
    assert goes(has, "", "amq.gen-1").queues == set()
    assert [each.why for each in has.left_out] == [
        "an import skips a name with amq. before it",
        "there is no queue gone",
    ]
    assert source.arguments == {"audit": {"x-dead-letter-exchange": "lost"}}


def test_does_a_plugin_concern_only_what_comes_to_its_exchange(tmp_path: Path) -> None:
    """Every other question is answered."""
    source = read(tmp_path, EXPORTED)
    has = loaded(source.topology, NEWEST, source.doubts)
    for exchange, key in (("later", ""), ("amq.topic", "late")):
        route = goes(has, exchange, key)
        assert route.undecided == "a plugin brings the type x-delayed-message of exchange later"
        assert not route.returned
    assert goes(has, "amq.topic", "a").undecided is None


def test_does_a_refused_binding_concern_only_its_exchange(tmp_path: Path) -> None:
    """RabbitMQ 4.3.5 and later refuse it, and what is before them does not."""
    hashes = [{"source": "orders", "destination": "unrouted", "routing_key": "#.a.#.b.#"}]
    source = read(tmp_path, EXPORTED | {"bindings": EXPORTED["bindings"] + hashes})
    new = loaded(source.topology, NEWEST)
    assert "3 #, and 2 are the most" in str(goes(new, "orders", "order.a").undecided)
    assert goes(new, "lost", "").queues == {"unrouted"}
    old = loaded(source.topology, NEWEST._replace(major=3, minor=10, patch=8))
    assert goes(old, "orders", "a.b").queues == {"unrouted"}


def test_has_every_binding_a_place(tmp_path: Path) -> None:
    """The line that it begins at; the column, too, where all stands on one line."""
    lines = written(tmp_path, EXPORTED).read_text().splitlines()
    source = read(tmp_path, EXPORTED)
    spots = [source.spot(each) for each in source.topology.bindings]
    assert all(spot and lines[spot.line - 1].strip() == "{" for spot in spots)
    assert [spot and spot.line for spot in spots] == sorted(spot.line for spot in spots if spot)
    text = json.dumps(EXPORTED)
    source = read(tmp_path, text)
    for binding in source.topology.bindings:
        spot = source.spot(binding)
        assert spot
        assert spot.line == 1
        assert spot.column
        assert text[spot.column - 1 :].startswith(f'{{"source": "{binding.source}"')


def test_is_what_an_export_leaves_out_told(tmp_path: Path) -> None:
    """Internal exchanges, and with rabbitmqctl of 3.8.9 what headers exchanges ask for."""
    whole = {
        "rabbit_version": "3.8.9",
        "exchanges": [{"name": "x", "type": "headers"}, {"name": "y", "type": "fanout"}],
        "queues": [{"name": "q"}],
        "bindings": [
            {"source": "x", "destination": "q", "arguments": {}},
            {"source": "y", "destination": "inner", "destination_type": "exchange"},
            {"source": "amq.match", "destination": "q"},
        ],
    }
    source = read(tmp_path, whole)
    has = loaded(source.topology, NEWEST, source.doubts)
    assert "leaves the arguments of bindings out" in str(goes(has, "x", "").undecided)
    assert [*source.doubts] == ["x", "amq.match", "inner"]
    undecided = str(goes(has, "y", "").undecided)
    assert "does not list exchange inner, which a binding names" in undecided
    assert [*source.left_out(NEWEST)] == []
    asks = {"source": "x", "destination": "q", "arguments": {"a": 1}}
    for other in (
        {"bindings": [*whole["bindings"], asks]},
        {"rabbit_version": "3.8.10"},
        {"rabbit_version": None},
    ):
        source = read(tmp_path, whole | other)
        assert [*source.doubts] == ["inner"] * (other != {"rabbit_version": None})


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ([1], "whole numbers in a list or table"),
        ({"a": ["x", {"b": 2}]}, "whole numbers in a list or table"),
        ("\x01", "text with control characters"),
        (["x", 1.0, True], None),
        ({"a": 1.5}, None),
        ("é", None),
        (1, None),
    ],
)
def test_is_what_an_export_half_tells_decided(tmp_path: Path, asked: Any, said: str | None) -> None:
    """Not at the headers exchange that it concerns; but in a file that no broker has exported."""
    bindings = [
        {"source": source, "destination": "q", "arguments": {"n": asked}}
        for source in ("x", "amq.match", "y")
    ]
    exchanges = [{"name": "x", "type": "headers"}, {"name": "y", "type": "topic"}]
    whole = {"exchanges": exchanges, "queues": [{"name": "q"}], "bindings": bindings}
    source = read(tmp_path, whole | {"rabbitmq_version": "4.3.6"})
    assert [*source.doubts] == (["x", "amq.match"] if said else [])
    if said:
        assert "a binding asks for n, " in source.doubts["x"]
        assert said in source.doubts["x"]
    assert not read(tmp_path, whole).doubts


def test_is_the_secret_of_a_user_kept(tmp_path: Path) -> None:
    """Users and their hashes are never looked at."""
    assert "SECRET" not in repr(read(tmp_path, EXPORTED))


def test_is_a_vhost_asked_for_only_where_several_fit(tmp_path: Path) -> None:
    """A file of one vhost names none, and a wrong name is told with the nearest one."""
    mine = {"name": "x", "type": "fanout", "vhost": "mine"}
    other = {"name": "y", "type": "fanout", "vhost": "others"}
    both = {"exchanges": [mine, other]}
    with pytest.raises(BadUse, match="several vhosts: choose one of mine, others with --vhost"):
        read(tmp_path, both)
    assert [each.name for each in read(tmp_path, both, vhost="others").topology.exchanges] == ["y"]
    with pytest.raises(BadUse, match=r"no vhost mein; did you mean mine\?"):
        read(tmp_path, both, vhost="mein")
    log = {"name": "amq.rabbitmq.log", "type": "topic", "vhost": "/"}
    newer = read(tmp_path, {"exchanges": [log, mine]})
    assert [each.name for each in newer.topology.exchanges] == ["x"]
    alone = {"exchanges": [{"name": "x", "type": "fanout"}], "original_vhost_name": "mine"}
    assert read(tmp_path, alone).topology.exchanges == [Exchange("x", "fanout")]


@pytest.mark.parametrize(("priorities", "expected"), [((1, 2), "b"), ((2, 1), "a"), ((1, 1), None)])
def test_which_policy_counts(
    tmp_path: Path, priorities: tuple[int, int], expected: str | None
) -> None:
    """That of the highest priority; of two with the same, either may, and that is said."""
    policies = [
        {"name": name, "pattern": "x", "priority": each, "definition": {"alternate-exchange": name}}
        for name, each in zip("ab", priorities, strict=True)
    ]
    exchanges = [{"name": name, "type": "fanout"} for name in ("x", "a", "b")]
    source = read(tmp_path, {"exchanges": exchanges, "policies": policies})
    has = loaded(source.topology, NEWEST, source.doubts)
    assert source.topology.exchanges[0].alternate == expected
    assert ("either may count" in str(goes(has, "x", "").undecided)) == (expected is None)


def test_does_an_argument_win_over_a_policy(tmp_path: Path) -> None:
    """Key by key."""
    given = {"alternate-exchange": "argument"}
    exchange = {"name": "x", "type": "fanout", "arguments": given}
    policy = {"name": "p", "pattern": "", "definition": {"alternate-exchange": "policy"}}
    source = read(tmp_path, {"exchanges": [exchange], "policies": [policy]})
    assert source.topology.exchanges[0].alternate == "argument"


def test_is_the_example_read(tmp_path: Path) -> None:
    """The TOML that is written for a beginner, with the places of its bindings and messages."""
    text = EXAMPLE.format(file="mine.toml")
    source = read_source(str(written(tmp_path, text, "mine.toml")))
    has = loaded(source.topology, NEWEST)
    assert len(source.messages) == 2
    for each in source.messages:
        assert each.outcome
        assert each.outcome.queues == tuple(sorted(route_through(has.ready, each.message).queues))
        assert each.spot
        assert text.splitlines()[each.spot.line - 1] == "[[messages]]"
    assert source.messages[1].message.headers == {
        "region": "eu",
        "urgent": True,
        "weight": Typed("int8", 1),
    }
    spots = [source.spot(each) for each in source.topology.bindings]
    assert [text.splitlines()[spot.line - 1] for spot in spots if spot] == ["[[bindings]]"] * 3


def test_has_a_binding_of_a_lesson_a_place() -> None:
    """The line of the Python file where it is written."""
    source = read_source("topic")
    for binding in source.topology.bindings:
        spot = source.spot(binding)
        assert spot
        line = Path(spot.file).read_text().splitlines()[spot.line - 1]
        assert f'binding_key="{binding.binding_key}"' in line


def test_are_number_types_those_of_rabbitmq(tmp_path: Path) -> None:
    """A number with a point is a double, and an object is a table."""
    arguments = {"a": 1.0, "b": 1, "c": {"d": [True, 2.5]}}
    bindings = [{"source": "x", "destination": "q", "arguments": arguments}]
    [binding] = read(tmp_path, {"bindings": bindings}).topology.bindings
    double = Typed("float64", 2.5)
    assert binding == Binding(
        "x", "q", "", {"a": Typed("float64", 1.0), "b": 1, "c": {"d": [True, double]}}
    )


def test_are_types_within_lists_and_tables_those_of_an_import(tmp_path: Path) -> None:
    """There sizes are compared: whole numbers are long ones; and tables are ordered by name."""
    arguments = {"n": 1, "list": [1, {"b": True, "a": -1}]}
    bindings = [{"source": "x", "destination": "q", "arguments": arguments}]
    [binding] = read(tmp_path, {"bindings": bindings}).topology.bindings
    table = {"a": Typed("int64", -1), "b": True}
    assert binding.arguments == {"n": 1, "list": [Typed("int64", 1), table]}
    assert str(binding).index("'a'") < str(binding).index("'b'")


@pytest.mark.parametrize(
    "text", ['{"bindings": []}', "\ufeff{}", ' {"a":[1,2],"exchanges":null}\n']
)
def test_is_what_rabbitmq_loads_loaded(tmp_path: Path, text: str) -> None:
    """Parts may be missing, and there may be a byte-order mark."""
    assert read(tmp_path, text).topology.bindings == []


def test_may_unknown_entries_be_there(tmp_path: Path) -> None:
    """RabbitMQ passes over them."""
    entry = {"source": "x", "destination": "y", "destination_type": "exchange", "_comment": 1}
    found = read(tmp_path, {"_comment": "no", "bindings": [entry]}).topology.bindings
    assert found == [ExchangeBinding("x", "y")]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", r"mine.json:1:1: this is no JSON \(it is empty\)"),
        ('{"a": 1,}', r":1:9: this is no JSON \(Expecting \"\): a comma too many"),
        ('{"bindings": [\n {},\n]}', r":3:1: .*a comma too many"),
        ('{"a": ${NAME}}', r":1:7: .*a placeholder, to be filled in first"),
        ('{\n// c\n"a": 1}', r":2:1: .*JSON has no comments"),
        ('{"a": 1} x', r":1:9: this is no JSON \(Extra data\)"),
        ('{"a": [1 2]}', r":1:10: this is no JSON \(Expecting ,\)"),
        ("[]", "holds no JSON object"),
        ("{", "this is no JSON"),
        (b"\xff", r"is not UTF-8 \(byte 1\)"),
        ('{"a": ' + "[" * 100_000, "nested too deep"),
        ('{"bindings": {}}', r"\.json: bindings must be a list, not {}; correct it\."),
        (
            '{"bindings":\n[1]}',
            r"\.json:2:2: bindings 1 must be an object, not 1; correct it\.",
        ),
        ('{"bindings":\n[{"source": 1}]}', r":2: in bindings, source must be text, not 1"),
        ('{"bindings":\n[{"source": "x"}]}', r":2: in bindings, destination is missing"),
        (
            '{"bindings": [{"source": "x", "destination": "y", "destination_type": "q"}]}',
            'destination_type is "q", not queue or exchange',
        ),
        (
            '{"bindings": [{"source": "x", "destination": "y", "arguments": {"a": null}}]}',
            "null_not_allowed",
        ),
        (
            '{"queues": [{"name": "\\ud83d\\ude00 \\ud800"}]}',
            r"holds '\\ud800', which is no Unicode",
        ),
        ('{"exchanges": [{"name": "x"}]}', "in exchanges, type is missing"),
        (json.dumps({"queues": [{"name": "é" * 128}]}), "name has 256 bytes, but 255 are the most"),
    ],
)
def test_what_is_said_of_a_bad_file(tmp_path: Path, text: str | bytes, said: str) -> None:
    """One sentence: which file, where, what is wrong."""
    with pytest.raises(BadUse, match=said) as caught:
        read(tmp_path, text)
    assert str(caught.value).count("\n") == 0


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("queues = [", "this is no TOML"),
        ("a = 1", r"the file has no entry \"a\""),
        ("[[bindings]]\nsource = 'x'", "binding 1: destination is missing"),
        ("[[bindings]]\nsorce = 'x'", r"binding 1: a binding has no entry \"sorce\" \(did you"),
        ("[[messages]]\nexchange = 'x'\nqueues = 'q'", "message 1: queues must be a list"),
        ("[[messages]]\nheaders = {a = 2026-07-01}", "is no moment"),
    ],
)
def test_what_is_said_of_bad_toml(tmp_path: Path, text: str, said: str) -> None:
    """One sentence: which file, where, what is wrong."""
    with pytest.raises(BadUse, match=said):
        read_source(str(written(tmp_path, text, "mine.toml")))


ODD = [None, 1, 1.5, "", "x", [], {}, [1], {"a": 1}, True, "x" * 300, 2**70, "(", "\ud800"]


def spoiled(value: Any, random: Random) -> Any:
    """Put something odd in the place of a value or of one within it, or take one away."""
    if isinstance(value, dict) and value and random.random() < 0.8:
        name = random.choice(list(value))
        within = {name: spoiled(value[name], random)} if random.randrange(4) else {}
        return {k: v for k, v in value.items() if k != name} | within
    if isinstance(value, list) and value and random.random() < 0.8:
        place = random.randrange(len(value))
        return [*value[:place], spoiled(value[place], random), *value[place + 1 :]]
    return random.choice(ODD)


def test_is_a_spoiled_file_read_or_told_in_a_sentence(tmp_path: Path) -> None:
    """Whatever stands where something else should, or is not there."""
    random, told = Random("spoiled"), []  # noqa: S311 - nothing here is secret
    for _ in range(400):
        try:
            source = read(tmp_path, json.dumps(spoiled(spoiled(EXPORTED, random), random)))
        except BadUse as fault:
            told.append(str(fault))
        else:
            goes(loaded(source.topology, NEWEST, source.doubts), "orders", "order.eu")
    assert 100 < len(told) < 300
    assert not any("\n" in said for said in told)


def test_what_cannot_be_read_at_all(tmp_path: Path) -> None:
    """A folder, a pipe that nobody writes to, a link to itself, and what is not there."""
    os.mkfifo(tmp_path / "pipe.json")
    (tmp_path / "loop.json").symlink_to(tmp_path / "loop.json")
    (tmp_path / "folder.json").mkdir()
    for name, said in (
        ("pipe.json", "is a pipe: use -"),
        ("loop.json", "cannot be read"),
        ("folder.json", "cannot be read"),
        ("missing.json", "cannot be read"),
        ("nul\0.json", "cannot be read"),
    ):
        with pytest.raises(BadUse, match=said):
            read_source(f"{tmp_path}/{name}")
