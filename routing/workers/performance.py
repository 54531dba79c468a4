"""Jobs dealt by a real broker: a connection for each worker, and acknowledgements in their order.

Nothing here sleeps.  The account of the shift says which worker acknowledges next, and how many
jobs must then be in workers' hands; the broker alone decides whose hands these are.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from time import monotonic
from typing import Final

from pika import BasicProperties, BlockingConnection
from pika.adapters.blocking_connection import BlockingChannel
from pika.exceptions import ChannelClosedByBroker
from pika.spec import Basic

from routing.amqp.errors import NoBroker
from routing.broker import Broker
from routing.broker.broken import translated
from routing.broker.connection import close, closing_all, connect, cut, keep_alive, limit_of, undo
from routing.broker.known import await_known
from routing.play.declare import new_prefix
from routing.workers.story import WORKERS, Act, Event, Shift, Take

GLANCE: Final = 0.002
"""Seconds for which one worker's connection is listened to before the next one's."""

UNUSED_LIMIT: Final = 60_000
"""Milliseconds after which the broker deletes a queue that a killed run never consumed from."""

ARGUMENTS: Final = {"x-queue-type": "classic", "x-expires": UNUSED_LIMIT}
"""Not exclusive: the workers' connections share it; so durable, as 4.3 demands.  Classic, whatever
a virtual host's default is: that kind is auto-deleted, and deals in the order of subscription."""


@dataclass
class Worker:
    """A consumer on a connection of its own, and the tags of the jobs that it holds."""

    number: int
    connection: BlockingConnection
    channel: BlockingChannel
    tags: list[int] = field(default_factory=list)

    def acknowledge(self) -> None:
        """Acknowledge the job in hand."""
        self.channel.basic_ack(self.tags.pop(0))

    def listen(self, seconds: float) -> None:
        """Take what has been delivered, or what is within so many seconds."""
        if self.connection.is_open:
            self.connection.process_data_events(time_limit=seconds)


def perform(broker: Broker, act: Act, prefix: str | None = None) -> list[Take]:
    """Perform an act on the broker, and tell who got which job.

    prefix: goes before the queue's name; by default one that no other run has.
    Raises Refused where the broker does not accept an operation, NoBroker where it goes away.
    """
    name = f"{prefix or new_prefix()}pdf"
    shift = Shift(act)
    with translated(broker.address), queue_of(broker, name) as channel, closing_all() as opened:
        # All subscribe before the first job is there, or the first one would be dealt them all.
        workers = [hired(broker, opened, shift, name, number) for number in range(len(WORKERS))]
        publish(channel, act, name)
        channel.basic_qos()  # changes nothing; a job that was refused is told by now
        # A broker that takes no messages says so over the connection that published.
        await_deliveries(shift, workers, broker)
        while event := shift.next_event():
            happen(event, shift, workers)
            await_deliveries(shift, workers, broker)
        await_strays(shift, workers, name)
    return shift.takes


@contextmanager
def queue_of(broker: Broker, name: str) -> Iterator[BlockingChannel]:
    """Yield a channel on which the queue is declared, and delete the queue in the end."""
    refused = False
    try:
        channel = broker.connection.channel()
        try:
            channel.queue_declare(queue=name, durable=True, auto_delete=True, arguments=ARGUMENTS)
        except ChannelClosedByBroker:
            refused = True  # one of that name is somebody else's
            raise
        yield channel
        channel.queue_delete(queue=name)
        channel.close()
    except BaseException:
        # What cut this short, Ctrl-C say, may have left the connection in the middle of a frame.
        close(broker.connection)
        if not refused:
            undo(broker.nodes, lambda connection: connection.channel().queue_delete(queue=name))
        raise


def hired(
    broker: Broker, opened: list[BlockingConnection], shift: Shift, name: str, number: int
) -> Worker:
    """Connect a worker and let it consume, as long as its connection is open."""
    opened.append(connection := connect(broker.url))
    worker = Worker(number, connection, connection.channel())
    await_known(worker.channel, name)  # a cluster's address may lead to another node
    worker.channel.basic_qos(prefetch_count=shift.act.prefetch)
    worker.channel.basic_consume(queue=name, on_message_callback=partial(receive, shift, worker))
    return worker


def receive(
    shift: Shift,
    worker: Worker,
    _: BlockingChannel,
    method: Basic.Deliver | Basic.GetOk,
    properties: BasicProperties,
    __: bytes,
) -> None:
    """Enter one delivery."""
    worker.tags.append(method.delivery_tag)
    shift.take(worker.number, int(properties.message_id), redelivered=method.redelivered)


def publish(channel: BlockingChannel, act: Act, name: str) -> None:
    """Publish the jobs in their order, all at once."""
    for job, pages in enumerate(act.pages, 1):
        channel.basic_publish(
            exchange="",
            routing_key=name,
            body=f"{pages} pages".encode(),
            properties=BasicProperties(message_id=str(job)),
        )


def happen(event: Event, shift: Shift, workers: Sequence[Worker]) -> None:
    """Let a worker acknowledge the job in hand, or die."""
    worker = workers[event.worker]
    if event.died:
        cut(worker.connection)
    else:
        worker.acknowledge()
    shift.enter(event)


def await_deliveries(shift: Shift, workers: Sequence[Worker], broker: Broker) -> None:
    """Wait until as many jobs are in workers' hands as the broker must have dealt by now."""
    seconds = limit_of(broker.connection)
    limit = monotonic() + seconds
    while shift.in_hand < shift.due:
        for worker in workers:
            worker.listen(GLANCE)
        keep_alive(broker.connection)
        if monotonic() > limit and shift.in_hand < shift.due:
            raise NoBroker(
                f"In minute {shift.minute} of the story {shift.due} jobs must be in workers' "
                f"hands, but after {seconds:g} s only {shift.in_hand} are: "
                "see what keeps the broker busy, and run this again."
            )


def await_strays(shift: Shift, workers: Sequence[Worker], name: str) -> None:
    """Take what the broker deals though nothing is due any longer."""
    # A queue answers basic.get after the acknowledgements that came before it on that channel
    # (a passive declaration would overtake them), and after what it dealt to that channel.  Once
    # all have asked, it has dealt with all acknowledgements; so the second round misses nothing.
    for worker in [worker for worker in workers if worker.connection.is_open] * 2:
        method, properties, body = worker.channel.basic_get(queue=name)
        if method and properties and body is not None:
            receive(shift, worker, worker.channel, method, properties, body)
        worker.listen(0)
