"""Is it told why a broker takes no messages, and soon, whatever was to be published?"""

from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic

import pytest
from nodes import Node

from routing.__main__ import main

COMMANDS = [["demo", "topic"], ["workers"], ["check", "topic", "--broker"]]
"""Of one message alone, as send has it, RabbitMQ takes the first before it stops."""

TIMEOUT = 8.0
"""Seconds for each; half of it is for waiting."""

SOON = 15.0
"""Seconds within which it must be told."""


@contextmanager
def alarmed(node: Node, *low: str, usual: tuple[str, ...]) -> Iterator[None]:
    """Have a node run low on something, as it believes."""
    node.ctl(*low)
    try:
        yield
    finally:
        node.ctl(*usual)


@pytest.fixture(params=["memory", "disk"])
def low(request: pytest.FixtureRequest, nodes: list[Node]) -> Iterator[tuple[str, str]]:
    """Give what the newest node runs low on, and its URL."""
    node, memory, disk = nodes[-1], "set_vm_memory_high_watermark", "set_disk_free_limit"
    with (
        alarmed(node, memory, "0.000001", usual=(memory, "0.6"))
        if request.param == "memory"
        else alarmed(node, disk, "1000000000000000", usual=(disk, "50000000"))
    ):
        yield request.param, node.running.url


def test_is_the_alarm_named(
    low: tuple[str, str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """By each command, soon, and with status 3."""
    what, url = low
    monkeypatch.setenv("AMQP_URL", f"{url}?timeout={TIMEOUT:g}")
    for words in COMMANDS:
        begun = monotonic()
        assert main(words) == 3, words
        assert monotonic() - begun < SOON, words
        said = capsys.readouterr().err
        assert f"is low on {what} and takes no messages: " in said, (words, said)
