"""Does who watches see a message that came back to its sender?"""

import os
import pty
import signal
from datetime import datetime
from io import StringIO
from time import monotonic

import warm
from conftest import LIMIT
from meeting import environ, is_there, run, terminal
from pika import BasicProperties
from rich.console import Console

from routing.amqp.topology import Message, Topology
from routing.broker import Broker
from routing.terminals import shared as live
from routing.terminals.screen import Watched
from routing.terminals.stopping import Stop


def test_does_a_returned_message_get_a_line(broker: Broker, group: str) -> None:
    """In a pipe; with its exchange, headers and body, and what arrives is told as before."""
    send = ("send", "--scenario", "topic", "--class", group)
    with terminal(broker.url, "watch", "topic", "--class", group) as watcher:
        sent = run(broker.url, *send, "refund.us", "--body", "nobody's", "--headers", "n:int=1")
        line = watcher.await_line("refund.us")
        run(broker.url, *send, "order", "--body", "somebody's")
        watcher.await_line("somebody's")
        status, said = watcher.end()
    assert sent.returncode == 0
    assert line.split("  ")[1:] == ["returned", "orders", "refund.us", "n=1", "nobody's\n"]
    assert (status, said.count("refund.us")) == (0, 1)
    assert not is_there(broker, f"{group}.topic (returned)", "exchange")


def test_does_nobody_have_to_watch(broker: Broker, group: str) -> None:
    """Where nobody does, nothing is declared for it, and nothing is told of it."""
    with terminal(
        broker.url, "receive", "audit", "--scenario", "topic", "--class", group
    ) as receiver:
        sent = run(broker.url, "send", "refund.us", "--scenario", "topic", "--class", group)
        assert not is_there(broker, f"{group}.topic (returned)", "exchange")
        receiver.end()
    assert (sent.returncode, sent.stderr) == (0, "")


def test_does_a_returned_message_get_a_row_on_the_screen(broker: Broker, group: str) -> None:
    """It is shown as it comes, as copies are."""
    master, slave = pty.openpty()
    words = ("watch", "topic", "--class", group)
    env = environ(broker.url) | {"TERM": "xterm", "COLUMNS": "80", "LINES": "24"}
    seen = b""
    with warm.started(words, env=env, stdin=slave, stdout=slave, stderr=slave) as process:
        os.close(slave)
        for text in (b"billing", b"1 returned", b"Ended"):
            while text not in seen:
                seen += os.read(master, 4096)
            if text == b"billing":
                run(broker.url, "send", "refund.us", "--scenario", "topic", "--class", group)
            elif text == b"1 returned":
                process.send_signal(signal.SIGINT)
    os.close(master)
    assert b"refund.us" in seen


def entered(width: int, queues: list[str]) -> list[str]:
    """Render the screen of a watcher after a message that both queues got and one that came back.

    The first of the queues got three copies of it.
    """
    watched = Watched("Watching", Topology(queues=queues))
    for number, queue in enumerate([queues[0], *queues, queues[0], ""]):
        watched.enter(
            live.Arrival(
                datetime.now().astimezone(), queue, "x", f"key{not queue}", {}, "",
                redelivered=False, message_id=f"{not queue}", returned=number == 4,
            )
        )  # fmt: skip
    console = Console(width=width, height=24, file=StringIO())
    console.print(watched)
    assert isinstance(console.file, StringIO)
    return [line.rstrip() for line in console.file.getvalue().splitlines()]


def test_stands_returned_across_the_queues() -> None:
    """The word takes no column of its own, marks stay under their queues, and the foot counts."""
    heading, arrived, returned, foot = entered(60, ["q", "audit"])[3:]
    assert returned.endswith("  returned")
    start = returned.index("returned")
    assert heading[start:] == " q   audit"
    assert arrived[start:] == "●●●    ●"
    assert foot[start:] == " 3     1"
    assert "1 returned" in foot


def test_is_it_named_where_columns_do_not_fit() -> None:
    """On a narrow screen, in the place of the queues that got it."""
    text = " ".join(entered(40, ["a" * 18, "b" * 18]))
    assert "returned" in text.partition("keyTrue")[2].partition("copies")[0]
    assert "1 returned" in text


def test_is_nothing_lost_by_a_note_that_others_wrote(broker: Broker, group: str) -> None:
    """Any program may publish to that exchange: what it leaves out is shown as nothing."""
    seen: list[live.Arrival] = []
    names = live.names_for(group, "notes")
    stop = Stop()

    def on_arrival(arrival: live.Arrival) -> None:
        seen.append(arrival)
        stop.signal = signal.SIGINT

    with live.present(broker, Topology(queues=["q"]), names) as shared:
        live.watch(shared, on_arrival)
        broker.connection.channel().basic_publish(names.returns, "k", b"\xff", BasicProperties())
        live.await_stop(shared, stop)
    [note] = seen
    assert (note.returned, note.queue, note.exchange, note.routing_key) == (True, "", "", "k")


def test_is_the_note_told_to_everybody_who_watches(brokers: list[Broker]) -> None:
    """On all four versions, to two watchers, with further keys in CC among the headers."""
    message = Message("x", "k", {"CC": ["other"], "BCC": ["third"]}, "body")
    for broker in brokers:
        seen: list[live.Arrival] = []
        names = live.names_for("versions", "notes")
        topology = Topology(queues=["q"])
        with (
            live.present(broker, topology, names) as one,
            live.present(broker, topology, names) as two,
        ):
            for each in (one, two):
                live.watch(each, seen.append)
            live.tell_returned(broker, names, message)
            limit = monotonic() + LIMIT
            while len(seen) < 2:
                assert monotonic() < limit
                broker.connection.process_data_events(time_limit=0.1)
        assert {each.headers["CC"] == ["other"] for each in seen} == {True}
        assert [(each.exchange, each.routing_key, each.body) for each in seen] == [
            ("x", "k", "body")
        ] * 2
        assert not is_there(broker, names.returns, "exchange")
