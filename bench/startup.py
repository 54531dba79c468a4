"""How long does a demo take, against a bare pika script that does the same without a word of why?

Both are whole processes on the broker of AMQP_URL, or on the one that `make up` keeps running;
they take turns, so that a noisy machine is noisy for both.

    .venv/bin/python -m bench.startup [RUNS]
"""

import json
import os
import subprocess
import sys
from pathlib import Path
from statistics import median
from time import perf_counter

ROOT = Path(__file__).parents[1]

BARE = """
import json, os, sys, pika
lesson = json.loads(sys.argv[1])
connection = pika.BlockingConnection(pika.URLParameters(os.environ["AMQP_URL"]))
channel = connection.channel()
returned = []
channel.add_on_return_callback(lambda *args: returned.append(args[2].message_id))
channel.exchange_declare("bare", "topic", auto_delete=True)
for queue in lesson["queues"]:
    channel.queue_declare(queue, exclusive=True)
for queue, key in lesson["bindings"]:
    channel.queue_bind(queue, "bare", key)
for number, key in enumerate(lesson["messages"]):
    properties = pika.BasicProperties(message_id=str(number))
    channel.basic_publish("bare", key, b"", properties, mandatory=True)
for queue in lesson["queues"]:
    while True:
        method, properties, body = channel.basic_get(queue, auto_ack=True)
        if method is None:
            break
        print(queue, method.routing_key)
print("returned", *returned)
channel.exchange_delete("bare")
connection.close()
"""


def lesson() -> str:
    """Write the topic scenario as JSON, so that the bare script plays the very same."""
    from scenarios.topic import scenario

    return json.dumps(
        {
            "queues": list(scenario.queues),
            "bindings": [(each.destination, each.binding_key) for each in scenario.bindings],
            "messages": [message.routing_key for message in scenario.messages],
        }
    )


def seconds(command: list[str]) -> float:
    """Time one whole process."""
    start = perf_counter()
    subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    return perf_counter() - start


def main(runs: int) -> None:
    """Take turns, and print both medians and their ratio."""
    bare = [sys.executable, "-c", BARE, lesson()]
    demo = [sys.executable, "-m", "scenarios.topic"]
    pairs = [(seconds(bare), seconds(demo)) for _ in range(runs + 1)][1:]
    ratio = median(ours / theirs for theirs, ours in pairs)
    print(f"bare pika script  {median(theirs for theirs, _ in pairs) * 1000:6.0f} ms")
    print(f"scenarios.topic   {median(ours for _, ours in pairs) * 1000:6.0f} ms")
    print(f"ratio             {ratio:6.2f}   (medians of {runs} runs in turn)")


if __name__ == "__main__":
    if "AMQP_URL" not in os.environ:
        raise SystemExit("Set AMQP_URL to a running broker first; make up prints one.")
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 15)
