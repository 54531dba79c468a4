"""What do convert and new write, and what do they say?"""

import ast
import json
import os
import shlex
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from routing.amqp.versions import NEWEST
from routing.code.command import COMMANDS as CODE
from routing.convert.command import COMMANDS
from routing.files.lesson import lesson
from routing.files.reading import read_source
from routing.rules.dead_letters import arrives
from routing.rules.loaded import loaded
from routing.rules.predict import predict, route_through
from routing.view.command_line import parser_of, status_of

OWN: dict[str, Any] = {
    "exchanges": [
        {"name": "x", "vhost": "mine", "type": "topic"},
        {"name": "h h", "vhost": "mine", "type": "headers", "internal": True},
        {"name": "late", "vhost": "mine", "type": "x-delayed-message"},
    ],
    "queues": [
        {"name": "q", "vhost": "mine", "arguments": {"x-dead-letter-exchange": "x"}},
        {"name": "o'k $(x)", "vhost": "mine"},
    ],
    "bindings": [
        {"vhost": "mine", "source": "x", "destination": "q", "routing_key": "#.a.#.b.#"},
        {"vhost": "mine", "source": "x", "destination": "gone", "routing_key": "*"},
        {
            "vhost": "mine",
            "source": "h h",
            "destination": "o'k $(x)",
            "arguments": {"x-match": "any-with-x", "n": 1.5},
        },
    ],
    "policies": [
        {
            "vhost": "mine",
            "name": "mirrored",
            "pattern": "^q",
            "apply-to": "queues",
            "definition": {"ha-mode": "all", "dead-letter-routing-key": "dead"},
            "priority": 1,
        },
    ],
}


@pytest.fixture
def own(tmp_path: Path) -> str:
    """Give definitions as somebody may have them."""
    (tmp_path / "own.json").write_text(json.dumps(OWN, indent=1))
    return str(tmp_path / "own.json")


def main(words: Sequence[str]) -> int:
    """Carry out a command, and give its status."""
    name, *rest = words
    command = {**COMMANDS, **CODE}[name]
    return status_of(lambda: command.run(parser_of(name, command).read(rest)))


