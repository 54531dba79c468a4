"""Do several terminals meet on one broker, and leave nothing behind?"""

import os
import pty
import shlex
import shutil
import signal
import subprocess
import sys
from datetime import datetime
from io import StringIO
from pathlib import Path
from time import monotonic

import pytest
import warm
from conftest import LIMIT, make
from meeting import ROOT, environ, is_there, run, terminal
from rich.console import Console

from routing.amqp.notation import write_table
from routing.amqp.topology import (
    DEFAULT_EXCHANGE,
    Binding,
    Exchange,
    ExchangeBinding,
    Message,
    Topology,
)
from routing.amqp.values import Value
from routing.broker import Broker
from routing.terminals import leases
from routing.terminals import shared as live
from routing.terminals.screen import Watched, headers_told
from routing.terminals.stopping import Stop


def await_gone(broker: Broker, name: str) -> None:
    """Wait until the broker has no queue of this name any more.

    A message finds it out that comes back then; asking by a declaration would renew the lease.
    """
    limit = monotonic() + LIMIT
    while live.send(broker.connection.channel(), Message(DEFAULT_EXCHANGE, name), "") is None:
        assert monotonic() < limit, f"{name} is still there"
        broker.connection.process_data_events(time_limit=0.1)


def test_does_a_receiver_get_what_is_sent_to_its_queue(broker: Broker, group: str) -> None:
    """Hello world in two terminals; Ctrl-C is a word and status 0, and the queue is gone."""
    with terminal(broker.url, "receive", "hello", "--class", group) as receiver:
        sent = run(
            broker.url, *("send", "hello", "--body", "Hello [b]World[/b]!", "--class", group)
        )
        line = receiver.await_line("Hello")
        status, said = receiver.end()
    assert (sent.returncode, sent.stderr) == (0, "")
    assert "must arrive in hello\n" in sent.stdout
    assert "the key is the queue's name" in sent.stdout
    assert line.split("  ")[1:] == ["default exchange", "hello", "Hello [b]World[/b]!\n"]
    assert len(line.split("  ")[0].split(":")) == 3
    assert status == 0
    assert "Ended: nobody else was here, so all of it is deleted." in said
    assert "Traceback" not in said
    assert not is_there(broker, f"{group}.hello")


def test_is_a_message_to_no_queue_returned_with_the_reason(broker: Broker, group: str) -> None:
    """Nobody declared the queue: the sender hears it, as was predicted, and declares nothing."""
    sent = run(broker.url, "send", "hello", "--class", group)
    assert sent.returncode == 0
    assert (
        "Returned by RabbitMQ (312 NO_ROUTE): nobody declared the queue hello, so " in sent.stdout
    )
    assert f"start make receive QUEUE=hello CLASS={group} first" in sent.stdout
    assert not is_there(broker, f"{group}.hello")


def test_may_the_sender_come_first(broker: Broker, group: str) -> None:
    """A message waits in the queue that its sender declared until the receiver comes."""
    sent = run(
        broker.url, "send", "order.us.paid", "--scenario", "topic", "--body", "x", "--class", group
    )
    assert "must arrive in audit, billing\n" in sent.stdout
    assert "Nobody receives from audit, billing yet" in sent.stdout
    with terminal(
        broker.url, "receive", "billing", "--scenario", "topic", "--class", group
    ) as receiver:
        receiver.await_line("  orders  order.us.paid  x")
        assert receiver.end()[0] == 0
    for queue in ("billing", "europe", "audit"):
        assert not is_there(broker, f"{group}.topic.{queue}")
    assert not is_there(broker, f"{group}.topic.orders", "exchange")


def test_does_each_receiver_get_its_queue_alone(broker: Broker, group: str) -> None:
    """Two terminals on two queues; the first that leaves says that the other is still here."""
    with (
        terminal(
            broker.url, "receive", "billing", "--scenario", "topic", "--class", group
        ) as billing,
        terminal(broker.url, "receive", "audit", "--scenario", "topic", "--class", group) as audit,
    ):
        for key in ("order.late", "order.us.paid"):
            assert (
                run(broker.url, "send", key, "--scenario", "topic", "--class", group).returncode
                == 0
            )
        audit.await_line("order.late")
        audit.await_line("order.us.paid")
        billing.await_line("order.us.paid")
        _, billing_said = billing.end()
        _, audit_said = audit.end()
    assert "order.late" not in billing_said
    assert "Ended: others are here." in billing_said
    assert "nobody else" in audit_said


