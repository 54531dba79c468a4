"""Does a lesson that is walked through judge guesses rightly, fit the screen, and end cleanly?"""

import json
import os
import pty
import secrets
import select
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from fcntl import ioctl
from io import StringIO
from pathlib import Path
from struct import pack
from termios import TIOCSWINSZ
from time import monotonic
from typing import Any

import pika
import pytest
from pika.adapters.blocking_connection import BlockingChannel
from pika.exceptions import ChannelClosedByBroker
from rich.console import Console, RenderableType

from routing.amqp.topology import Binding, Exchange, Message, Observation, Scenario, declarations
from routing.broker import Broker
from routing.code.calls import written
from routing.files.lesson import FIRST, lesson
from routing.play.play import play
from routing.rules.compare import Row, expected, rows_of
from routing.rules.life import as_consumed
from routing.rules.predict import predict
from routing.view.marks import ASCII, UNICODE
from routing.view.pages import pages
from routing.walk import screen as view
from routing.walk.lesson import OVERHEAD
from routing.walk.stage import staged
from routing.walk.steps import (
    Kind,
    Move,
    Step,
    Unclear,
    back,
    judge,
    missed,
    parse_reply,
    score,
    steps_of,
)

ROOT = Path(__file__).parents[2]
LESSONS = [*FIRST]
ALIVE = [name for name in FIRST if not lesson(name).is_deadly]
QUEUES = ["billing", "europe", "audit"]
ASK, REVEAL = Step(Kind.ASK), Step(Kind.REVEAL)


def rows(scenario: Scenario) -> list[Row]:
    """Give each message with what a broker that obeys the rules does."""
    return [replace(row, observed=seen(row)) for row in expected(scenario)]


def seen(row: Row) -> Observation:
    """Observe what is predicted, to the last header."""
    resting = [(place, as_consumed(copy)) for place, copy in row.life.resting] if row.life else []
    return Observation(row.copies, int(row.route.returned), resting=resting)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("1 3", "billing audit"),
        ("1,3", "billing audit"),
        ("13", "billing audit"),
        ("A C", "billing audit"),
        ("ac", "billing audit"),
        ("B", "europe"),
        ("2 2", "europe"),
        ("Audit, europe", "audit europe"),
        (" 1 audit ", "billing audit"),
        ("none", ""),
        ("0", ""),
    ],
)
def test_which_queues_does_a_guess_name(typed: str, meant: str) -> None:
    """Numbers, letters and names, one or several, or none."""
    assert parse_reply(typed + "\n", ASK, QUEUES) == frozenset(meant.split())


@pytest.mark.parametrize("typed", ["4", "14", "D", "bill", "x", ",", "1 none", "\x1b[A", "é" * 999])
def test_is_a_guess_that_names_no_queue_told(typed: str) -> None:
    """Rubbish is told in one short line, with nothing in it that would move the cursor."""
    with pytest.raises(Unclear) as told:
        parse_reply(typed, ASK, QUEUES)
    assert str(told.value).isprintable()
    assert len(str(told.value)) <= 80


def test_is_a_number_of_two_digits_one_queue() -> None:
    """With twelve queues, 12 is the twelfth, and not the first two."""
    queues = [f"q{number}" for number in range(1, 13)]
    assert parse_reply("12", ASK, queues) == frozenset({"q12"})


@pytest.mark.parametrize("step", [ASK, REVEAL, Step(Kind.IDEA), Step(Kind.RECAP)])
def test_which_keys_are_there(step: Step) -> None:
    """Enter goes on, b goes back, q quits, on every screen; w tells reasons after a message."""
    replies = [parse_reply(key, step, QUEUES) for key in ("\n", "b\n", "q\n")]
    assert replies == [Move.ON, Move.BACK, Move.QUIT]
    if step is REVEAL:
        assert parse_reply("w\n", step, QUEUES) is Move.WHY
    else:
        with pytest.raises(Unclear):
            parse_reply("w\n", step, QUEUES)


