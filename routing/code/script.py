"""A scenario as a program that imports pika and nothing of ours: whole, or in two parts."""

from collections.abc import Iterator
from textwrap import fill
from typing import Any, Final, Literal

from routing.amqp.notation import write_key
from routing.amqp.topology import Message, Scenario
from routing.broker.address import files_of, for_pika
from routing.code.calls import WIDTH, call, shared, write_call, written
from routing.code.literal import literal
from routing.code.purpose import purpose
from routing.code.sendable import sendable_part
from routing.rules.queue_arguments import write_onward
from routing.rules.staying import staying

Part = Literal["send", "receive"]

CONNECT: Final = """\
connection = pika.BlockingConnection(pika.URLParameters(BROKER))
channel = connection.channel()"""

PUBLISH: Final = '''\
channel.confirm_delivery()  # then what nobody takes raises UnroutableError


def publish(exchange, routing_key, headers=None, body="", mandatory=True):
    """Send one message, and say so where no queue takes it."""
    try:
        channel.basic_publish(
            exchange=exchange,
            routing_key=routing_key,
            body=body,
            properties=pika.BasicProperties(headers=headers),
            mandatory=mandatory,
        )
    except pika.exceptions.UnroutableError:
        print(f"returned: {routing_key} {headers or ''} {body}")

'''

READ: Final = """\
# The consumer: it takes messages out of each queue until none is left.
for queue in QUEUES:
    method, properties, body = channel.basic_get(queue, auto_ack=True)
    while method:
        headers = properties.headers or ""
        print(f"{queue} got: {method.routing_key} {headers} {body.decode()}")
        method, properties, body = channel.basic_get(queue, auto_ack=True)
"""

CONSUME: Final = '''\

def on_message(channel, method, properties, body):
    """Print one message, and tell RabbitMQ that it is done with."""
    queue = method.consumer_tag
    headers = properties.headers or ""
    print(f"{queue} got: {method.routing_key} {headers} {body.decode()}")
    channel.basic_ack(method.delivery_tag)


for queue in QUEUES:
    # A consumer's tag is its name; here it tells which queue a message was in.
    channel.basic_consume(queue, on_message, consumer_tag=queue)


def stop(*_):
    """Stop waiting; an exception here could cut a word to RabbitMQ in two."""
    connection.add_callback_threadsafe(channel.stop_consuming)


signal.signal(signal.SIGINT, stop)
print("Waiting for messages. Ctrl-C ends this.")
channel.start_consuming()
print()
'''

FIRST_LINES: Final = ("-*- coding: utf-8 -*-", "Runs with Python 3 and pika (pip install pika).")
"""Where Python looks for the encoding of a file, no text of a lesson may stand (PEP 263)."""

NAMES: Final = """
The names must be free on the broker.  Where another program uses one of them, the tutorial's say,
choose another name here.
"""

FOLDER: Final = "A file that it names lies where this is run, if its path is relative."

SHARED: Final = """
Two programs use these queues, so that they cannot be exclusive, and RabbitMQ 4.3 wants a queue
that is not exclusive to be durable.  Each goes with its last consumer, or after two minutes
without one.
"""

COMMENTED: Final[dict[str, Any]] = {
    "initial_indent": "# ",
    "subsequent_indent": "# ",
    "break_long_words": False,
    "break_on_hyphens": False,
}

ABOUT: Final = {
    None: "Declares, publishes, and prints what each queue got; nothing of it stays.",
    "send": "The sender. The receiver may be started before it, or up to two minutes after.",
    "receive": "The receiver. When it ends, all that it declared goes, too.",
}


def script(scenario: Scenario, broker: str, part: Part | None = None) -> str:
    """Write the program of a scenario.

    broker: the URL of the broker that it connects to.
    part: with "send" or "receive", one of two programs that meet on the broker.
    """
    sent, notes = sendable_part(scenario)
    body = "\n".join(
        [
            CONNECT,
            "",
            comment(NAMES),
            "",
            *declared_calls(sent, part),
            *(published(sent) if part != "receive" else []),
            *([READ if part is None else CONSUME] if part != "send" else []),
            *unbound(sent),
            "connection.close()",
        ]
    )
    about = [*FIRST_LINES, f"{scenario.name}: {scenario.lesson}", ABOUT[part], *notes]
    where = comment(FOLDER) + "\n" if files_of(broker) else ""
    settings = (
        f"# Another RabbitMQ?  Change this line.\n{where}BROKER = {literal(for_pika(broker))}\n"
    )
    if part != "send":
        settings += f"QUEUES = {literal(list(scenario.queues))}\n"
    return "\n".join([*map(comment, about), "", imports(body), settings, body, ""])


def comment(text: str) -> str:
    """Write lines of comment, out of which no text can break."""
    line = " ".join(text.split())
    return fill(line if line.isprintable() else ascii(line), WIDTH, **COMMENTED)


def imports(body: str) -> str:
    """Write the imports: pika, and what signals, and its own times and decimals, are from."""
    needed = [name for name in ("datetime", "decimal", "signal") if f"{name}." in body]
    return "".join(f"import {name}\n" for name in needed) + "\n" * bool(needed) + "import pika\n"


def declared_calls(scenario: Scenario, part: Part | None) -> Iterator[str]:
    """Write what is declared: exchanges, queues, and bindings with what they are for."""
    declare = written if part is None else shared
    for exchange in scenario.exchanges:
        if exchange.alternate is not None:
            yield comment(
                f"What no binding of {write_key(exchange.name)} takes goes to the exchange "
                f"{write_key(exchange.alternate)}."
            )
        yield written(exchange)
    yield from [comment(SHARED)] * (part is not None)
    for queue in scenario.queues:
        if onward := write_onward(scenario.queue_arguments.get(queue, {})):
            yield comment(f"What dies in {write_key(queue)} goes on to {onward}.")
        yield declare(queue, scenario)
    yield ""
    types = {exchange.name: exchange.type for exchange in scenario.exchanges}
    for binding in scenario.bindings:
        yield comment(purpose(binding, types[binding.source]))
        yield written(binding)
        yield ""


def published(scenario: Scenario) -> Iterator[str]:
    """Write the messages."""
    yield PUBLISH
    for message in scenario.messages:
        further = [name for name in ("CC", "BCC") if name in (message.headers or {})]
        yield from [comment(f"Routed by each key in {' and '.join(further)}, too.")] * bool(further)
        yield call("publish", arguments_of(message))
    yield ""


def arguments_of(message: Message) -> dict[str, object]:
    """Give what is to be said of a message."""
    said: dict[str, object] = {"exchange": message.exchange, "routing_key": message.routing_key}
    if message.headers is not None:
        said["headers"] = message.headers
    if message.body:
        said["body"] = message.body
    return said if message.mandatory else said | {"mandatory": False}


def unbound(scenario: Scenario) -> Iterator[str]:
    """Delete what nothing else deletes: an exchange goes with its last binding, if that goes."""
    for name in staying(scenario):
        yield write_call("exchange_delete", {"exchange": name})