def test_do_messages_wait_for_a_receiver_that_comes_back(broker: Broker, group: str) -> None:
    """As long as somebody stays, a queue without a receiver keeps what it gets."""
    with terminal(broker.url, "receive", "audit", "--scenario", "topic", "--class", group) as audit:
        with terminal(
            broker.url, "receive", "billing", "--scenario", "topic", "--class", group
        ) as billing:
            billing.end()
        run(
            broker.url,
            "send",
            "order.us.paid",
            "--scenario",
            "topic",
            "--body",
            "kept",
            "--class",
            group,
        )
        with terminal(
            broker.url, "receive", "billing", "--scenario", "topic", "--class", group
        ) as billing:
            billing.await_line("kept")
            billing.end()
        run(
            broker.url,
            "send",
            "order.us.paid",
            "--scenario",
            "topic",
            "--body",
            "next",
            "--class",
            group,
        )
        with terminal(
            broker.url, "receive", "billing", "--scenario", "topic", "--class", group
        ) as billing:
            billing.await_line("next")
            assert "kept" not in billing.end()[1]  # it was acknowledged
        audit.end()


def test_are_two_classes_apart(broker: Broker, group: str) -> None:
    """A message of one class does not reach the other, nor a queue that it did not declare."""
    with terminal(broker.url, "receive", "hello", "--class", group) as receiver:
        other = run(broker.url, "send", "hello", "--body", "other", "--class", f"{group}-b")
        run(broker.url, "send", "hello", "--body", "mine", "--class", group)
        receiver.await_line("mine")
        _, said = receiver.end()
    assert "nobody declared the queue" in other.stdout
    assert "other" not in said.replace("others", "")


def test_do_headers_arrive_with_their_types(broker: Broker, group: str) -> None:
    """A number, a text, a boolean and a float look different, and route differently."""
    headers = "pages:int=1,name=1,late:bool=true,size:float=2.0,small:int8=3"
    with terminal(
        broker.url, "receive", "single", "--scenario", "headers", "--class", group
    ) as receiver:
        text = run(
            broker.url,
            "send",
            "",
            "--scenario",
            "headers",
            "--headers",
            "pages=1",
            "--class",
            group,
        )
        number = run(
            broker.url, "send", "", "--scenario", "headers", "--headers", headers, "--class", group
        )
        line = receiver.await_line("pages")
        _, said = receiver.end()
    assert "single" not in text.stdout.partition("at documents")[0]
    assert "must arrive in ledger, single" in number.stdout
    told = {"pages=1", 'name="1"', "late=True", "size=2.0", "small=3"}  # RabbitMQ 4 sorts them
    assert told <= set(line.split())
    assert said.count("pages") == 1


def test_do_messages_die_where_queues_are_shared(broker: Broker, group: str) -> None:
    """The sender tells what may follow, and the receiver what happened, in short."""
    shared = ("--scenario", "dead-letters", "--class", group)
    with terminal(broker.url, "receive", "graveyard", *shared) as receiver:
        sent = run(broker.url, "send", "note.once", *shared, "--headers", "a=b")
        assert sent.returncode == 0
        assert "then, if it dies there" in sent.stdout
        assert "  expired in brief: on to queue graveyard over dead with note.once" in sent.stdout
        assert "waits there" not in sent.stdout
        line = receiver.await_line("note.once")
        assert 'dead  note.once  a="b"  x-death: brief expired, count 1\n' in line
        assert receiver.end()[0] == 0
    assert not is_there(broker, f"{group}.dead-letters.brief")
    assert not is_there(broker, f"{group}.dead-letters.dead", "exchange")


def test_does_a_watcher_see_what_a_queue_is_spared(broker: Broker, group: str) -> None:
    """A dead letter that would go round gets to its queue once; the sender tells all of it."""
    send = ("send", "--scenario", "dead-letters", "--class", group)
    with terminal(broker.url, "watch", "dead-letters", "--class", group) as watcher:
        sent = run(broker.url, *send, "note.again")
        watcher.await_line("note.again")
        run(broker.url, *send, "offer.book")  # what came of the first one is over by then
        watcher.await_line("late.once")
        said = watcher.end()[1]
    assert said.count("note.again") == 1
    assert "has seen it already and nothing was rejected since: dropped\n" in sent.stdout


