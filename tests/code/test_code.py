"""Does the code to take home do what the lesson says, with pika alone?"""

import ast
import os
import re
import secrets
import signal
import subprocess
import sys
import tokenize
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from io import BytesIO
from pathlib import Path

import pytest
import warm
from length import first as at_first
from pika.exceptions import ChannelClosedByBroker

from routing.amqp.topology import Binding, Exchange, ExchangeBinding, Message, Scenario
from routing.amqp.values import Repeated, Typed, Value
from routing.broker import Broker, kept
from routing.broker.node.record import Kept
from routing.broker.node.room import Room
from routing.code import command
from routing.code.purpose import purpose
from routing.code.script import Part, script
from routing.files.lesson import FIRST, lesson
from routing.rules.predict import predict

ROOT = Path(__file__).parents[2]
LESSONS = [*FIRST]
ALIVE = [name for name in FIRST if not lesson(name).is_deadly]
SOME = ("topic", "headers")
LINE = re.compile(r"(?:(.*) got|(returned)): (\S*) (\{.*\})? ?(.*)")

Copy = tuple[str, str, str, str]
"""The queue, or "returned"; the key, the headers and the body."""


def copy(queue: str, message: Message) -> Copy:
    """Describe one copy of a message; RabbitMQ 4 sorts the headers."""
    headers = sorted((message.headers or {}).items())
    return queue, message.routing_key, repr(headers), message.body


def predicted(scenario: Scenario) -> Counter[Copy]:
    """Tell every copy and every return that the model predicts."""
    return Counter(
        copy(queue, route.message)
        for route in predict(scenario)
        for queue in [*route.queues, *["returned"] * route.returned]
    )


def told(lines: Sequence[str]) -> Counter[Copy]:
    """Read every copy and every return that a program has printed."""
    found: Counter[Copy] = Counter()
    for line in lines:
        if match := LINE.fullmatch(line):
            queue, returned, key, headers, body = match.groups()
            table = sorted(ast.literal_eval(headers or "{}").items())
            found[queue or returned, key, repr(table), body] += 1
    return found


def taken_home(text: str, *, cwd: Path) -> warm.Started:
    """Start a program where nothing of ours can be imported."""
    return warm.started(
        [text],
        cwd=cwd,
        env={"PYTHONUNBUFFERED": "1"},
        script=ALONE,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )


ALONE = """
import sys
import tokenize
text = sys.argv.pop()
sys.modules["routing"] = sys.modules["scenarios"] = None
exec(compile(text, "mine.py", "exec"), {"__name__": "__main__"})
"""


def left(broker: Broker, scenario: Scenario) -> list[str]:
    """List the exchanges and queues of a scenario that are on the broker."""
    there = []
    names = [("queue", queue) for queue in scenario.queues]
    names += [("exchange", each.name) for each in scenario.exchanges]
    for kind, name in names:
        channel = broker.connection.channel()
        try:
            getattr(channel, f"{kind}_declare")(name, passive=True)
            there.append(name)
        except ChannelClosedByBroker as closed:
            if closed.reply_code != 404:
                there.append(name)
    return there