def test_where_does_back_lead() -> None:
    """From a question and from its answer to the question before; at the start, nowhere."""
    topic = lesson("topic")
    steps = steps_of(topic, topic.messages)
    for kind in (Kind.ASK, Kind.REVEAL):
        assert steps[back(steps, steps.index(Step(kind, 3)))] == Step(Kind.ASK, 2)
        assert steps[back(steps, steps.index(Step(kind, 0)))] == Step(Kind.DECLARE, 7)
    assert steps[back(steps, len(steps) - 1)] == Step(Kind.ASK, 7)
    assert back(steps, 0) == 0


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
    shown = rendered(view.revealed(row, judge(row, frozenset({guess}), lesson(name)), UNICODE))
    assert all("".join(each.split()) in "".join(shown.split()) for each in why[:1])


def test_is_a_guess_judged_by_what_the_broker_did() -> None:
    """Where model and broker differ, the broker is right, and the screen says so."""
    topic = lesson("topic")
    row = Row(1, predict(topic)[0], Observation({"billing": 1}, 0))
    judged = judge(row, frozenset({"billing"}), topic)
    assert all(each.right for each in judged)
    assert "NOT AS PREDICTED" in rendered(view.revealed(row, judged, UNICODE))


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
    """Three at most, the most frequent first; each with the binding and its first example."""
    topic = lesson("topic")
    told = {n: judge(row, frozenset(), topic) for n, row in enumerate(rows(topic))}
    most = [(each.queue, each.clue.text, each.number, each.times) for each in missed(told)]
    assert most == [
        ("audit", "# is us.paid", 0, 4),
        ("billing", "* is us", 0, 2),
        ("europe", "# is order, # is paid.late", 2, 2),
    ]
    assert missed({0: judge(rows(topic)[0], None, topic)}) == []


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
    shown = [
        rendered(view.revealed(row, judge(row, None, lesson("dead-letters")), UNICODE))
        for row in rows(lesson("dead-letters"))
    ]
    assert "rejected in work → exchange dead, key job.once kept → graveyard" in shown[0]
    assert "It rests nowhere." in shown[1]
    assert not any("Returned" in each for each in shown)


def test_does_what_lies_in_a_queue_count_when_a_message_comes_again(broker: Broker) -> None:
    """Who goes back publishes a message again: an older copy of it makes room."""
    scenario = lesson("dead-letters")
    with staged(broker, scenario) as stage:
        stage.declare(99)
        messages: list[Message] = []
        for number in (6, 6, 4, 7):
            messages.append(scenario.messages[number])
            row = rows_of(scenario, messages, broker.followed)[-1]
            observed = stage.publish(messages[-1], row.life)
            assert replace(row, observed=observed).agrees
        assert row.life
        assert [place for place, _ in row.life.deaths] == [1]


def test_which_of_several_bindings_is_told_as_missed() -> None:
    """The one that brought the copy, or where none came, the one that was nearest."""
    direct = lesson("direct")
    for number, guess, asked in ((1, "pager", "error"), (5, "archive", "error")):
        judged = judge(rows(direct)[number], frozenset({guess}), direct)[0]
        assert judged.deciding.verdict
        assert (judged.right, judged.deciding.verdict.binding.binding_key) == (False, asked)


def rendered(body: RenderableType, width: int = 80) -> str:
    """Write a body as a pipe of that width gets it."""
    console = Console(width=width, file=StringIO(), record=True)
    console.print(body)
    return console.export_text()


def bodies(scenario: Scenario) -> Iterator[RenderableType]:
    """Describe every screen of a lesson in which all guesses are wrong in every queue."""
    yield view.idea(scenario, UNICODE)
    for number, declaration in enumerate(declarations(scenario)):
        yield view.declared(scenario, number, written(declaration, scenario), UNICODE)
    told = {}
    for number, row in enumerate(rows(scenario)):
        wrong = frozenset(scenario.queues) - set(row.route.copies)
        told[number] = judge(row, wrong, scenario)
        yield view.question(scenario, row)
        yield view.revealed(row, told[number], UNICODE)
        yield view.revealed(row, judge(row, None, scenario), UNICODE)
        yield view.reasons(row, scenario)
    yield view.recap(scenario, rows(scenario), told, UNICODE)


