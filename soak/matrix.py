"""Which commands meet which faults at which steps, and what is promised of each.

Every run ends within its time-out after a fault, says in one sentence what happened, reports
nothing that it did not see, and leaves nothing behind.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from soak.proxy import LASTING, ON_CHANNEL, TEXTS, Moment

CONNECTING: Final = "connect"
HANDSHAKE: Final = "login"
CLEAN_UP: Final = "clean-up"
LISTENING: Final = "listen"
ALL_ALONG: Final = "ill"
UNDER_WAY: Final = "running"
STEPS: Final = (
    CONNECTING,
    HANDSHAKE,
    "queue",
    "exchange",
    "binding",
    "publish",
    "collect",
    LISTENING,
    CLEAN_UP,
    ALL_ALONG,
    UNDER_WAY,
)
"""In their order: publish is between two messages, collect is between two copies, ill all along."""

BROKEN: Final = ("reset", "silence", "half", "garbage", "slow", "deaf")
REFUSED: Final = tuple(map(str, TEXTS))
PROXIED: Final = (*BROKEN, *REFUSED)
"""What the proxy does."""

KILL: Final = "kill"
FULL: Final = "full"
ALARMS: Final = ("memory", "disk")
LIMITS: Final = ("limit", "rejects")
"""A limit of no queue at all, and queues that reject what is published."""

ILL: Final = (*ALARMS, *LIMITS, FULL)
"""What a node has all along."""

FAULTS: Final = (*PROXIED, KILL, *ILL)


def at(method: str, number: int = 1, after: str = "") -> Moment:
    """Write at which frame a fault comes; several methods are parted by a space."""
    return Moment(frozenset(method.split()), number, after)


@dataclass(frozen=True)
class Command:
    """A command line, and when it comes to each of its steps.

    copies: the exchange and the key by which it is sent messages, once it waits for some.
    judges: whether a refusal is an outcome for it, and what breaks off is tried again.
    leases: whether queues that expire may stay for a while.
    """

    words: Sequence[str]
    moments: Mapping[str, Moment]
    copies: tuple[str, str] | None = None
    judges: bool = False
    leases: bool = False

    def steps(self) -> Mapping[str, Moment]:
        """Give the moments of all its steps; a moment of connecting is the same for all."""
        login = at("Connection.StartOk")
        return {CONNECTING: Moment(), HANDSHAKE: login, ALL_ALONG: Moment(), **self.moments}


PLAYING: Final = {
    "queue": at("Queue.Declare", 2),
    "exchange": at("Exchange.Declare"),
    "binding": at("Queue.Bind", 2),
    "publish": at("Basic.Publish", 2),
    "collect": at("Basic.Deliver", 2),
    CLEAN_UP: at("Exchange.Delete Queue.Delete", 1, after="Basic.Deliver"),
}

TOGETHER: Final = {**PLAYING, HANDSHAKE: at("Connection.StartOk", 2)}
"""The second connection is the one on which much is played."""

SHARING: Final = {
    "queue": at("Queue.Declare", 3),
    "exchange": at("Exchange.Declare"),
    "binding": at("Queue.Bind", 2),
}
WAITING: Final = {
    "collect": at("Basic.Deliver", 2),
    LISTENING: at("Channel.Flow"),
    CLEAN_UP: at("Basic.Cancel"),
}

ORDERS: Final = ("class.topic.orders", "order.us.paid")

COMMANDS: Final[Mapping[str, Command]] = {
    "demo": Command(["demo", "topic"], PLAYING),
    "demo-deaths": Command(["demo", "dead-letters"], PLAYING),
    "walk": Command(["walk", "topic"], PLAYING),
    "workers": Command(
        ["workers"],
        {
            HANDSHAKE: at("Connection.StartOk", 4),
            "queue": at("Queue.Declare"),
            "publish": at("Basic.Publish", 2),
            "collect": at("Basic.Deliver", 2),
            CLEAN_UP: at("Queue.Delete"),
        },
    ),
    "check": Command(["check", "topic", "--broker"], TOGETHER, judges=True),
    "verify": Command(["verify", "--cases", "6", "--seed", "7"], TOGETHER, judges=True),
    "receive": Command(
        ["receive", "billing", "--scenario", "topic"], SHARING | WAITING, ORDERS, leases=True
    ),
    "receive-alone": Command(
        ["receive", "hello"],
        {"queue": at("Queue.Declare", 3), **WAITING},
        ("amq.default", "hello"),
    ),
    "send": Command(
        ["send", "order.eu.paid", "--scenario", "topic"],
        {
            **SHARING,
            "publish": at("Basic.Publish"),
            CLEAN_UP: at("Queue.Declare Connection.Close", 1, after="Basic.Publish"),
        },
        leases=True,
    ),
    "watch": Command(["watch", "topic"], SHARING | WAITING, ORDERS, leases=True),
}

PRIVATE: Final[Mapping[str, Command]] = {
    "walk-private": Command(["walk", "topic", "--auto", "2"], {}),
    "versions": Command(["versions"], {}),
    "verify-all": Command(["verify", "--rabbitmq", "all", "--minutes", "9"], {}),
}
"""Runs on nodes of their own, of which one is killed while they are under way."""


@dataclass(frozen=True)
class Cell:
    """One command that meets one fault at one of its steps."""

    command: str
    step: str
    fault: str

    def __str__(self) -> str:
        """Name it."""
        return f"{self.command}, {self.step}, {self.fault}"

    @property
    def run(self) -> Command:
        """The command."""
        return COMMANDS.get(self.command) or PRIVATE[self.command]

    @property
    def statuses(self) -> frozenset[int]:
        """What it may end with.

        Once all was seen, it may tell that, too; and who judges may try again, and then see all.
        """
        if self.fault == "rejects" and self.command in ("send", "demo-deaths"):
            return frozenset({1})  # both see it, and that nothing is rejected is what is predicted
        if self.fault in ILL:
            return frozenset({3 if self.harms else 0})
        over = self.fault in ("reset", "501", "541")
        read = self.fault == KILL and self.step == "collect"  # all may have come already
        may_end_well = self.step == CLEAN_UP or (self.run.judges and (over or read))
        well = {0} if may_end_well and self.step not in (CONNECTING, HANDSHAKE) else set()
        if int(self.fault if self.fault.isdecimal() else 0) not in ON_CHANNEL:
            return frozenset({3} | well)
        return frozenset(({0, 1} if self.run.judges else {2}) | well)

    @property
    def harms(self) -> bool:
        """Whether it comes to what an ill node does not do: who waits does not publish."""
        return self.run.copies is None or self.fault in ("limit", FULL)

    @property
    def may_stay(self) -> frozenset[str]:
        """What may be left: what has a lease, what has no binding, a queue with messages.

        An exchange goes with its last binding; where the network stays gone before the first one,
        nobody can take it away.  Nor does anybody take a queue away where messages wait, or which
        a program has declared that met its end.
        """
        gone = self.fault in LASTING
        leases = self.run.leases or (gone and self.command == "workers")
        unbound = gone and (self.step in ("exchange", "binding") or self.command == "verify")
        waiting = self.command == "receive-alone" and (gone or self.step == "collect")
        may = {"leases": leases, "unbound": unbound, "messages": waiting}
        return frozenset(name for name, does in may.items() if does)


def cells() -> Iterator[Cell]:
    """List all of them; a channel is refused only where there is one."""
    for name, command in COMMANDS.items():
        for step in filter(command.steps().__contains__, STEPS):
            for fault in ILL if step == ALL_ALONG else (*PROXIED, KILL):
                on_channel = fault.isdecimal() and int(fault) in ON_CHANNEL
                early = step in (CONNECTING, HANDSHAKE)
                if not (early and (on_channel or fault == KILL)):
                    yield Cell(name, step, fault)
    for name in PRIVATE:
        yield Cell(name, UNDER_WAY, KILL)


SHORT: Final = (
    Cell("demo", "exchange", "silence"),
    Cell("demo", "collect", "half"),
    Cell("demo", "publish", "406"),
    Cell("demo-deaths", "collect", "silence"),
    Cell("walk", "binding", "slow"),
    Cell("walk", "publish", "404"),
    Cell("workers", HANDSHAKE, "silence"),
    Cell("workers", "publish", "403"),
    Cell("check", HANDSHAKE, "deaf"),
    Cell("check", "publish", "541"),
    Cell("verify", "queue", "garbage"),
    Cell("verify", CLEAN_UP, "silence"),
    Cell("receive", LISTENING, "silence"),
    Cell("receive-alone", "collect", "reset"),
    Cell("receive-alone", "queue", "garbage"),
    Cell("send", "publish", "501"),
    Cell("send", "queue", "405"),
    Cell("watch", CLEAN_UP, "320"),
    Cell("workers", ALL_ALONG, "limit"),
    Cell("demo", ALL_ALONG, "rejects"),
    Cell("check", ALL_ALONG, "memory"),
    Cell("demo", ALL_ALONG, "memory"),
    Cell("workers", ALL_ALONG, "memory"),
    Cell("check", ALL_ALONG, "disk"),
    Cell("demo", ALL_ALONG, "disk"),
    Cell("workers", ALL_ALONG, "disk"),
    Cell("watch", ALL_ALONG, "disk"),
    Cell("demo", "binding", KILL),
    Cell("receive", "binding", KILL),
    Cell("verify", "binding", KILL),
)
"""One of each fault, spread over the commands, and those that once broke a promise."""

ALONE: Final = Cell("walk-private", UNDER_WAY, KILL)
"""The same for a run with a node of its own."""
