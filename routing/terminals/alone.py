"""One queue under its own name, as the tutorial's programs declare it, so that they meet there.

A queue that is there already is used as it is, whatever it is, and stays.  One that is not is
declared as `queue_declare(queue='hello')` does it, or durable where RabbitMQ permits nothing else;
who declared it deletes it when leaving, unless somebody else uses it or messages wait there.  It
has no lease, which the tutorial's declaration would not agree with: what a killed program had
declared stays, until somebody deletes it or, where it is not durable, RabbitMQ is restarted.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from pika.adapters.blocking_connection import BlockingChannel
from pika.exceptions import AMQPError, ChannelClosedByBroker, ConnectionClosedByBroker

from routing.broker import Broker
from routing.broker.broken import translated
from routing.broker.connection import undo
from routing.broker.find import connected
from routing.terminals.leases import consumers_of
from routing.terminals.shared import RENEWAL, OnArrival, handler
from routing.terminals.stopping import Stop

AT_ONCE: Final = 1
"""Messages that come before the last one is acknowledged: of those that are not shown, no more have
to go back, and a queue of any type gives that many."""


@dataclass
class Alone:
    """A queue that is received from.

    declared: how this program declared it, as a call, which is empty while that is not known; None
        where it was there before.
    stays: why it is there when this program has left; None where it was deleted.
    """

    broker: Broker
    channel: BlockingChannel
    queue: str
    on_arrival: OnArrival
    declared: str | None = None
    stays: str | None = "it was there before"

    def arrive(self) -> None:
        """Declare the queue where it is not there, and have what comes handled."""
        if consumers_of(self.broker, self.queue) is None:
            self.declared = ""
            self.declared = declare(self.broker, self.queue)
        self.channel.basic_consume(self.queue, handler("", self.queue, self.on_arrival))

    def await_stop(self, stop: Stop) -> None:
        """Have what arrives handled until it is time to end; a queue that is deleted comes back."""
        while stop.signal is None:
            self.broker.connection.process_data_events(time_limit=RENEWAL)
            if not self.channel.consumer_tags:
                self.arrive()

    def leave(self) -> None:
        """Take no more, and delete the queue if it is this program's, is unused, and is empty."""
        for tag in self.channel.consumer_tags:
            self.channel.basic_cancel(tag)
        if self.declared:
            self.delete()

    def delete(self) -> None:
        """Delete the queue, or tell why it stays."""
        try:
            self.channel.queue_delete(self.queue, if_unused=True, if_empty=True)
            self.stays = None
        except ChannelClosedByBroker:
            self.stays = "others use it, or messages wait there"
        except ConnectionClosedByBroker:  # 540, where it is a quorum queue by default
            self.stays = "RabbitMQ does not see whether a queue of its type is unused"

    def take_back(self) -> None:
        """Delete the queue if it is this program's, or may be, which cannot receive from it."""
        if self.declared is not None:
            unused = {"if_unused": True, "if_empty": True}
            undo(
                self.broker.nodes,
                lambda opened: opened.channel().queue_delete(self.queue, **unused),
            )


def declare(broker: Broker, queue: str) -> str:
    """Declare a queue as the tutorial does, and give the call.

    It is tried over a connection of its own: where RabbitMQ permits no queue that is neither
    durable nor exclusive, as 4.3 by itself, it closes the connection with 541.
    """
    try:
        with connected(broker.url, broker.origin) as trying:
            trying.connection.channel().queue_declare(queue)
    except (ChannelClosedByBroker, ConnectionClosedByBroker):
        broker.connection.channel().queue_declare(queue, durable=True)
        return f"queue_declare(queue={queue!r}, durable=True)"
    broker.connection.channel().queue_declare(queue)  # that may have been another node's
    return f"queue_declare(queue={queue!r})"


@contextmanager
def receiving(broker: Broker, queue: str, on_arrival: OnArrival) -> Iterator[Alone]:
    """Yield a queue as long as this program receives from it."""
    with translated(broker.address):
        alone = Alone(broker, broker.connection.channel(), queue, on_arrival)
        alone.channel.basic_qos(prefetch_count=AT_ONCE)
        try:
            with arrived(alone):
                yield alone
        except AMQPError:
            alone.take_back()
            raise


@contextmanager
def arrived(alone: Alone) -> Iterator[None]:
    """Receive, and leave in the end, as far as that is possible."""
    try:
        alone.arrive()
        yield
    finally:
        if alone.channel.is_open:
            alone.leave()
