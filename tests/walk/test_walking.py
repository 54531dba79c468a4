"""Does a class get through a walk, key by key, whatever is pressed, resized or broken off?"""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pika
import pytest
import warm
from lessons import lesson
from pika.adapters.blocking_connection import BlockingChannel
from pika.exceptions import ChannelClosedByBroker
from walked import Terminal, environ, in_terminal, terminal

from routing.amqp.topology import Scenario
from routing.broker import Broker


def names_on(url: str, scenario: Scenario, token: str) -> set[str]:
    """List the exchanges and queues of a walk that are on the broker."""
    connection = pika.BlockingConnection(pika.URLParameters(url))
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


@contextmanager
def walking(
    broker: Broker, name: str, *options: str, url: str = "", columns: int = 80, rows: int = 24
) -> Iterator[Terminal]:
    """Walk through a lesson; at the end the broker is clean, and the terminal as it was."""
    with terminal(url or broker.url, ["walk", name, *options], columns, rows) as shown:
        yield shown
        shown.process.wait(15)
        if shown.descriptor >= 0:
            assert shown.cooked()
    assert not names_on(broker.url, lesson(name), shown.token)


def to_message(shown: Terminal, number: int = 1) -> str:
    """Go on to the question about a message."""
    text = shown.press("\n") if shown.screen.text else shown.seen()
    while f"message {number}/" not in text:
        text = shown.press("\n")
    return text


def test_does_a_class_get_through_a_whole_lesson(broker: Broker) -> None:
    """Right, wrong and skipped guesses, nonsense, back and all reasons; then score and rules."""
    with walking(broker, "default") as shown:
        assert "2/9" in shown.press("x", "\n")
        assert names_on(broker.url, lesson("default"), shown.token) == {"hello", "goodbye"}
        assert "message 1/3" in shown.press("\n")
        assert "That key has no meaning here." in shown.press("x")
        assert "no meaning" in shown.press("w")
        assert "[x] 1 A hello   [ ] 2 B goodbye   [ ] 0 none" in shown.press("1")
        assert "All right!" in shown.press("\n")
        assert "at default exchange" in shown.press("w")
        assert "All right!" in shown.press("\n")
        assert "message 2/3" in shown.press("\n")
        wrong = shown.press("A", "\n")
        assert "0 of 2 queues right." in wrong
        assert wrong.count("WRONG") == 2
        assert "goodbye is not hello" in wrong
        assert "takes the routing key for the name of a queue." in wrong
        assert "message 3/3" in shown.press("\n")
        assert "Returned: no queue takes it." in shown.press("\n")
        end = shown.press("\n")
        assert "Score: 1 of 2 messages right." in end
        assert "2 times  The default exchange takes the routing key" in end
        shown.leave("\n")
    assert shown.process.returncode == 0


def test_does_the_first_guess_count_and_no_other(broker: Broker) -> None:
    """Also one that comes after a skip; who has guessed and goes back does not count again."""
    with walking(broker, "default", "--from", "2") as shown:
        assert "message 2/3" in shown.seen()
        assert "goodbye" in shown.press("\n")  # skipped
        assert "Which queues" in shown.press("b")
        assert "All right!" in shown.press("2", "\n")
        assert "0 of 2 queues right." in shown.press("b", "1", "2", "\n")
        assert "Score: 1 of 1 messages right." in shown.press("\n", "\n", "\n")
        shown.leave("\n")


def test_does_back_lead_to_each_screen_before(broker: Broker) -> None:
    """From the answer to its question, and on to the answer before; nothing is done again."""
    with walking(broker, "topic") as shown:
        to_message(shown)
        places = [shown.press(key).splitlines()[0].split() for key in "\n\nbbbb"]
        assert [line[-1] for line in places] == ["6/21", "7/21", "6/21", "5/21", "4/21", "3/21"]
        assert "1/21" in shown.press("b", "b", "b", "b")
        shown.leave("q")


def test_does_a_walk_begin_at_a_message(broker: Broker) -> None:
    """What is before it is declared, and not shown; the recap has what was seen."""
    with walking(broker, "topic", "--from", "8") as shown:
        assert "message 8/8" in shown.seen()
        assert names_on(broker.url, lesson("topic"), shown.token) >= {"orders", "audit"}
        assert "All right!" in shown.press("0", "\n")
        end = shown.press("\n")
        assert "(empty key)" in end
        assert "order.us.paid" not in end
        shown.leave("\n")


def test_which_keys_go_on_and_back(broker: Broker) -> None:
    """Space, arrows, and the page keys of a presenter's remote; an unknown key does nothing."""
    with walking(broker, "topic") as shown:
        shown.seen()
        for key, place in (
            (" ", "2/21"),
            ("\x1b[C", "3/21"),
            ("\x1b[6~", "4/21"),
            ("\x1b[5~", "3/21"),
            ("\x1b[D", "2/21"),
            ("\x1b[1;5R", "2/21"),
            ("é", "2/21"),
        ):
            assert place in shown.press(key)
        shown.leave("q")


