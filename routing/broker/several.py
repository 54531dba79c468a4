"""Several RabbitMQs at once, each of another version, and work that is done with all of them."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from threading import Event
from typing import TypeVar

from routing.amqp.errors import NoBroker
from routing.amqp.versions import TRIED
from routing.broker.find import Broker, connected, find, own_ways
from routing.broker.way import NoBrokerFound, Progress, Report

Thing = TypeVar("Thing")
Result = TypeVar("Result")

Alive = Callable[[], None]
"""Raises Cancelled once the work is no longer wanted."""

SERIES = tuple(f"{version.major}.{version.minor}" for version in reversed(TRIED))
"""How the versions begin that are set side by side, the oldest first."""


class Cancelled(BaseException):
    """Work that goes on in a thread is no longer wanted."""


def at_once(work: Callable[[Thing, Alive], Result], things: Sequence[Thing]) -> list[Result]:
    """Do the same with several things at the same time; where one fails, let the others end.

    Raises what the work raises.
    """
    over = Event()

    def alive() -> None:
        if over.is_set():
            raise Cancelled

    with ThreadPoolExecutor(len(things) or 1) as threads:
        started = [threads.submit(work, thing, alive) for thing in things]
        try:
            return [each.result() for each in started]
        except BaseException:
            over.set()
            raise


@contextmanager
def brokers_of_their_own(
    asked: Sequence[str], report: Report, timeout: float | None = None
) -> Iterator[list[Broker]]:
    """Yield a private broker of each version that can be had, in the order in which they are asked.

    asked: versions, or how they begin.
    Raises NoBroker where none can be had, BadUse where there is no such version.
    """
    with ExitStack() as stack:

        def had(each: str, alive: Alive) -> Broker | None:
            def tell(progress: Progress) -> None:
                alive()
                report(replace(progress, of=each))

            try:
                return stack.enter_context(find({}, tell, own_ways(each), each, timeout))
            except NoBrokerFound as error:
                alive()
                reasons = "; ".join(f"{name}: {reason}" for name, reason in error.reasons[1:])
                report(Progress(f"RabbitMQ {each} is left out ({reasons}).", lasting=True))
                return None

        found = [broker for broker in at_once(had, asked) if broker]
        if not found:
            raise NoBroker(
                f"No RabbitMQ of {', '.join(asked)} can be had: the lines above say why."
            )
        # A connection that lay idle while others were fetched may be closed by now.
        yield [stack.enter_context(connected(each.url, each.origin)) for each in found]