@pytest.mark.parametrize("name", LESSONS)
def test_does_every_screen_fit(name: str) -> None:
    """80 columns, 24 rows: title, body, note and keys, even where every guess was wrong."""
    for body in bodies(lesson(name)):
        lines = rendered(body).splitlines()
        assert len(lines) <= 24 - OVERHEAD, "\n".join(lines)
        assert all(len(line) <= 80 for line in lines)
        assert not any("…" in line for line in lines)


def test_is_what_does_not_fit_cut_into_pages() -> None:
    """On a low terminal a screen goes on on the next page, and no line is lost."""
    console = Console(width=80, height=10, force_terminal=True)
    body = view.question(lesson("journey"), rows(lesson("journey"))[0])
    cut = pages(console, body, 5)
    assert [len(page.lines) for page in cut] == [5, 5, 5]
    assert "".join(rendered(page) for page in cut) == rendered(body)


def test_are_screens_ascii_where_the_terminal_is() -> None:
    """With ASCII marks there is nothing else in the picture."""
    for name in LESSONS:
        assert rendered(view.idea(lesson(name), ASCII)).isascii()


@pytest.mark.parametrize("name", ALIVE)
def test_do_the_calls_that_are_shown_declare_the_scenario(broker: Broker, name: str) -> None:
    """Pasted as they stand, they do with the messages what the scenario does."""
    scenario = lesson(name)
    seen = play(broker, scenario, scenario.messages)
    channel = broker.connection.channel()
    for declaration in declarations(scenario):
        exec(written(declaration), {"channel": Renamed(channel)})  # noqa: S102
    copies = []
    for message in scenario.messages:
        properties = pika.BasicProperties(headers=dict(message.headers or {}) or None)
        key = message.routing_key if message.exchange else PREFIX + message.routing_key
        exchange = message.exchange and PREFIX + message.exchange
        channel.basic_publish(exchange, key, b"", properties)
        copies.append({queue for queue in scenario.queues if got(channel, queue)})
    for each in scenario.exchanges:
        channel.exchange_delete(PREFIX + each.name)
    assert copies == [set(observation.copies) for observation in seen]


def test_how_is_a_call_written() -> None:
    """As a person would: no argument that pika assumes anyway, but an empty key."""
    declared = [written(each) for each in declarations(SMALL)]
    assert declared == [
        'channel.exchange_declare(\n    exchange="in",\n    exchange_type="direct",\n'
        "    auto_delete=True,\n)",
        'channel.queue_declare(queue="one", exclusive=True, auto_delete=True)',
        'channel.queue_declare(queue="two", exclusive=True, auto_delete=True)',
        'channel.queue_bind(queue="one", exchange="in", routing_key="k")',
    ]
    assert written(Binding("in", "one", "")).endswith('routing_key="")')


PREFIX = "test-of-walk."


@dataclass
class Renamed:
    """A channel on which every name has a prefix, so that tests meet nobody."""

    channel: Any

    def __getattr__(self, method: str) -> Any:
        """Give a method that puts the prefix before names."""
        names = ("queue", "exchange", "source", "destination", "alternate-exchange")

        def call(**arguments: Any) -> None:
            table = arguments.get("arguments") or {}
            for given in (arguments, table):
                given.update({name: PREFIX + given[name] for name in names if name in given})
            getattr(self.channel, method)(**arguments)

        return call


def got(channel: Any, queue: str) -> bool:
    """Take one message out of a queue, if there is one."""
    return channel.basic_get(PREFIX + queue, auto_ack=True)[0] is not None


SMALL = Scenario(
    name="small",
    lesson="Anything.",
    exchanges=[Exchange("in", type="direct")],
    queues=["one", "two"],
    bindings=[Binding("in", "one", "k")],
    messages=[Message("in", "k"), Message("in", "other")],
)