def told(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[str, list[str]]:
    """Carry out a command that must end well, and give what it wrote and said."""
    capsys.readouterr()
    assert main(words) == 0
    written = capsys.readouterr()
    return written.out, written.err.splitlines()


def test_is_what_each_version_refuses_told(own: str, capsys: pytest.CaptureFixture[str]) -> None:
    """By those that do; where all do, without a version; a binding with its line."""
    _, said = told(capsys, "convert", own, "--to", "json")
    assert said == [
        "RabbitMQ 4.3.6: "
        f"{own}:34: binding of x to queue q with #.a.#.b.#: refused: #.a.#.b.# has 3 #, and 2 are "
        "the most from RabbitMQ 4.3.5 on.",
        f"RabbitMQ 4.3.6, 4.0.5: {own}:40: binding of x to queue gone with *: there is no queue "
        "gone, and the import ends.",
        "a plugin brings the type x-delayed-message of exchange late.",
        "RabbitMQ 4.3.6, 4.0.5: policy mirrored: ha-mode is refused, and the import ends.",
        f"RabbitMQ 3.10.8, 3.8.9: {own}:40: binding of x to queue gone with *: there is no queue "
        "gone.",
        f"RabbitMQ 3.8.9: {own}:46: binding of h h to queue o'k $(x) with (empty key): refused: "
        'x-match is "any-with-x", but must be one of all, any before RabbitMQ 3.10.0.',
    ]


def test_is_a_queue_told_that_an_import_passes_over(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """One that is not durable, by those that make none such; and what is written lasts."""
    file = tmp_path / "own.json"
    lasting = [{"name": name, "vhost": "/", "durable": name == "b"} for name in "ab"]
    unsaid = {"name": "d", "vhost": "/"}
    file.write_text(json.dumps({"queues": [*lasting, unsaid]}))
    written, said = told(capsys, "convert", str(file), "--to", "json")
    assert said == [
        "RabbitMQ 4.3.6: queue a: it is not durable; an import passes it over in silence, unless "
        "transient_nonexcl_queues is permitted."
    ]
    assert all(each["durable"] for each in json.loads(written)["queues"])


def test_are_the_entries_of_the_vhost_that_is_asked_for(
    own: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """And otherwise of that which every broker has."""
    whole = json.loads(told(capsys, "convert", own, "--to", "json", "--vhost", "mine")[0])
    assert whole.pop("vhosts") == [{"name": "mine"}]
    assert {entry["vhost"] for part in whole.values() for entry in part} == {"mine"}
    [policy] = whole["policies"]
    assert policy == OWN["policies"][0]
    assert all(entry["durable"] for entry in whole["exchanges"] + whole["queues"])
    whole = json.loads(told(capsys, "convert", own, "--to", "json")[0])
    assert {entry["vhost"] for part in whole.values() for entry in part} == {"/"}


def test_does_an_alternate_stay_with_the_policy_that_sets_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """In definitions; TOML, which has no policies, has it as an argument."""
    sets = {"name": "p", "pattern": "^x$", "definition": {"alternate-exchange": "y"}}
    exchanges = [{"name": name, "type": "fanout"} for name in "xy"]
    file = tmp_path / "own.json"
    file.write_text(json.dumps({"exchanges": exchanges, "policies": [sets]}))
    written = told(capsys, "convert", str(file), "--to", "json")[0]
    assert [each["arguments"] for each in json.loads(written)["exchanges"]] == [{}, {}]
    (tmp_path / "back.json").write_text(written)
    (tmp_path / "back.toml").write_text(told(capsys, "convert", str(file), "--to", "toml")[0])
    for name in ("own.json", "back.json", "back.toml"):
        assert read_source(str(tmp_path / name)).topology.exchanges[0].alternate == "y"


OPERATED: dict[str, Any] = {
    "queues": [{"name": "q", "vhost": "mine"}],
    "parameters": [
        {
            "vhost": "mine",
            "component": "operator_policy",
            "name": "ttl",
            "value": {
                "pattern": "^q",
                "apply-to": "queues",
                "definition": {"message-ttl": 5},
                "priority": 2,
            },
        },
        {"vhost": "other", "component": "shovel", "name": "s", "value": {"src-uri": "SECRET"}},
    ],
}


def test_what_becomes_of_an_operator_policy(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It stays one in definitions; of all other parameters nothing is seen."""
    file = tmp_path / "own.json"
    file.write_text(json.dumps(OPERATED))
    written, said = told(capsys, "convert", str(file), "--to", "json", "--vhost", "mine")
    assert json.loads(written)["parameters"] == OPERATED["parameters"][:1]
    assert said == []
    toml = told(capsys, "convert", str(file), "--to", "toml")[0]
    assert "[arguments.q]\nx-message-ttl = 5\n" in toml
    _, said = told(capsys, "convert", str(file), "--to", "rabbitmqadmin")
    assert said == ["Commands of rabbitmqadmin make no operator policies."]
    [copy] = arrives(read_source(str(file)).route("", "q"), NEWEST)
    assert [*read_source(str(file)).arguments_in_force(copy.queue)] == ["x-message-ttl"]
    assert "SECRET" not in repr(read_source(str(file)))


def test_can_a_shell_read_the_commands(own: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Every word as it was, one command a line, the JSON in it, too."""
    lines = told(capsys, "convert", own, "--to", "rabbitmqadmin", "--vhost", "mine")[0]
    read = [shlex.split(line) for line in lines.splitlines()]
    assert all(words[:3] == ["rabbitmqadmin", "--vhost=mine", "declare"] for words in read)
    assert read[1][3:] == ["exchange", "name=h h", "type=headers", "internal=true"]
    assert read[4][3:] == ["queue", "name=o'k $(x)"]
    assert read[7][3:5] == ["binding", "source=h h"]
    arguments = read[7][-1].removeprefix("arguments=")
    assert json.loads(arguments) == {"x-match": "any-with-x", "n": 1.5}


def test_does_toml_have_what_policies_set(
    own: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The dead-letter key of a policy stands beside the exchange of the argument."""
    told(capsys, "convert", own, "--to", "toml", "--save", f"{tmp_path}/own.toml")
    arguments = read_source(f"{tmp_path}/own.toml").arguments
    assert arguments == {"q": {"x-dead-letter-exchange": "x", "x-dead-letter-routing-key": "dead"}}


def test_are_expectations_kept(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """From TOML to TOML nothing is lost, and it is the same text from then on."""
    first, second = f"{tmp_path}/mine.toml", f"{tmp_path}/again.toml"
    told(capsys, "new", first)
    text, said = told(capsys, "convert", first, "--to", "toml")
    Path(second).write_text(text)
    assert said == []
    before, after = read_source(first), read_source(second)
    assert after.topology == before.topology
    assert [(e.message, e.outcome) for e in after.messages] == [
        (e.message, e.outcome) for e in before.messages
    ]
    assert told(capsys, "convert", second, "--to", "toml")[0] == text


def test_is_what_cannot_be_played_in_no_lesson(
    own: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """It is left out with a word; so it is in the script that a lesson gives."""
    late = "Left out: a plugin brings the type x-delayed-message of exchange late."
    for form in ("py", "code"):
        text, said = told(capsys, "convert", own, "--to", form)
        assert late in said
        assert '"late"' not in text
        ast.parse(text)


def test_is_the_script_that_of_the_lesson(capsys: pytest.CaptureFixture[str]) -> None:
    """To the letter; what pika cannot send is told beside."""
    script, _ = told(capsys, "convert", "journey", "--to", "code")
    assert script == told(capsys, "code", "journey")[0]
    ast.parse(script)


def test_is_a_file_overwritten(
    own: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Never: it stays, and a sentence says so."""
    monkeypatch.chdir(tmp_path)
    for words in (["convert", own, "--to", "json", "--save", "mine.py"], ["new", "mine.py"]):
        (tmp_path / "mine.py").write_text("mine")
        assert main(words) == 2
        assert "mine.py is there already" in capsys.readouterr().err
        assert (tmp_path / "mine.py").read_text() == "mine"


@pytest.mark.parametrize("place", ["", ".", "/"])
def test_is_it_told_that_a_place_is_no_file(place: str, capsys: pytest.CaptureFixture[str]) -> None:
    """A folder, also by an empty name, is where a file can be."""
    assert main(["convert", "topic", "--to", "json", "--save", place]) == 2
    assert capsys.readouterr().err == f"{place or '.'} is a folder: name a file in it.\n"


def test_is_a_new_file_one_to_begin_with(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both are read, go where their comments say, and name themselves."""
    monkeypatch.chdir(tmp_path)
    for name in ("mine.toml", "mine.py"):
        told(capsys, "new", name)
        assert f" {name}" in Path(name).read_text()
        source = read_source(name)
        has = loaded(source.topology, NEWEST)
        assert not has.left_out
        for each in source.messages:
            outcome = each.outcome
            queues = {*route_through(has.ready, each.message).queues}
            assert outcome is None or {*outcome.queues} == queues
    routes = [{*each.queues} for each in predict(lesson("mine.py"))]
    assert routes == [{"billing", "audit"}, {"audit"}, {"unrouted"}]


def test_what_is_said_of_another_ending(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A sentence, and no file."""
    for name in ("mine.txt", "mine", ".py", "\x1b.json"):
        assert main(["new", f"{tmp_path}/{name}"]) == 2
        said = capsys.readouterr().err
        assert "name one that does" in said
        assert said.strip().isprintable()
    assert not [*tmp_path.iterdir()]


def test_does_text_reach_a_terminal_raw(tmp_path: Path) -> None:
    """No sign that would do something to it, in any form or note."""
    name = "a\x1b[31m\u202e\x7f"
    binding = {"source": name, "destination": "gone", "routing_key": "é"}
    whole = {"exchanges": [{"name": name, "type": "fanout"}], "bindings": [binding]}
    path = tmp_path / "odd.json"
    path.write_text(json.dumps(whole))
    for form in ("json", "toml", "rabbitmqadmin"):
        done = subprocess.run(
            [sys.executable, "-m", "routing", "convert", path, "--to", form],
            env=os.environ,
            capture_output=True,
            text=True,
            check=True,
        )
        assert (done.stdout + done.stderr).replace("\n", "").isprintable()
        if form != "rabbitmqadmin":
            (tmp_path / f"back.{form}").write_text(done.stdout)
            back = read_source(f"{tmp_path}/back.{form}").topology
            assert back == read_source(str(path)).topology


def test_what_is_said_of_text_that_is_none(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Bytes of a lesson that are no UTF-8 are left out of definitions, and TOML refuses them."""
    (tmp_path / "odd.py").write_text(
        "from routing import Binding, Exchange, Scenario, Typed\n"
        "odd = {'a': Typed('longstr', b'\\xff')}\n"
        "scenario = Scenario(name='odd', lesson='', exchanges=[Exchange('x', 'headers')],"
        "queues=['q'], bindings=[Binding('x', 'q', '', odd)])\n"
    )
    _, said = told(capsys, "convert", f"{tmp_path}/odd.py", "--to", "json")
    assert said[0].endswith("definitions have no text that is no Unicode.")
    assert main(["convert", f"{tmp_path}/odd.py", "--to", "toml"]) == 2
    assert "has text that is no Unicode" in capsys.readouterr().err
    text, said = told(capsys, "convert", f"{tmp_path}/odd.py", "--to", "py")
    assert r'Typed("longstr", b"\xff")' in text
    assert said == []


@pytest.mark.parametrize(("form", "noun"), [("toml", "TOML holds"), ("json", "Definitions hold")])
def test_are_arguments_of_queues_kept(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, form: str, noun: str
) -> None:
    """There and back, but for a consumer that rejects, which is left out with a word."""
    written, notes = told(capsys, "convert", "dead-letters", "--to", form)
    file = tmp_path / f"dead.{form}"
    file.write_text(written)
    assert read_source(str(file)).arguments == lesson("dead-letters").queue_arguments
    assert f"{noun} no consumers that reject." in notes
    back, _ = told(capsys, "convert", str(file), "--to", "py")
    (tmp_path / "back.py").write_text(back)
    again = lesson(str(tmp_path / "back.py"))
    assert again.queue_arguments == lesson("dead-letters").queue_arguments


def test_which_arguments_does_a_lesson_not_hold(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """Those for which a class would have to wait; the queue is kept without, and it is told."""
    file = tmp_path / "slow.toml"
    file.write_text('queues = ["q"]\n[arguments.q]\nx-message-ttl = 60000\n')
    written, notes = told(capsys, "convert", str(file), "--to", "py")
    assert "x-message-ttl" not in written
    [note] = [each for each in notes if "arguments" in each]
    assert note.startswith("A lesson holds no such arguments: queue q: x-message-ttl is at most")
