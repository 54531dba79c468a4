"""What does `match` say, and with which status?"""

import json
from typing import Any

import pytest

from routing.match.command import COMMANDS
from routing.view.command_line import parser_of, status_of

Capture = pytest.CaptureFixture[str]


def match(*words: str) -> int:
    """Carry the command out, and give its status."""
    command = COMMANDS["match"]
    return status_of(lambda: command.run(parser_of("match", command).read(words)))


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        (["topic", "order.#", "order"], 0, "✓  takes it: # is nothing"),
        (["topic", "order.*", "order"], 4, "✗  leaves it: no word left for *"),
        (["direct", "a", "A"], 4, "A is not a (capitals count)"),
        (["direct", "a", "a"], 0, "the same key"),
        (["fanout", "", "x"], 0, "✓  takes every message"),
        (["headers", "x-match=any,a:int=1", "a=1"], 4, "a string is not an integer"),
        (["headers", "a", "a=1,b=2"], 0, 'not asked for: b="2"'),
        (["headers", "a,x-b=1", ""], 4, "skipped: the name begins with x-"),
        (["headers", "a,BCC", "a=1"], 4, "RabbitMQ removes it"),
        (["headers", "t:timestamp=9", "t:timestamp=9"], 4, "it counts 9000 ms"),
        (["headers", "t:timestamp=9", "t:timestamp=9", "--rabbitmq", "3.8"], 0, "RabbitMQ 3.8.9"),
        (["headers", "a:int=1", "a:float=1", "--rabbitmq", "3.10"], 0, "all met: a"),
        (["headers", "a:int=1", "a:float=1"], 4, "a float is not an integer"),
        (["topic", "order.#"], 0, "takes order, then any number of words, also none"),
        (["headers", "x-match=any"], 0, "No message was found that it takes."),
        (["topic", "#.#.#", "--rabbitmq", "4.0"], 0, "None was found that it leaves."),
    ],
)
def test_what_is_said(capsys: Capture, words: list[str], status: int, said: str) -> None:
    """The reason and 0 where it takes, 4 where it leaves; 0 for what a binding means."""
    assert match(*words) == status
    assert said in " ".join(capsys.readouterr().out.split(" "))


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["topik", "a"], "there is no type topik; did you mean topic?"),
        (["topic", "a", "--jsno"], "there is no option --jsno; did you mean --json?"),
        (["topic", "#.#.#"], "RabbitMQ 4.3.6 refuses this binding with 406: #.#.# has 3 #"),
        (["headers", "x-match=al", "a=1"], 'with 406: x-match is "al", but must be one of all'),
        (["headers", "x-match=any-with-x", "--rabbitmq", "3.8"], "RabbitMQ 3.8.9 refuses"),
        (["headers", "a", "CC=b"], "refuses this message with 406: CC must be a list"),
        (["headers", "a:float32=nan"], "RabbitMQ 4.3.6 refuses this binding: an argument"),
        (["headers", "a=1", "a"], "The header 'a' cannot be read"),
        (["topic", "a" * 256], "the binding key has 256 bytes, but 255 is the most"),
        (["direct", "a", "b" * 256], "the routing key has 256 bytes"),
        (["topic"], "match topic needs a BINDING, such as 'order.#'; '' is an empty one."),
    ],
)
def test_is_bad_use_told(capsys: Capture, words: list[str], said: str) -> None:
    """One sentence, and status 2."""
    assert match(*words) == 2
    out, error = capsys.readouterr()
    assert (out, error.count("\n")) == ("", 1)
    assert said in error


def as_json(capsys: Capture, *words: str) -> dict[str, Any]:
    """Ask for JSON."""
    match(*words, "--json")
    told: dict[str, Any] = json.loads(capsys.readouterr().out)
    return told


def test_what_do_programs_read(capsys: Capture) -> None:
    """What was asked, whether it takes, and the reason; values keep their types."""
    assert as_json(capsys, "headers", "a:int8=1", "a=1,b:int=2") == {
        "rabbitmq": "4.3.6",
        "type": "headers",
        "binding_key": "",
        "arguments": {"a": {"!type": "int8", "value": 1}},
        "routing_key": "",
        "headers": {"a": "1", "b": 2},
        "takes": False,
        "reason": {
            "code": "not-met",
            "text": 'a: "1" is a string, int8(1) is an integer',
            "skipped": [],
            "criteria": [
                {
                    "code": "other-type",
                    "name": "a",
                    "sent": "1",
                    "sent_is": "a string",
                    "wanted": {"!type": "int8", "value": 1},
                    "wanted_is": "an integer",
                }
            ],
        },
    }


def test_what_do_programs_read_of_a_binding_alone(capsys: Capture) -> None:
    """What it means, what it takes, and what it nearly takes, each with the reason."""
    told = as_json(capsys, "topic", "order.#")
    assert told["means"] == "order, then any number of words, also none"
    assert told["taken"][1] == {
        "routing_key": "order.paid",
        "headers": {},
        "reason": {"code": "fits", "text": "# is paid", "taken": [["#", ["paid"]]]},
    }
    assert {each["reason"]["code"] for each in told["left"]} == {"wrong-word"}


def test_can_a_key_do_nothing_to_the_terminal(capsys: Capture) -> None:
    """An escape sequence and markup in keys and headers are shown, and not obeyed."""
    for words in (
        ["topic", "a.\x1b[2J", "[bold]b.\x1b[2J"],
        ["topic", "a.\x1b[2J"],
        ["headers", "a=\x1b[2J,[red]c\n=[red]", "a=\x1b[2J,[red]c\n=[red]"],
        ["headers", "\x1b[2J"],
    ):
        match(*words)
        out, error = capsys.readouterr()
        assert "\x1b" not in out + error
        assert "[2J" in out
        assert ("[bold]" in out) == ("[bold]" in "".join(words))
