"""The story as a walk: who gets the next job?  Guess, and see who got it, and why."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Final

from routing.broker import Broker
from routing.broker.broken import translated
from routing.broker.connection import keep_alive
from routing.walk.keyboard import Keyboard
from routing.walk.question import Question
from routing.walk.score import Score, most_often
from routing.walk.walker import Step, Walker
from routing.workers import screen as view
from routing.workers.performance import perform
from routing.workers.story import ACTS, WORKERS, Act, Delivery, Take, compare, predict, take_of

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

IN_TURN: Final = "Without a limit RabbitMQ deals in turn, however long a job takes."
WHO_IS_FREE: Final = "With prefetch 1, a worker gets a job when it has acknowledged the last."
REDELIVERED: Final = (
    "A job that was not acknowledged goes to another worker, marked as redelivered."
)


def walk(broker: Broker, console: "Console", pause: float | None) -> bool:
    """Walk through the acts, and tell whether the broker did all that was predicted.

    pause: seconds after which it goes on by itself; None to wait for a key, where there is one.
    """
    played = [Played(broker, act) for act in ACTS]
    steps = [*steps_of(played)]
    keyboard = Keyboard(pause, partial(keep_alive, broker.connection))
    with translated(broker.address):
        Walker("workers", steps, console, keyboard).run()
    console.print("\nAll of it is taken away from the broker again.")
    return all(row.agrees for each in played for row in each.rows)


@dataclass
class Played:
    """An act as it was performed, and what was guessed of its deliveries.

    rows: in the order in which they were dealt; told: each first guess, and whether it was right.
    """

    broker: Broker
    act: Act
    rows: Sequence[Delivery] = ()
    asked: list[Question] = field(default_factory=list)
    told: dict[int, bool] = field(default_factory=dict)

    def perform(self) -> None:
        """Have the broker deal the jobs, once."""
        if not self.rows:
            rows = compare(predict(self.act), perform(self.broker, self.act))
            self.rows = sorted(rows, key=lambda row: order_of(take_of(row)))

    def tell(self, number: int) -> None:
        """Hold the first guess of a delivery against it."""
        chosen = self.asked[number].chosen
        if chosen:
            self.told.setdefault(number, chosen == {WORKERS[take_of(self.rows[number]).worker]})


def order_of(take: Take) -> tuple[int, int, int]:
    """Tell where in the story a job was dealt."""
    return take.dealt, take.job, take.attempt


def steps_of(played: Sequence[Played]) -> Iterator[Step]:
    """List the screens: the story, then act by act each delivery, and what came of it."""
    yield Step("the story", view.story)
    for each in played:
        yield from act_steps(each)
    yield Step("what came of it", lambda: view.recap(score(played), missed(played)))


def act_steps(played: Played) -> Iterator[Step]:
    """Ask of each delivery who gets the job, below what became of the one before."""
    act = played.act
    expected = sorted(predict(act), key=order_of)
    for number in range(len(expected)):
        asked = Question(WORKERS, one=True)
        played.asked.append(asked)
        yield Step(
            f"{act.title}, delivery {number + 1}/{len(expected)}",
            partial(body, played, number),
            partial(go_on, played, number),
            asked,
            prompt=view.question(act, expected[number]),
        )
    yield Step(
        f"{act.title}, the end",
        lambda: view.ended(played.act, played.rows, last(played, len(expected))),
        partial(go_on, played, len(expected)),
    )


def go_on(played: Played, number: int) -> None:
    """Perform the act at its beginning; then hold each guess against the delivery."""
    if not number:
        played.perform()
    else:
        played.tell(number - 1)


def body(played: Played, number: int) -> "RenderableType":
    """Show how things stand before a delivery, and what became of the one before."""
    return view.asked(played.act, played.rows, number, last(played, number))


def last(played: Played, number: int) -> "RenderableType | None":
    """Show what became of the delivery before, if there was one."""
    if not number:
        return None
    row, chosen = played.rows[number - 1], played.asked[number - 1].chosen
    guess = None if not chosen else WORKERS.index(next(iter(chosen)))
    return view.told(played.act, row, guess)


def score(played: Sequence[Played]) -> Score:
    """Count the deliveries that were guessed, and those that were guessed right."""
    told = [right for each in played for right in each.told.values()]
    return Score(sum(told), len(told))


def missed(played: Sequence[Played]) -> list[tuple[int, str, str]]:
    """Count how often each rule was missed, most often first, with where it was missed first."""
    slips = most_often(slips_in(played))
    return [(len(where), rule, where[0]) for rule, where in slips]


def slips_in(played: Sequence[Played]) -> Iterator[tuple[str, str]]:
    """List each rule that was missed, and where."""
    for each in played:
        for number, right in sorted(each.told.items()):
            take = take_of(each.rows[number])
            if not right:
                where = f"{each.act.title}: job {take.job} went to {WORKERS[take.worker]}"
                yield rule_of(each.act, take), where


def rule_of(act: Act, take: Take) -> str:
    """Name the rule by which a job was dealt."""
    if take.redelivered:
        return REDELIVERED
    return WHO_IS_FREE if act.prefetch and take.dealt else IN_TURN