def test_does_a_watcher_take_nothing_away(broker: Broker, group: str) -> None:
    """In a pipe it prints a line for each copy; the receiver gets its copy all the same."""
    with (
        terminal(broker.url, "watch", "topic", "--class", group) as watcher,
        terminal(
            broker.url, "receive", "billing", "--scenario", "topic", "--class", group
        ) as billing,
    ):
        run(
            broker.url,
            "send",
            "order.eu.paid",
            "--scenario",
            "topic",
            "--body",
            "x",
            "--class",
            group,
        )
        billing.await_line("order.eu.paid")
        seen = sorted(watcher.await_line("orders").split("  ")[1] for _ in range(3))
        billing.end()
        status, said = watcher.end()
    assert seen == ["audit", "billing", "europe"]
    assert (status, "\x1b" in said) == (0, False)
    assert said.count("order.eu.paid") == 3


def test_does_the_screen_show_arrivals_as_they_come(broker: Broker, group: str) -> None:
    """On a terminal there is one screen, with a mark in the column of each queue."""
    master, slave = pty.openpty()
    words = ("watch", "topic", "--class", group)
    env = environ(broker.url) | {"TERM": "xterm", "COLUMNS": "80", "LINES": "24"}
    with warm.started(words, env=env, stdin=slave, stdout=slave, stderr=slave) as process:
        os.close(slave)
        seen = read_until(master, b"billing")
        run(broker.url, "send", "order.us.paid", "--scenario", "topic", "--class", group)
        seen += read_until(master, "●".encode())
        process.send_signal(signal.SIGINT)
        seen += read_until(master, b"Ended")
        assert process.wait(LIMIT) == 0
    os.close(master)
    assert b"order.us.paid" in seen


def read_until(master: int, text: bytes) -> bytes:
    """Read a terminal until this text has been shown."""
    seen = b""
    while text not in seen:
        seen += os.read(master, 4096)
    return seen


def test_does_a_receiver_that_is_told_to_end_clean_up(broker: Broker, group: str) -> None:
    """SIGTERM is status 143, a closed terminal 129, and the queue is gone as after Ctrl-C."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        with terminal(broker.url, "receive", "hello", "--class", group) as receiver:
            assert receiver.end(number)[0] == 128 + number
        assert not is_there(broker, f"{group}.hello")


def test_does_the_sender_notice_a_binding_that_is_not_written(broker: Broker, group: str) -> None:
    """What was predicted to come back is taken by a queue that somebody bound: status 1."""
    with terminal(
        broker.url, "receive", "billing", "--scenario", "topic", "--class", group
    ) as receiver:
        channel = broker.connection.channel()
        channel.queue_declare(f"{group}-spy", exclusive=True)
        channel.queue_bind(f"{group}-spy", f"{group}.topic.orders", "#")
        sent = run(broker.url, "send", "nobody", "--scenario", "topic", "--class", group)
        channel.queue_delete(f"{group}-spy")
        receiver.end()
    assert sent.returncode == 1
    assert "NOT as predicted" in sent.stdout


LONELY = Topology(
    exchanges=[Exchange("bound", "direct"), Exchange("unbound", "fanout")],
    queues=["one", "two"],
    bindings=[Binding("bound", "one", "key")],
)


def test_does_what_nobody_uses_expire(
    broker: Broker, group: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where only a sender ever came, or a receiver was killed, the broker deletes by itself."""
    monkeypatch.setattr(leases, "LEASE", 0.5)
    names = live.names_for(group, "lonely")
    shared = live.Shared(broker, broker.connection.channel(), LONELY, names)
    shared.declare()
    shared.leave_messages()
    for queue in LONELY.queues:
        await_gone(broker, shared.renamed(queue))
    await_gone(broker, names.presence)
    for exchange in ("bound", "unbound"):
        assert not is_there(broker, shared.renamed(exchange), "exchange")


CIRCLE = Topology(
    exchanges=[Exchange(name, "fanout") for name in ("before", "one", "two", "alone")],
    queues=["q"],
    bindings=[
        ExchangeBinding("before", "one"),
        ExchangeBinding("one", "two"),
        ExchangeBinding("two", "one"),
        Binding("two", "q"),
    ],
)


@pytest.mark.parametrize("only_sends", [True, False])
def test_do_exchanges_that_hold_one_another_stay(
    broker: Broker, group: str, *, only_sends: bool
) -> None:
    """No: whether a sender leaves, or the last who took part."""
    names = live.names_for(group, "circle")
    if only_sends:
        shared = live.Shared(broker, broker.connection.channel(), CIRCLE, names)
        shared.declare()
        shared.leave_messages()
        shared.channel.queue_delete(shared.renamed("q"))
        shared.channel.queue_delete(names.presence)
    else:
        with live.present(broker, CIRCLE, names) as shared:
            pass
    there = [each.name for each in CIRCLE.exchanges]
    assert not [name for name in there if is_there(broker, shared.renamed(name), "exchange")]