def test_are_the_keys_told(broker: Broker) -> None:
    """On every screen by a question mark, and Enter leads back to the screen, and not on."""
    with walking(broker, "topic") as shown:
        to_message(shown)
        told = shown.press("?")
        assert all(word in told for word in ("billing", "none", "/", "PageDown", "quit"))
        assert "Which queues" in shown.press("\n")
        assert "Which queues" in shown.press("?", "b")
        shown.leave("q")


def test_are_the_calls_shown_when_they_are_asked_for(broker: Broker) -> None:
    """How to connect, what declares, what publishes; and no password."""
    with walking(broker, "topic") as shown:
        shown.seen()
        assert "pika.BlockingConnection" in shown.press("c")
        assert broker.url not in shown.screen.text
        assert "exchange_declare" in shown.press("\n", "\n", "c")
        assert "queue_declare" in shown.press("\n", "\n", "c")
        assert "queue_bind" in shown.press("c", "\n", "c")
        to_message(shown)
        assert "no meaning" in shown.press("c")  # a body may tell too much
        answer = shown.press("\n", "c")
        publish = 'channel.basic_publish(\n    exchange="orders",\n    routing_key="order.us.paid",'
        assert publish in answer
        assert 'basic_get(queue="billing"' in answer
        assert "europe" not in answer
        shown.leave("q")


def test_does_a_new_size_leave_the_question_where_it_is(broker: Broker) -> None:
    """The screen is drawn anew at once; nothing is taken for a key, and what was chosen stays."""
    with walking(broker, "topic") as shown:
        to_message(shown)
        shown.press("1")
        for columns, rows in ((60, 20), (100, 40), (40, 12), (80, 24)):
            text = shown.resize(columns, rows)
            assert "[x] 1 A billing" in text
            assert "no meaning" not in text
            shown.unheard(0.1)
        assert "2 of 3 queues right." in shown.press("\n")
        shown.leave("q")


def test_are_there_pages_on_a_low_terminal(broker: Broker) -> None:
    """With their numbers; Enter turns them, b turns back, and the question stays in sight."""
    with walking(broker, "journey", "--from", "1", rows=12) as shown:
        first = to_message(shown)
        assert "page 1/3" in first
        assert "Enter next page" in first
        assert "page 2/3" in shown.press("\n")
        assert "[x] 3 C audit" in shown.press("3")
        assert "page 1/3" in shown.press("b")
        assert "Enter see" in shown.press("\n", "\n")
        shown.leave("q")


def test_can_a_queue_be_typed(broker: Broker) -> None:
    """After a stroke; what names none is told and can be corrected, and Escape leaves it."""
    with walking(broker, "topic") as shown:
        to_message(shown)
        shown.press(*"/audix")
        assert "> audix  There is no audix" in shown.press("\n")
        assert "[x] 3 C audit" in shown.press("\x7f", "t", "\n")
        assert "[x] 3 C audit" in shown.press("/", "q", "\x1b")
        shown.leave("q")


def test_does_a_class_vote(broker: Broker) -> None:
    """Think, vote, talk, vote again, see, say, and only then the rule; at the end the gain."""
    with walking(broker, "default", "--votes") as shown:
        assert "How many vote?" in shown.seen()
        assert "the idea" in shown.press(*"20\n")
        assert "Think alone" in shown.press("\n", "\n")
        assert "99 hands, but only 20 vote" in shown.press(*"A99\n")
        talk = shown.press("\x7f", "\x7f", *"5B15\n")
        assert "Talk with a neighbour" in talk
        assert "█" * 22 in talk
        assert not any(sign in talk for sign in "●·")
        seen = shown.press(*"18 2\n")
        assert "What have you seen?" in seen
        assert "● hello 5 18" in " ".join(seen.split())
        assert "Rule:" not in seen
        assert "Rule: The default exchange takes the routing key" in shown.press("\n")
        text = shown.press("\n")
        while "16/16" not in text:
            text = shown.press("\n")
        assert "25 % 90 % +65" in " ".join(text.split())
        shown.leave("\n")
    assert shown.process.returncode == 0


@pytest.mark.parametrize("enters", [0, 5])
def test_does_q_end_a_walk_cleanly(broker: Broker, enters: int) -> None:
    """At the start, and after an answer."""
    with walking(broker, "topic") as shown:
        shown.seen()
        shown.press(*"\n" * enters)
        shown.leave("q")
    assert shown.process.returncode == 0


def test_is_what_was_typed_too_early_dropped(broker: Broker) -> None:
    """Who presses Enter while a broker starts does not miss the first screens."""
    with walking(broker, "topic") as shown:
        os.write(shown.descriptor, b"\n\n\n")
        assert "1/21" in shown.seen()
        shown.unheard(0.3)
        shown.leave("q")