def test_can_a_message_be_published_again(broker: Broker) -> None:
    """Who goes back sees it routed anew, each time counted by itself."""
    with staged(broker, SMALL) as stage:
        stage.declare(len(declarations(SMALL)))
        seen = [stage.publish(SMALL.messages[number]) for number in (0, 1, 0)]
    assert seen == [Observation({"one": 1}, 0), Observation({}, 1), Observation({"one": 1}, 0)]


@pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit, ValueError])
@pytest.mark.parametrize("until", [0, 1, 4])
def test_does_a_stage_leave_nothing_behind(
    broker: Broker, error: type[BaseException], until: int
) -> None:
    """However a walk ends and however far it came, its exchange and its queues are gone."""
    stages = []

    def walk_that_fails() -> None:
        with staged(broker, SMALL) as stage:
            stages.append(stage)
            stage.declare(until)
            raise error

    with pytest.raises(error):
        walk_that_fails()
    connection = pika.BlockingConnection(pika.URLParameters(broker.url))
    with pytest.raises(ChannelClosedByBroker, match="404"):
        connection.channel().exchange_declare(stages[0].prefix + "in", passive=True)
    connection.close()


def environ(url: str) -> dict[str, str]:
    """Give a process what it needs to run on a broker."""
    return {"AMQP_URL": url, "PATH": os.environ["PATH"], "LANG": "C.UTF-8", "TERM": "xterm"}


def run(*arguments: str, url: str = "amqp://127.0.0.1:1/") -> subprocess.CompletedProcess[str]:
    """Walk with no terminal anywhere."""
    return subprocess.run(
        [sys.executable, "-m", "routing", "walk", *arguments],
        cwd=ROOT,
        env=environ(url),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize(("name", "messages"), [("topic", 8), ("journey", 5)])
def test_does_a_walk_in_a_pipe_go_by_itself(broker: Broker, name: str, messages: int) -> None:
    """Without a terminal nothing waits, no screen is cleared, and every message is told."""
    done = run(name, url=broker.url)
    assert (done.returncode, done.stderr) == (0, "")
    assert "\x1b" not in done.stdout
    assert done.stdout.count("Which queues get a copy?") == messages
    assert "Nobody guessed this time." in done.stdout
    assert max(map(len, done.stdout.splitlines())) <= 80


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "the following arguments are required: SOURCE"),
        (["topic", "direct"], "too many words: direct"),
        (["topik"], "did you mean topic?"),
        (["topic", "--predict"], "there is no option --predict"),
        (["topic", "--auto", "nan"], "nan is not from 0 to 3600"),
        (["topic", "--auto", "-1"], "-1 is not from 0 to 3600"),
        (["topic", "--auto", "soon"], "invalid seconds value: 'soon'"),
    ],
)
def test_is_bad_use_told(arguments: list[str], said: str) -> None:
    """What a walk cannot do is status 2, and no traceback."""
    done = run(*arguments)
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_does_a_walk_without_a_broker_end_in_a_sentence() -> None:
    """Nothing listens there: status 3, as with a demo."""
    done = run("topic")
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (3, "", 1)


@dataclass
class Terminal:
    """A walk in a terminal of 80 columns, and what it showed that was not looked at yet."""

    process: subprocess.Popen[bytes]
    descriptor: int
    height: int
    token: str
    seen: str = ""

    def await_text(self, text: str, limit: float = 15) -> str:
        """Read until a text is shown, and give what came up to it."""
        end = monotonic() + limit
        while text not in self.seen:
            ready = select.select([self.descriptor], [], [], max(0, end - monotonic()))[0]
            assert ready, f"waited for {text!r}, saw {self.seen[-500:]!r}"
            self.seen += os.read(self.descriptor, 65536).decode()
        before, _, self.seen = self.seen.partition(text)
        return before + text

    def screen(self) -> str:
        """Read one screen, to the keys at its foot, and see that nothing has scrolled away."""
        text = self.await_text("q quit")
        _, cleared, lines = text.rpartition("\x1b[2J\x1b[H")
        assert cleared
        assert lines.count("\n") < self.height
        return text

    def answer(self, line: str) -> str:
        """Type a line, and read the next screen."""
        os.write(self.descriptor, f"{line}\n".encode())
        return self.screen()

    def unheard(self, seconds: float) -> None:
        """See that for so long the walk neither ends nor says anything."""
        end = monotonic() + seconds
        while select.select([self.descriptor], [], [], max(0, end - monotonic()))[0]:
            self.seen += os.read(self.descriptor, 65536).decode()
        assert self.process.poll() is None

    def leave(self, line: str) -> None:
        """Type a line that ends the walk."""
        os.write(self.descriptor, f"{line}\n".encode())
        self.await_text("taken away")

    def to_message(self, declared: int) -> None:
        """Press Enter until the first message is asked about."""
        self.screen()
        for number in range(1, declared + 1):
            assert f"declaration {number} of {declared}" in self.answer("")
        assert "message 1 of" in self.answer("")


