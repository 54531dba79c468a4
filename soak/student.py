"""One of a class, in plain pika: binds a queue, sends, and waits for all of it to come back.

    python -m soak.student NAME MESSAGES TO_RECEIVER      with AMQP_URL

TO_RECEIVER: so many of the messages go to the queue on which `receive hello --class NAME` waits.
"""

import os
import sys

from pika import BlockingConnection, URLParameters

TOGETHER = 50
"""Messages that are sent before what came back is taken."""

LIMIT = 60.0
"""Seconds within which the next message has to come back."""


def main(name: str, messages: int, to_receiver: int) -> int:
    """Send them all, and give how many came back."""
    with BlockingConnection(URLParameters(os.environ["AMQP_URL"])) as connection:
        channel = connection.channel()
        queue = str(channel.queue_declare("", exclusive=True).method.queue)
        channel.queue_bind(queue, "amq.topic", f"{name}.#")
        back = 0

        def arrived(*_: object) -> None:
            nonlocal back
            back += 1

        channel.basic_consume(queue, arrived, auto_ack=True)
        for number in range(messages):
            receiver = number < to_receiver
            exchange, key = ("", f"{name}.hello") if receiver else ("amq.topic", f"{name}.{number}")
            channel.basic_publish(exchange, key, str(number).encode())
            if number % TOGETHER == 0:
                connection.process_data_events(time_limit=0)
        expected, last = messages - to_receiver, -1
        while back < expected and back != last:
            last = back
            connection.process_data_events(time_limit=LIMIT)
    return back


if __name__ == "__main__":
    print(main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])))
