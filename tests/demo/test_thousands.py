"""Is a lesson of thousands of messages shown in time, and numbered in full?"""

from io import StringIO
from time import process_time

from rich.console import Console

from routing.amqp.topology import Binding, Exchange, Message, Observation, Scenario
from routing.amqp.versions import NEWEST
from routing.demo.screen import show
from routing.rules.compare import beside, expected
from routing.view.routed import Routed

KEYS = ("order.us.paid", "order.eu.paid", "order", "refund.eu", "refund.us.paid", "")

MANY = 2000

LIMIT = 4.0
"""Seconds of the processor, where it takes 1.5; a table of rich's for each line takes 7."""

LESSON = Scenario(
    name="many",
    lesson="",
    exchanges=[Exchange("orders", "topic")],
    queues=["billing", "europe", "audit"],
    bindings=[
        Binding("orders", "billing", "order.*.paid"),
        Binding("orders", "europe", "#.eu.#"),
        Binding("orders", "audit", "order.#"),
    ],
    messages=[Message("orders", KEYS[number % len(KEYS)]) for number in range(MANY)],
)


def test_are_thousands_of_messages_shown_in_time_and_numbered() -> None:
    """Each with its whole number, in a column that is as wide as the last one."""
    predicted = expected(LESSON, NEWEST)
    seen = [Observation(each.copies, int(each.route.returned)) for each in predicted]
    console = Console(file=StringIO(), width=80, highlight=False)
    begun = process_time()
    with console.capture() as capture:
        console.print(show(Routed(LESSON, beside(predicted, seen)), NEWEST, "a broker"))
    assert process_time() - begun < LIMIT
    lines = capture.get().splitlines()
    numbered = [each.split()[:2] for each in lines if each[:6].strip().isdigit()]
    assert numbered[99] == ["100", "refund.eu"]
    assert numbered[-1] == ["2000", "order.eu.paid"]