@contextmanager
def terminal(
    broker: Broker, name: str, *options: str, url: str = "", height: int = 24
) -> Iterator[Terminal]:
    """Start a walk in a pseudo-terminal; see at its end that the broker is clean."""
    leader, follower = pty.openpty()
    token = secrets.token_hex(4)
    ioctl(follower, TIOCSWINSZ, pack("HHHH", height, 80, 0, 0))
    process = subprocess.Popen(
        [sys.executable, "-c", WALK, token, name, *options],
        cwd=ROOT,
        env=environ(url or broker.url),
        stdin=follower,
        stdout=follower,
        stderr=follower,
        start_new_session=True,
    )
    os.close(follower)
    opened = Terminal(process, leader, height, token)
    try:
        yield opened
        process.wait(15)
        assert not names_on(broker, lesson(name), token)
    finally:
        process.kill()
        process.wait()
        if opened.descriptor >= 0:
            os.close(opened.descriptor)


WALK = """
import os, sys
token = sys.argv.pop(1)
usual = os.urandom
os.urandom = lambda size: bytes.fromhex(token) if size == 4 else usual(size)
from routing.__main__ import main
sys.exit(main(["walk", *sys.argv[1:]]))
"""
"""A walk whose prefix is known."""


def names_on(broker: Broker, scenario: Scenario, token: str) -> set[str]:
    """List the exchanges and queues of a walk that are on the broker."""
    connection = pika.BlockingConnection(pika.URLParameters(broker.url))
    asked: list[tuple[Callable[..., object], str]] = [
        (BlockingChannel.exchange_declare, each.name) for each in scenario.exchanges
    ]
    asked += [(BlockingChannel.queue_declare, queue) for queue in scenario.queues]
    left = set()
    for declare, name in asked:
        try:
            declare(connection.channel(), f"routing-{token}.{name}", passive=True)
            left.add(name)
        except ChannelClosedByBroker as closed:
            left |= {name} if closed.reply_code != 404 else set()
    connection.close()
    return left


def test_does_a_class_get_through_a_whole_lesson(broker: Broker) -> None:
    """Right, wrong and skipped guesses, nonsense, back and all reasons; then score and rules."""
    with terminal(broker, "default") as shown:
        shown.to_message(declared=2)
        assert names_on(broker, lesson("default"), shown.token) == {"hello", "goodbye"}
        assert "There is no queue xyzzy" in shown.answer("xyzzy")
        assert "w is for then" in shown.answer("w")
        assert "All right!" in shown.answer("1")
        assert "at default exchange" in shown.answer("w")
        assert "message 2 of 3" in shown.answer("")
        wrong = shown.answer("hello")
        assert "0 of 2 queues right." in wrong
        assert wrong.count("WRONG") == 2
        assert "goodbye is not hello" in wrong
        assert "message 1 of 3" in shown.answer("b")
        assert "1 of 2 queues right." in shown.answer("none")  # only the first guess counts
        assert "message 2 of 3" in shown.answer("")
        assert "0 of 2 queues right." in shown.answer("A")
        assert "message 3 of 3" in shown.answer("")
        assert "Returned: no queue takes it." in shown.answer("")
        end = shown.answer("")
        assert "Score: 1 of 2 messages right." in end
        assert "Missed most:" in end
        shown.leave("")
    assert shown.process.returncode == 0


