"""A class walks through a scenario on a broker: on a terminal key by key, in a pipe in one go."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from routing.amqp.errors import BadUse
from routing.amqp.topology import Scenario
from routing.broker import Broker
from routing.broker.address import files_of, parts_of, ssl_options, user_of
from routing.broker.find import LOCAL
from routing.files.saved import Watch, look
from routing.rules.predict import predict
from routing.rules.validity import accept
from routing.view.marks import marks_for
from routing.walk.keyboard import Keyboard
from routing.walk.lesson import Lesson, message_place, steps_of
from routing.walk.stage import staged
from routing.walk.voting import steps_with_votes
from routing.walk.walker import Step, Walker

if TYPE_CHECKING:
    from rich.console import Console


@dataclass(frozen=True)
class Manner:
    """How a class walks.

    pause: seconds after which it goes on by itself; None to wait for a key, where there is one.
    first: the message to begin with; what is before it is declared, and not shown.
    votes: whether hands are counted.
    """

    pause: float | None = None
    first: int = 1
    votes: bool = False


@dataclass
class Followed:
    """A scenario, and how it is read again.

    watch: tells when its file is saved; it has no files where nothing is followed.
    read: reads it; raises BadUse where it cannot be played.
    """

    scenario: Scenario
    read: Callable[[], Scenario]
    watch: Watch

    def again(self) -> str:
        """Read it once more, and say what is wrong with it, if anything is."""
        self.watch.seen = look(self.watch.files)
        try:
            self.scenario = self.read()
        except BadUse as error:
            return str(error)
        return ""


def walk(followed: Followed, broker: Broker, console: "Console", manner: Manner) -> bool:
    """Walk through a scenario, and tell whether the broker did all that was predicted.

    What is saved meanwhile is declared anew, and its walk begins at the screen that was left.
    Raises BadUse where it cannot be walked through in this manner.
    """
    require_message(followed.scenario, manner.first)
    at, agreed = None, True
    while True:
        walker, agrees = walk_once(followed, broker, console, manner, at)
        at, agreed = walker.at, agreed and agrees
        if not walker.renewed:
            break
    console.print("\nAll of it is taken away from the broker again.")
    return agreed


def walk_once(
    followed: Followed, broker: Broker, console: "Console", manner: Manner, at: int | None
) -> tuple[Walker, bool]:
    """Walk through a scenario as it is now, and tell whether the broker did all of it.

    at: the screen to begin with; None to begin at the beginning, or as the manner says.
    """
    scenario, version = followed.scenario, broker.followed
    accept(scenario, version)
    with staged(broker, scenario) as stage:
        keyboard = Keyboard(manner.pause, stage.keep_alive, followed.watch.is_saved)
        routes = predict(scenario, version)
        marks, url = marks_for(console.options), shown_url(broker)
        lesson = Lesson(scenario, routes, stage, marks, url, version)
        steps = [*(steps_with_votes(lesson) if manner.votes else steps_of(lesson))]
        if at is None:
            at = first_step(steps, lesson, manner.first) if manner.first > 1 else 0
        at = min(at, len(steps) - 1)
        walker = Walker(scenario.name, steps, console, keyboard, at, followed.again)
        walker.run()
    return walker, all(row.agrees for row in lesson.rows)


def require_message(scenario: Scenario, number: int) -> None:
    """Raise BadUse where a scenario has no message of that number."""
    there = len(scenario.messages)
    if not 1 <= number <= max(1, there):
        raise BadUse(f"{scenario.name} has no message {number}: --from goes from 1 to {there}.")


def shown_url(broker: Broker) -> str:
    """Give the URL that a program is shown with.

    A password is nobody's business, and a node that was started here is nobody's broker.
    """
    if broker.origin != "AMQP_URL":
        return LOCAL
    parts = parts_of(broker.url)
    user = "" if parts.username is None else f"{user_of(parts)}:PASSWORD@"
    files = files_of(broker.url)
    options = f"?{ssl_options(files)}" if files else ""
    return f"{parts.scheme}://{user}{broker.address}{options}"


def first_step(steps: Sequence[Step], lesson: Lesson, first: int) -> int:
    """Find the screen that asks about a message."""
    place = message_place(lesson, first - 1)
    return next(number for number, step in enumerate(steps) if step.place == place)
