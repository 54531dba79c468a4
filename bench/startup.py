"""How long does a demo take, against a bare pika script that does the same without a word of why?

All are whole processes on the broker of AMQP_URL: the bare script, and `exchange-routing demo
topic` as this checkout has it and as the built wheel has it in an environment of its own.  They
take turns, so that a noisy machine is noisy for all.

    .venv/bin/python -m bench.startup [RUNS]
"""

import json
import os
import subprocess
import sys
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
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


def installed(folder: Path) -> Path:
    """Build the wheel, install it into a fresh environment, and give its command."""
    pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, "wheel", "--no-deps", f"--wheel-dir={folder}", ROOT], check=True)
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder / "venv"], check=True)
    python = f"--python={folder}/venv/bin/python"
    subprocess.run([*pip, python, "install", *folder.glob("*.whl")], check=True)
    return folder / "venv/bin/exchange-routing"


def main(runs: int) -> None:
    """Take turns, and print the medians and their ratios."""
    with TemporaryDirectory() as folder:
        commands = {
            "bare pika script": [sys.executable, "-c", BARE, lesson()],
            "this checkout": [str(ROOT / ".venv/bin/exchange-routing"), "demo", "topic"],
            "the wheel": [str(installed(Path(folder))), "demo", "topic"],
        }
        rounds = [[seconds(each) for each in commands.values()] for _ in range(runs + 1)][1:]
    for name, times in zip(commands, zip(*rounds, strict=True), strict=True):
        ratio = median(took / each[0] for took, each in zip(times, rounds, strict=True))
        print(f"{name:18}{median(times) * 1000:6.0f} ms   ratio {ratio:.2f}")
    print(f"(medians of {runs} runs in turn)")


if __name__ == "__main__":
    if "AMQP_URL" not in os.environ:
        raise SystemExit("Set AMQP_URL to a running broker first; make up prints one.")
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 15)