def test_has_a_long_name_room_for_those_of_its_queues(broker: Broker) -> None:
    """A source is called as its file."""
    topology = Topology(queues=["q" * 200])
    with live.present(broker, topology, live.names_for("c" * 24, "ä" * 100)) as shared:
        assert is_there(broker, shared.renamed("q" * 200))
    assert len(live.names_for("c", "é" + "e" * 100).prefix.encode()) == len("c..") + 28


def test_do_those_who_stay_renew_the_leases(
    broker: Broker, group: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A queue without a receiver outlives its lease while somebody is there, even if deleted."""
    monkeypatch.setattr(leases, "LEASE", 0.8)
    monkeypatch.setattr(live, "RENEWAL", 0.2)
    stop = Stop()
    with live.present(broker, LONELY, live.names_for(group, "lonely")) as shared:
        live.receive(shared, "one", lambda _: None)
        shared.channel.queue_delete(shared.renamed("one"))
        broker.connection.call_later(2, lambda: setattr(stop, "signal", signal.SIGINT))
        live.await_stop(shared, stop)
        assert is_there(broker, shared.renamed("two"))
        assert leases.consumers_of(broker, shared.renamed("one")) == 1
    assert shared.last
    for name in ("one", "two"):
        assert not is_there(broker, shared.renamed(name))


WHERE_NONE_RUNS = """
import sys
from functools import partial
from importlib import import_module

find = import_module("routing.broker.find")
find.local_broker = partial(find.local_broker, url="amqp://guest:guest@127.0.0.1:1/")
sys.exit(import_module("routing.__main__").main(sys.argv[1:]))
"""
"""The program, where nobody answers at localhost:5672, as another test may."""


def test_is_no_broker_told_with_what_to_do(tmp_path: Path) -> None:
    """Where none runs, none is started: status 3, and the command that starts one."""
    for part in ("routing", "scenarios"):
        shutil.copytree(ROOT / part, tmp_path / part)
    for arguments in (
        ["receive", "hello"],
        ["send", "x", "--scenario", "topic"],
        ["watch", "topic"],
    ):
        command = [sys.executable, "-c", WHERE_NONE_RUNS, *arguments]
        done = subprocess.run(
            command, cwd=tmp_path, env=environ(""), capture_output=True, text=True, check=False
        )
        assert (done.returncode, done.stdout) == (3, "")
        assert "exchange-routing up starts one" in done.stderr
        assert done.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["receive", "biling", "--scenario", "topic"], "did you mean billing?"),
        (["receive", "billing", "--scenario", "topics"], "did you mean topic?"),
        (["receive"], "the following arguments are required: QUEUE"),
        (["receive", "hello", "hello"], "too many words: hello"),
        (["receive", "billing", "--scenrio", "topic"], "did you mean --scenario?"),
        (["receive", "billing", "--scenario", "topic", "--body", "x"], "no option --body"),
        (["receive", "xyz", "--scenario", "topic"], "; known: billing, europe, audit."),
        (["receive", "nope", "--scenario", "topic"], "Its queues are billing, europe, audit."),
        (["receive", "", "--scenario", "topic"], "which queue? Its queues are billing, europe,"),
        (["receive", ""], "Which queue? Name one, or the scenario that it is of: make receive "),
        (["receive", "", "--class", "a"], "Which queue?"),
        (["send", ""], "Which queue? Name one, or the scenario that it is of: make send QUEUE="),
        (
            ["receive", "billing", "--scenario", "topic", "--class", "a b"],
            "The class 'a b' must be",
        ),
        (["watch"], "Watch what? Name a lesson or another source, or give --room for all."),
        (["watch", "topic", "--room"], "--room shows all that the class sends: leave topic out."),
        (["watch", "--room", "--follow"], "--room follows no file: leave --follow out."),
        (["watch", "default"], "use make receive SCENARIO=default QUEUE=... instead"),
        (["send", "x", "--scenario", "topic", "--predict"], "no option --predict"),
        (["send", "x", "--scenario", "topic", "--headers", "a"], "The header 'a' cannot be read"),
        (["send", "x", "--rabbitmq", "new"], "'new' is not a RabbitMQ version"),
    ],
)
def test_is_bad_use_told_in_a_sentence(arguments: list[str], said: str) -> None:
    """What cannot be done is status 2, without a traceback, before a broker is looked for."""
    done = run("amqp://127.0.0.1:1/", *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    "body", ["it's", 'a "b" $5 $(HOME) `x` #c \\ d', "a  b; echo *", "${PATH}"]
)
def test_does_make_hand_on_what_is_typed(body: str) -> None:
    """Quotes, dollars and # in a variable of make reach the program as they are."""
    shown = make("--dry-run", "send", "QUEUE=q", f"BODY={body}", f"HEADERS=a={body}").stdout
    words = shlex.split(shown[shown.index(".venv/bin/exchange-routing") :])
    assert {f"--body={body}", f"--headers=a={body}", "send", "q"} <= set(words)


@pytest.mark.parametrize("body", ["a\nb", "it's\n\n #$x\\\n", "a\r\n`b`"])
def test_does_make_hand_on_a_line_break(tmp_path: Path, body: str) -> None:
    """The program gets it as one word, as it is; make itself would end the line there."""
    shutil.copy(ROOT / "Makefile", tmp_path)
    program, seen = tmp_path / ".venv/bin/exchange-routing", tmp_path / "seen"
    program.parent.mkdir(parents=True)
    program.write_text(f"#!/bin/sh\nprintf '%s\\0' \"$@\" > '{seen}'\n")
    program.chmod(0o755)
    locked = ("environment/build.txt", "environment/run.txt")
    (tmp_path / "environment").mkdir()
    for part in ("pyproject.toml", *locked, ".venv/bin/python", ".venv/run"):
        (tmp_path / part).touch()
    done = make("send", "QUEUE=hello", f"BODY={body}", f"HEADERS=a={body}", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    words = seen.read_bytes().decode().split("\0")
    assert words == ["send", f"--headers=a={body}", f"--body={body}", "--", "hello", ""]


def test_does_a_line_break_arrive_as_it_is(broker: Broker, group: str) -> None:
    """It is shown in one line, in quotes, where it does nothing to the terminal."""
    with terminal(broker.url, "receive", "hello", "--class", group) as receiver:
        body = "two\nlines\x1b[2J"
        sent = run(broker.url, "send", "hello", "--body", body, "--class", group)
        line = receiver.await_line("two")
        receiver.end()
    assert sent.returncode == 0
    assert line.endswith('  "two\\nlines\\u001b[2J"\n')


def shown(queues: list[str], copies: int, width: int = 80) -> list[str]:
    """Render the screen of a watcher after some messages that every queue got."""
    watched = Watched("Watching", Topology(queues=queues))
    for number in range(copies):
        for queue in queues:
            now = datetime.now().astimezone()
            copy = live.Arrival(
                now, queue, "x", "a.[b]", {}, "\x1b[2J", redelivered=False, message_id=str(number)
            )
            watched.enter(copy)
    console = Console(width=width, height=24, file=StringIO())
    console.print(watched)
    assert isinstance(console.file, StringIO)
    return console.file.getvalue().splitlines()


@pytest.mark.parametrize("count", ["x", None, [], {}, float("nan"), "1"])
def test_does_an_x_death_that_no_broker_wrote_end_a_receiver(count: Value) -> None:
    """What another program sends in that header is shown as any header is."""
    sent: dict[str, Value] = {"x-death": [{"queue": "a", "reason": "b", "count": count}]}
    assert [*headers_told(sent)] == [write_table(sent)]


def test_is_every_copy_seen_on_a_narrow_screen() -> None:
    """With nine queues, or long names, rows name their queues; the newest fit on 24 lines."""
    for queues in ([f"queue{number}" for number in range(9)], ["a" * 30, "b" * 30]):
        lines = shown(queues, copies=30)
        assert len(lines) <= 24
        assert all(f"{queue} x30" in " ".join(" ".join(lines).split()) for queue in queues)


def test_is_a_message_shown_as_it_is() -> None:
    """Brackets are no markup, and a body cannot clear the screen."""
    text = "\n".join(shown(["one", "two"], copies=1))
    assert "a.[b]" in text
    assert '"\\u001b[2J"' in text
    assert "\x1b[2J" not in text
    assert text.count("●") == 2


def test_does_a_demo_not_wait_for_what_it_does_not_use() -> None:
    """A prediction imports nothing of what several terminals need."""
    program = (
        "import sys; from routing.__main__ import main; main(['demo', 'topic', '--predict']); "
        "unused = {f'routing.terminals.{each}' for each in ('shared', 'command')}; "
        "unused |= {'routing.files.headers_text', 'rich.live'}; "
        "sys.exit(bool(unused & set(sys.modules)))"
    )
    command = [sys.executable, "-c", program]
    assert subprocess.run(command, cwd=ROOT, capture_output=True, check=False).returncode == 0