def test_does_ctrl_d_end_a_walk(broker: Broker) -> None:
    """Also where a line is typed."""
    with walking(broker, "topic") as shown:
        to_message(shown)
        shown.press("/", "a")
        shown.leave("\x04")
    assert shown.process.returncode == 0


@pytest.mark.parametrize(
    ("number", "status"),
    [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129), (signal.SIGQUIT, 131)],
)
def test_does_a_signal_end_a_walk_cleanly(broker: Broker, number: int, status: int) -> None:
    """Ctrl-C and a closed terminal leave no traceback, and nothing on the broker."""
    with walking(broker, "fanout") as shown:
        to_message(shown)
        if number == signal.SIGINT:
            os.write(shown.descriptor, b"\x03")
        else:
            shown.process.send_signal(number)
    assert shown.process.returncode == status
    assert "Traceback" not in shown.written


def test_does_a_terminal_that_is_gone_end_a_walk(broker: Broker) -> None:
    """Nobody will ever press Enter: the walk ends and takes everything away."""
    with walking(broker, "topic") as shown:
        to_message(shown)
        os.close(shown.descriptor)
        shown.descriptor = -1


SHELL = """
import os, signal, subprocess, sys, termios
signal.signal(signal.SIGTTOU, signal.SIG_IGN)
own, usual = os.getpgrp(), termios.tcgetattr(0)
walk = subprocess.Popen([sys.executable, "-m", "routing", "walk", "topic"], process_group=0)
os.tcsetpgrp(0, walk.pid)
for _ in range(2):
    os.waitpid(walk.pid, os.WUNTRACED)
    print("as it was:", termios.tcgetattr(0)[3] == usual[3], flush=True)
    termios.tcsetattr(0, termios.TCSANOW, usual)
    os.tcsetpgrp(0, own)
    sys.stdin.readline()
    os.tcsetpgrp(0, walk.pid)
    os.kill(walk.pid, signal.SIGCONT)
walk.wait()
"""
"""What a shell does with a program that is stopped, and with fg."""


def test_does_a_walk_stop_and_go_on(broker: Broker) -> None:
    """After Ctrl-Z the terminal is as it was; after fg the screen is there, and keys are heard.

    That holds after a stop, too, of which the program is not told.
    """
    with in_terminal([sys.executable, "-c", SHELL], broker.url) as shell:
        shell.seen()
        shell.type("\x1a")
        shell.await_text("as it was: True")
        shell.type("\n")
        assert "1/21" in shell.seen()
        assert "2/21" in shell.press("\n")
        os.killpg(os.tcgetpgrp(shell.descriptor), signal.SIGSTOP)
        shell.await_text("as it was:")
        shell.type("\n")
        assert "2/21" in shell.seen()
        assert "3/21" in shell.press(" ")
        shell.leave("q")
        shell.process.wait(15)


def test_does_a_key_go_on_at_once_where_a_walk_plays_by_itself(broker: Broker) -> None:
    """With a pause of an hour, Enter turns the screen; with none, the walk ends by itself."""
    with walking(broker, "direct", "--auto", "3600") as shown:
        shown.seen()
        assert "2/17" in shown.press("\n")
        shown.leave("q")
    with walking(broker, "direct", "--auto", "0.01") as shown:
        shown.await_text("taken away")
    assert shown.process.returncode == 0


def test_does_the_connection_live_while_a_class_thinks(broker: Broker) -> None:
    """With a heartbeat of one second the broker hangs up on whoever is silent for three."""
    with walking(broker, "default", url=f"{broker.url}?heartbeat=1") as shown:
        to_message(shown)
        shown.unheard(3.2)
        assert "All right!" in shown.press("1", "\n")
        shown.leave("q")
    assert shown.process.returncode == 0


def run(*words: str, url: str = "amqp://127.0.0.1:1/") -> subprocess.CompletedProcess[str]:
    """Walk with no terminal anywhere."""
    return warm.run(words, env=environ(url), stdin=subprocess.DEVNULL, timeout=60)


def test_does_a_walk_in_a_pipe_go_by_itself(broker: Broker) -> None:
    """Without a terminal nothing waits, no screen is cleared, and every message is told."""
    done = run("walk", "journey", url=broker.url)
    assert (done.returncode, done.stderr) == (0, "")
    assert "\x1b" not in done.stdout
    assert done.stdout.count("Which queues get a copy?") == len(lesson("journey").messages)
    assert "Nobody guessed this time." in done.stdout
    assert max(map(len, done.stdout.splitlines())) <= 80


def test_does_a_walk_without_a_broker_end_in_a_sentence() -> None:
    """Nothing listens there: status 3, as with a demo."""
    done = run("walk", "topic")
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (3, "", 1)
