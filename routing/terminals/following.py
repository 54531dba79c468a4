"""A watcher goes on with what is saved: another topology, once nobody else uses the old one."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

from routing.amqp.errors import BadUse
from routing.amqp.notation import write_key
from routing.amqp.topology import Scenario
from routing.files.saved import Look, await_saved, look
from routing.terminals.presence import fingerprint
from routing.terminals.shared import Shared, await_stop, spend
from routing.terminals.stopping import Stop


class Over(Exception):
    """A wait has ended."""


@dataclass
class Followed:
    """What is followed: one file, or none.

    read: reads what it holds as the broker can play it; raises BadUse where that cannot be.
    seen: what it looked like when it was read.
    """

    files: Sequence[Path]
    read: Callable[[], Scenario]
    seen: Look

    def read_now(self) -> Scenario:
        """Read what it holds, and remember what it looked like."""
        self.seen = look(self.files)
        return self.read()


def await_next(
    followed: Followed,
    scenario: Scenario,
    shared: Shared,
    stop: Stop,
    tell: Callable[[str], object],
) -> Scenario | None:
    """Wait for another scenario that nobody is in the way of; None where it is time to end.

    tell: says what came of a file that was saved, where it is not that.
    """
    following: Scenario | None = None
    if not followed.files:
        await_stop(shared, stop)
        return None

    def meanwhile(seconds: float) -> None:
        end = monotonic() + seconds
        while stop.signal is None and monotonic() < end:
            spend(shared, end - monotonic())
        if stop.signal is not None or (following and not shared.others()):
            raise Over

    try:
        while True:
            await_saved(followed.files, followed.seen, meanwhile)
            following = None
            try:
                found = followed.read_now()
            except BadUse as error:
                tell(str(error))
                continue
            if is_another(found, scenario):
                following = found
            tell(in_the_way(scenario, shared.others()) if following else "")
    except Over:
        return None if stop.signal is not None else following


def is_another(found: Scenario, scenario: Scenario) -> bool:
    """Tell whether something else is declared; messages may be others."""
    return found.name != scenario.name or fingerprint(found) != fingerprint(scenario)


def in_the_way(scenario: Scenario, others: int) -> str:
    """Say that a new topology has to wait for those who use the old one, if anybody does."""
    if not others:
        return ""
    who = f"{others} other programs use" if others > 1 else "Another program uses"
    return f"{who} {write_key(scenario.name)} as it was: what is saved is taken when they end."