@pytest.mark.parametrize("name", at_first(SOME, ALIVE))
def test_does_the_script_deliver_what_is_predicted(broker: Broker, name: str) -> None:
    """`exchange-routing code topic | python -`: every copy, every return, and nothing stays."""
    program = f"{sys.executable} -m routing code {name} | {sys.executable} -"
    done = subprocess.run(
        ["sh", "-c", program],
        cwd=ROOT,
        env={"AMQP_URL": broker.url},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert told(done.stdout.splitlines()) == predicted(lesson(name))
    assert left(broker, lesson(name)) == []


@pytest.mark.parametrize("part", [None, "send", "receive"])
def test_does_a_script_declare_what_queues_are_told(part: Part | None) -> None:
    """With where their dead letters go; a consumer that rejects is left out with a word."""
    text = script(lesson("dead-letters"), "amqp://localhost/", part)
    assert "# What dies in offers goes on to exchange dead, with key late.once." in text
    assert text.count('"x-dead-letter-exchange": "dead"') == 3
    assert text.count('"x-message-ttl": 0') == 2
    assert "# LEFT OUT: in work a consumer rejects what it gets; here it is read." in text


def test_do_messages_die_in_a_script_as_in_the_lesson(broker: Broker, tmp_path: Path) -> None:
    """But for those that are rejected in the lesson; what is left is printed with its deaths."""
    done = taken_home(script(lesson("dead-letters"), broker.url), cwd=tmp_path)
    said = done.communicate(timeout=30)[0]
    assert done.returncode == 0
    got = [line.split()[::2][:2] for line in said.splitlines()]
    assert got == [
        *(["work", key] for key in ("job.once", "job.scan", "job.again")),
        ["latest", "news.tuesday"],
        ["graveyard", "note.once"],
        ["graveyard", "late.once"],
    ]
    assert left(broker, lesson("dead-letters")) == []


def test_do_exchanges_that_hold_one_another_stay(broker: Broker, tmp_path: Path) -> None:
    """No: the script deletes them."""
    prefix = f"t{secrets.token_hex(4)}."
    scenario = Scenario(
        name="circle",
        lesson="Round and round.",
        exchanges=[Exchange(f"{prefix}{name}", "fanout") for name in "ab"],
        queues=[f"{prefix}q"],
        bindings=[
            ExchangeBinding(f"{prefix}a", f"{prefix}b"),
            ExchangeBinding(f"{prefix}b", f"{prefix}a"),
            Binding(f"{prefix}b", f"{prefix}q"),
        ],
        messages=[Message(f"{prefix}a")],
    )
    done = taken_home(script(scenario, broker.url), cwd=tmp_path)
    said = done.communicate(timeout=30)[0]
    assert done.returncode == 0
    assert f"{prefix}q got:" in said
    assert left(broker, scenario) == []


@pytest.mark.parametrize("first", ["send", "receive"])
@pytest.mark.parametrize("name", at_first(SOME, ALIVE))
def test_do_sender_and_receiver_meet(broker: Broker, name: str, first: str, tmp_path: Path) -> None:
    """In two processes, whoever starts first: what was predicted arrives, and nothing stays."""
    scenario = lesson(name)
    if first == "send":
        returned = sent(scenario, broker, tmp_path)
    receiver = taken_home(script(scenario, broker.url, "receive"), cwd=tmp_path)
    assert receiver.stdout
    assert "Waiting" in receiver.stdout.readline()
    if first == "receive":
        returned = sent(scenario, broker, tmp_path)
    lines = until_the_end(receiver, scenario, broker)
    receiver.send_signal(signal.SIGINT)
    lines += receiver.communicate(timeout=30)[0].splitlines()
    assert receiver.returncode == 0
    assert told(lines) + returned == predicted(scenario)
    assert left(broker, scenario) == []


def sent(scenario: Scenario, broker: Broker, folder: Path) -> Counter[Copy]:
    """Run the sender, and tell what came back to it."""
    sender = taken_home(script(scenario, broker.url, "send"), cwd=folder)
    said, _ = sender.communicate(timeout=30)
    assert sender.returncode == 0, said
    return told(said.splitlines())


def until_the_end(receiver: warm.Started, scenario: Scenario, broker: Broker) -> list[str]:
    """Read what a receiver prints up to a last message to each queue, which comes after all."""
    end, lines, ends = secrets.token_hex(4), [], 0
    for queue in scenario.queues:
        broker.connection.channel().basic_publish("", queue, end.encode())
    assert receiver.stdout
    while ends < len(scenario.queues):
        line = receiver.stdout.readline()
        assert line, "the receiver has ended"
        ends += end in line
        lines += [] if end in line else [line.rstrip("\n")]
    return lines


@pytest.mark.parametrize("part", [None, "send", "receive"])
@pytest.mark.parametrize("name", LESSONS)
def test_is_it_plain_pika(name: str, part: Part | None) -> None:
    """It imports pika and what is Python's own, and declares no queue that RabbitMQ 4.3 refuses."""
    text = script(lesson(name), "amqp://localhost/", part)
    tree = ast.parse(text)
    modules = [each for each in ast.walk(tree) if isinstance(each, ast.Import | ast.ImportFrom)]
    own = ["import signal"] if part == "receive" else []
    assert [ast.unparse(each) for each in modules] == [*own, "import pika"]
    assert len([line for line in text.splitlines() if line.startswith("BROKER = ")]) == 1
    declared = [call for call in calls_in(tree) if call["called"] == "channel.queue_declare"]
    assert len(declared) == len(lesson(name).queues)
    assert all("True" in (call.get("durable"), call.get("exclusive")) for call in declared)
    assert max(map(len, text.splitlines())) <= 80


def test_is_an_alternate_exchange_told() -> None:
    """It is no binding, but takes messages on all the same."""
    text = script(lesson("journey"), "amqp://localhost/")
    assert "# What no binding of scans takes goes to the exchange strays.\nchannel." in text


def calls_in(tree: ast.AST) -> list[Mapping[str, str]]:
    """List the calls of a program, with their arguments by name."""
    return [
        {"called": ast.unparse(call.func)}
        | {str(each.arg): ast.unparse(each.value) for each in call.keywords}
        for call in ast.walk(tree)
        if isinstance(call, ast.Call)
    ]


TYPED = Scenario(
    name="types",
    lesson="Every type that pika sends by itself, and some that it does not.",
    exchanges=[Exchange("typed", "headers"), Exchange("lonely", "fanout")],
    queues=["all"],
    bindings=[
        Binding("typed", "all", arguments={"x-match": "any", "n": 1, "t": "1", "sent": True}),
        Binding("typed", "all", arguments={"x-match": "any", "size": 1.5}),
    ],
    messages=[
        Message("typed", "number", headers={"n": 1}),
        Message("typed", "big", headers={"n": 2**40, "t": "1"}),
        Message("typed", "text", headers={"t": "1"}),
        Message("typed", "wrong text", headers={"n": "1"}, mandatory=False),
        Message("typed", "bytes", headers={"sent": True, "b": b"\x00\xff"}),
        Message("typed", "time", headers={"sent": True, "at": datetime(2026, 7, 1, tzinfo=UTC)}),
        Message("typed", "decimal", headers={"sent": True, "d": Decimal("1.50")}),
        Message("typed", "deep", headers={"sent": True, "deep": {"a": [1, None, {"b": "c"}]}}),
        Message("typed", "same", headers={"sent": True, "n": Typed("int32", 7)}),
        Message("typed", "float", headers={"sent": True, "size": 1.5}),
        Message("typed", "small", headers={"sent": True, "n": Typed("int8", 1)}),
        Message("typed", "inside", headers={"sent": True, "deep": [{"a": 1.5}]}),
        Message("typed", "twice", headers=Repeated([("sent", True), ("sent", True)])),
        Message("typed", "é \"'\\ {x} [b]", headers={"sent": True}, body='"""\\ é\t{}'),
    ],
)


def test_is_what_pika_cannot_send_said_and_left_out(broker: Broker, tmp_path: Path) -> None:
    """Floats and small integers are left out with a word; all other types arrive as they are."""
    text = script(TYPED, broker.url)
    notes = " ".join(line.removeprefix("# ") for line in text.splitlines() if line[:1] == "#")
    assert re.findall(r"LEFT OUT, (\w+ \d+): pika cannot send (\S+), of type", notes) == [
        ("binding 2", "size=1.5"),
        ("message 10", "size=1.5"),
        ("message 11", "n=int8(1)"),
        ("message 12", "deep=1.5"),
    ]
    assert "LEFT OUT, message 13: pika cannot send two headers of one name by itself." in notes
    done = taken_home(text, cwd=tmp_path)
    said, _ = done.communicate(timeout=30)
    keys = [line.partition("got: ")[2].split(" {")[0] for line in said.splitlines()]
    assert done.returncode == 0, said
    assert keys == ["number", "big", "text", "bytes", "time", "decimal", "deep", "same", "é \"'\\"]
    assert left(broker, TYPED) == []


HALF = Scenario(
    name="half",
    lesson="Of two exchanges, one cannot be declared, and one is left without a binding.",
    exchanges=[Exchange("odd", "fanout", {"x-size": 1.5}), Exchange("alone", "headers")],
    queues=["q", "odd"],
    bindings=[
        Binding("odd", "q"),
        ExchangeBinding("alone", "odd"),
        Binding("alone", "q", arguments={"size": 1.5}),
    ],
    messages=[Message("odd", "a"), Message("alone", "b"), Message("", "q")],
)


@pytest.mark.parametrize("part", [None, "send"])
def test_is_what_needs_it_left_out_too(broker: Broker, part: Part | None, tmp_path: Path) -> None:
    """The rest runs, and an exchange that lost its bindings is deleted all the same."""
    text = script(HALF, broker.url, part)
    assert text.count("LEFT OUT") == 5
    assert text.count("it needs the exchange odd") == 3
    done = taken_home(text, cwd=tmp_path)
    said, _ = done.communicate(timeout=30)
    assert (done.returncode, "returned: b" in said) == (0, True), said
    assert left(broker, HALF) == ([] if part is None else ["q", "odd"])
    for queue in HALF.queues:
        broker.connection.channel().queue_delete(queue)


@pytest.mark.parametrize(
    "name", ["coding: utf-7", "coding=rot13", "vim: set fileencoding=utf-16 :"]
)
def test_is_a_lesson_no_declaration_of_an_encoding(name: str) -> None:
    """Python takes one out of the first two lines of a file, which are not the lesson's."""
    text = script(replace(TYPED, name=name, lesson="+AAo-import os+AAo-#"), "amqp://localhost/")
    encoding, lines = tokenize.detect_encoding(BytesIO(text.encode()).readline)
    assert (encoding, len(lines)) == ("utf-8", 1)
    compile(text.encode(), "mine.py", "exec")


@pytest.mark.parametrize("part", [None, "send", "receive"])
def test_can_no_text_break_out(part: Part | None) -> None:
    """Whatever a name, key, header, body or lesson holds, it stays within its quotes."""
    odd = "\"'\\\n\r\u2028'''\"\"\"{}%s#\x1b[2J🐇\nimport os\n"
    plain = Scenario(
        name="x",
        lesson="y",
        exchanges=[Exchange("e", "headers")],
        queues=["q"],
        bindings=[Binding("e", "q", "k", {"h": "v"})],
        messages=[Message("e", "k", {"h": "v"}, "b")],
    )
    strange = replace(
        plain,
        name=odd,
        lesson=odd,
        exchanges=[Exchange(odd, "headers")],
        queues=[odd],
        bindings=[Binding(odd, odd, odd, {odd: odd})],
        messages=[Message(odd, odd, {odd: odd}, odd)],
    )
    text, tame = (script(each, "amqp://localhost/", part) for each in (strange, plain))
    assert re.fullmatch(r"[^\x00-\x09\x0b-\x1f\x7f]*", text)
    shape = [type(node) for node in ast.walk(ast.parse(text))]
    assert shape == [type(node) for node in ast.walk(ast.parse(tame))]
    texts = {n.value for n in ast.walk(ast.parse(text)) if isinstance(n, ast.Constant)}
    assert odd in texts


@pytest.mark.parametrize(
    ("exchange_type", "key", "arguments", "said"),
    [
        ("direct", "error.*", {}, "what has the routing key error.*, to the letter"),
        ("fanout", "", {}, "everything"),
        ("fanout", "a", {"b": 1}, "everything: the key and the arguments of this binding play no"),
        ("topic", "order.*.#", {}, "these words: order, any one word, any words or none"),
        ("topic", "#", {}, "everything: # is any words, or none"),
        ("topic", "", {}, "what has no key"),
        ("topic", "a..b", {}, "these words: a, an empty word, b"),
        ("headers", "", {"a": 1, "b": "1"}, 'what has a=1 and b="1"'),
        ("headers", "", {"x-match": "any", "a": 1, "b": None}, "a=1 or a header b (of any value)"),
        ("headers", "", {"x-match": "any"}, "nothing, ever"),
        ("headers", "", {"b": Typed("void", None)}, "a header b (of any value)"),
        ("headers", "", {"x-a": 1, "x-b": 1}, "everything (x-a, x-b are skipped)"),
        ("headers", "", {"x-a": 1}, "everything (x-a is skipped)"),
        ("headers", "", {"x-match": "any-with-x", "x-a": 1}, "what has x-a=1."),
    ],
)
def test_what_is_a_binding_for(
    exchange_type: str, key: str, arguments: Mapping[str, Value], said: str
) -> None:
    """The comment over a binding says what it asks for, by the rule of its exchange."""
    assert said in purpose(Binding("e", "q", key, arguments), exchange_type)
    assert "From e, the exchange f gets" in purpose(
        ExchangeBinding("e", "f", key, arguments), exchange_type
    )


def test_which_broker_does_it_name(monkeypatch: pytest.MonkeyPatch) -> None:
    """That of AMQP_URL; or the node that is kept, or its room; or the one just installed."""
    node = Kept("amqp://routing:pass@127.0.0.1:4711/", 1, "today")
    monkeypatch.setattr(kept, "status", lambda: node)
    monkeypatch.setenv("AMQP_URL", "amqp://ann:secret@example.org/shop")
    assert command.broker_url() == "amqp://ann:secret@example.org/shop"
    monkeypatch.delenv("AMQP_URL")
    assert command.broker_url() == node.url
    room = Room("192.168.1.10", 5672, "bcdf-ghjk-mnpq")
    monkeypatch.setattr(kept, "status", lambda: replace(node, room=room))
    assert command.broker_url() == "amqp://class:bcdf-ghjk-mnpq@192.168.1.10/class"
    monkeypatch.setattr(kept, "status", lambda: None)
    assert command.broker_url() == "amqp://guest:guest@localhost:5672/"


def code(
    *arguments: str, environ: Mapping[str, str] | None = None
) -> "subprocess.CompletedProcess[str]":
    """Run the command."""
    return warm.run(["code", *arguments], env={"PATH": os.environ["PATH"], **(environ or {})})


def test_is_it_saved_to_a_new_file_alone(tmp_path: Path) -> None:
    """What is there is not overwritten."""
    path = tmp_path / "mine.py"
    first, second = (code("topic", "--part", "send", "--save", str(path)) for _ in range(2))
    assert first.returncode == 0
    assert f"{os.path.relpath(sys.executable, ROOT)} {path} runs it;" in first.stdout
    ast.parse(path.read_text())
    assert (second.returncode, second.stderr.count("\n")) == (2, 1)
    assert "mine.py is there already: name another file, or remove it." in second.stderr
    nowhere = code("topic", "--save", str(tmp_path / "no/mine.py"))
    assert "cannot be written (No such file or directory)" in nowhere.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "the following arguments are required: SOURCE"),
        (["topik"], "did you mean topic?"),
        (["topic", "--part", "sned"], "argument --part: invalid choice: 'sned'"),
        (["topic", "--prt", "send"], "did you mean --part?"),
    ],
)
def test_is_bad_use_told_in_a_sentence(arguments: list[str], said: str) -> None:
    """Status 2, and one line."""
    done = code(*arguments)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert said in done.stderr


def test_is_a_url_that_is_none_told() -> None:
    """It would be of no use in a script."""
    done = code("topic", environ={"AMQP_URL": "http://localhost"})
    assert (done.returncode, "a scheme other than amqp" in done.stderr) == (2, True)


def test_is_it_utf_8_whatever_the_terminal_has(tmp_path: Path) -> None:
    """That is what Python reads, and what a letter that the terminal lacks must not break."""
    text = (ROOT / "scenarios/direct.py").read_text().replace("disk full", "Platte 日本 voll")
    (tmp_path / "mine.py").write_text(text)
    done = code(str(tmp_path / "mine.py"), environ={"PYTHONIOENCODING": "ascii", "LC_ALL": "C"})
    assert (done.returncode, done.stderr) == (0, "")
    assert "日本" in done.stdout
