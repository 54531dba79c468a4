"""What clients do beside publishing: declarations, and a dead letter that is sent again."""

from typing import Any

from pika import BasicProperties

from routing.amqp.errors import Failed, NoBroker, Refused
from routing.amqp.topology import Binding, Exchange, Message, Topology
from routing.broker import Broker
from routing.broker.broken import translated
from routing.broker.connection import limit_of
from routing.play.declare import new_prefix
from routing.play.play import play_refusable

END = b"end"


def declare_queue(broker: Broker, **options: Any) -> str:
    """Declare a queue, and say what the broker says to that; it goes again at once.

    options: as of pika's queue_declare.
    """
    name = f"{new_prefix()}declared"
    try:
        with translated(broker.address):
            channel = broker.connection.channel()
            channel.queue_declare(name, **options)
            channel.queue_delete(name)
            channel.close()
    except (Refused, Failed) as refused:
        return str(refused.code)
    return "accepted"


def send_body(broker: Broker, size: int) -> str:
    """Send a message with a body of so many bytes through a fanout exchange to a queue."""
    topology = Topology(
        exchanges=[Exchange("x", "fanout")], queues=["q"], bindings=[Binding("x", "q")]
    )
    seen = play_refusable(broker, topology, [Message("x", body="." * size)])[0]
    return str(seen.refusal[1]) if seen.refusal else "arrives" if seen.copies else "lost"


def send_dead_letter_again(broker: Broker) -> str:
    """Send what once expired in a queue, with its x-death, where it will expire and go there again.

    A message without x-death follows on the same way; once that is there, so is the first, or it
    does not come.
    """
    prefix = new_prefix()
    first, last = f"{prefix}first", f"{prefix}last"
    death = {"queue": last, "reason": "expired", "count": 1, "exchange": "", "routing-keys": [last]}
    onward = {"x-dead-letter-exchange": "", "x-dead-letter-routing-key": last}
    seconds = limit_of(broker.connection)
    with translated(broker.address):
        channel = broker.connection.channel()
        channel.queue_declare(last, exclusive=True)
        channel.queue_declare(first, exclusive=True, arguments={"x-message-ttl": 0, **onward})
        channel.basic_publish("", first, b"", BasicProperties(headers={"x-death": [death]}))
        channel.basic_publish("", first, END)
        arrived = 0
        for _, _, body in channel.consume(last, auto_ack=True, inactivity_timeout=seconds):
            if body is None:
                raise NoBroker(f"No dead letter has arrived within {seconds:g} s: try again.")
            if body == END:
                break
            arrived += 1
        channel.cancel()
        for name in (first, last):
            channel.queue_delete(name)
        channel.close()
    return "arrives" if arrived else "dropped"