@pytest.mark.parametrize("enters", [0, 3, 10])
def test_does_q_end_a_walk_cleanly(broker: Broker, enters: int) -> None:
    """At the start, half way through the declarations, at a question, after an answer."""
    with terminal(broker, "topic") as shown:
        shown.screen()
        for _ in range(enters):
            shown.answer("")
        shown.leave("q")
    assert shown.process.returncode == 0


def test_are_there_pages_on_a_low_terminal(broker: Broker) -> None:
    """With 12 rows the picture goes on over three pages, and Enter turns them."""
    with terminal(broker, "journey", height=12) as shown:
        assert "home.city" not in shown.screen()
        assert "home.city" in shown.answer("")
        assert "strays (fanout)" in shown.answer("")
        assert "declaration 1 of 15" in shown.answer("")
        shown.leave("q")


def test_is_what_was_typed_too_early_dropped(broker: Broker) -> None:
    """Who presses Enter while a broker starts does not miss the first screens."""
    with terminal(broker, "topic") as shown:
        os.write(shown.descriptor, b"\n\n\n")
        shown.screen()
        shown.unheard(0.5)
        assert "declaration" not in shown.seen
        shown.leave("q")


def test_does_ctrl_d_end_a_walk(broker: Broker) -> None:
    """The end of what is typed is an end, and not an Enter."""
    with terminal(broker, "topic") as shown:
        shown.screen()
        os.write(shown.descriptor, b"\x04")
        shown.await_text("taken away", limit=5)
        assert "declaration" not in shown.seen
    assert shown.process.returncode == 0


@pytest.mark.parametrize(
    ("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)]
)
def test_does_a_signal_end_a_walk_cleanly(broker: Broker, number: int, status: int) -> None:
    """Ctrl-C and a closed terminal leave no traceback and nothing on the broker."""
    with terminal(broker, "fanout") as shown:
        shown.to_message(declared=8)
        shown.process.send_signal(number)
    assert shown.process.returncode == status
    assert "Traceback" not in shown.seen


def test_does_a_terminal_that_is_gone_end_a_walk(broker: Broker) -> None:
    """Nobody will ever press Enter: the walk ends and takes everything away."""
    with terminal(broker, "topic") as shown:
        shown.to_message(declared=8)
        os.close(shown.descriptor)
        shown.descriptor = -1


def test_does_a_key_go_on_at_once_where_a_walk_plays_by_itself(broker: Broker) -> None:
    """With a pause of an hour, Enter turns the screen; with none, the walk ends by itself."""
    with terminal(broker, "direct", "--auto", "3600") as shown:
        shown.screen()
        assert "declaration 1 of" in shown.answer("")
        shown.leave("q")
    with terminal(broker, "direct", "--auto", "0.01") as shown:
        shown.await_text("taken away")
    assert shown.process.returncode == 0


def test_does_the_connection_live_while_a_class_thinks(broker: Broker) -> None:
    """With a heartbeat of one second the broker hangs up on whoever is silent for three."""
    with terminal(broker, "default", url=f"{broker.url}?heartbeat=1") as shown:
        shown.to_message(declared=2)
        shown.unheard(3.2)
        assert "All right!" in shown.answer("1")
        shown.leave("q")
    assert shown.process.returncode == 0


PLAIN = """
import json, sys
from routing.__main__ import main
main(["demo", "topic"])
print(json.dumps([name for name in sys.modules if name.startswith("routing.")]))
"""


def test_does_a_plain_demo_not_load_the_walk(broker: Broker) -> None:
    """Whoever does not walk does not wait for its modules."""
    done = subprocess.run(
        [sys.executable, "-c", PLAIN],
        cwd=ROOT,
        env=environ(broker.url),
        capture_output=True,
        text=True,
        check=True,
    )
    loaded = json.loads(done.stdout.splitlines()[-1])
    walks = {f"routing.walk.{each}" for each in ("steps", "stage", "lesson")}
    assert not {*walks, "routing.code.calls"} & set(loaded)
