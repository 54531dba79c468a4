"""A lesson as steps: the idea, what is declared, message by message a guess and its answer."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Final

from routing.amqp.topology import Scenario
from routing.amqp.versions import Version
from routing.code.calls import connected, published, received, shared
from routing.rules.compare import Row, rows_of
from routing.rules.predict import Route
from routing.view.marks import Marks
from routing.walk.judged import Guess, Judged, judge
from routing.walk.question import Question
from routing.walk.screen import lesson as view
from routing.walk.stage import Stage
from routing.walk.walker import Aside, Step

CALLS: Final = "c"
WHY: Final = "w"


@dataclass
class Lesson:
    """How far a class has come with a scenario.

    url: of the broker that a program is shown with.
    published: the messages that were, in their order, some of them again.
    played: what the broker did, for each message that was published.
    asked: the question of each message; told: how the first guess did, message by message.
    """

    scenario: Scenario
    routes: Sequence[Route]
    stage: Stage
    marks: Marks
    url: str
    version: Version
    published: list[int] = field(default_factory=list)
    played: dict[int, Row] = field(default_factory=dict)
    asked: dict[int, Question] = field(default_factory=dict)
    told: dict[int, list[Judged]] = field(default_factory=dict)

    @property
    def rows(self) -> list[Row]:
        """What the broker did so far, in the order of the scenario."""
        return [self.played[number] for number in sorted(self.played)]

    def publish(self, number: int) -> None:
        """Publish a message, and hold what the broker did against prediction and first guess."""
        self.published.append(number)
        messages = [self.scenario.messages[each] for each in self.published]
        row = rows_of(self.scenario, messages, self.version)[-1]  # what lies in queues counts, too
        observed = self.stage.publish(messages[-1], row.life)
        self.played[number] = replace(row, number=number + 1, observed=observed)
        if self.guess(number) is not None:
            self.told.setdefault(number, self.judged(number))

    def guess(self, number: int) -> Guess | None:
        """Give what is guessed now of a message, if anything is."""
        asked = self.asked.get(number)
        return asked.chosen if asked else None

    def judged(self, number: int) -> list[Judged]:
        """Hold what is guessed now against what the broker did."""
        return judge(self.played[number], self.guess(number), self.scenario)

    @property
    def all_told(self) -> dict[int, list[Judged]]:
        """How the first guess of each message did that was published, or that there was none."""
        return {
            number: self.told.get(number) or judge(row, None, self.scenario)
            for number, row in sorted(self.played.items())
        }


def steps_of(lesson: Lesson) -> Iterator[Step]:
    """List the screens of a lesson: the idea, the declarations, the messages, the recap."""
    yield from declared_steps(lesson)
    for number in range(len(lesson.scenario.messages)):
        yield from message_steps(lesson, number)
    yield Step(
        "what came of it",
        partial(recap, lesson),
        legend=partial(view.recap_legend, lesson.scenario),
    )


def declared_steps(lesson: Lesson) -> Iterator[Step]:
    """Tell the idea, and declare exchanges, queues and bindings, each kind on a screen."""
    scenario, stage, until = lesson.scenario, lesson.stage, 0
    yield Step(
        "the idea",
        partial(view.idea, scenario, lesson.marks),
        asides=calls("how to connect", [connected(lesson.url)]),
    )
    for noun, things, body in (
        ("exchanges", scenario.exchanges, partial(view.exchanges, scenario)),
        ("queues", scenario.queues, partial(view.queues, scenario)),
        ("bindings", scenario.bindings, partial(view.bindings, scenario)),
    ):
        until += len(things)
        if things:
            asides = calls(
                "the calls", [shared(each, scenario) for each in things], view.SHARED[noun]
            )
            yield Step(noun, body, partial(stage.declare, until), asides=asides)


def calls(named: str, sources: Sequence[str], said: str = "") -> dict[str, Aside]:
    """Give pika's calls, to be shown when the key for them is pressed."""
    return {CALLS: Aside(named, partial(view.calls, sources, said))}


def message_steps(lesson: Lesson, number: int) -> Iterator[Step]:
    """Ask where a message goes; then publish it, and show where it went, and why."""
    asked = lesson.asked[number] = Question(lesson.scenario.queues)
    yield Step(
        message_place(lesson, number),
        partial(view.question, lesson.scenario, lesson.scenario.messages[number]),
        lesson.stage.declare,
        asked,
        view.asked(lesson.scenario),
    )
    yield Step(
        message_place(lesson, number),
        lambda: view.revealed(
            lesson.scenario, lesson.played[number], lesson.judged(number), lesson.marks
        ),
        partial(lesson.publish, number),
        asides=further(lesson, number),
        legend=lambda: view.legend(lesson.played[number], lesson.judged(number)),
    )


def message_place(lesson: Lesson, number: int) -> str:
    """Say which message a screen is about."""
    return f"message {number + 1}/{len(lesson.scenario.messages)}"


def further(lesson: Lesson, number: int) -> dict[str, Aside]:
    """Give all reasons, and the calls of both programs."""
    return {
        WHY: Aside("all reasons", lambda: view.reasons(lesson.played[number], lesson.scenario)),
        CALLS: Aside("the calls", lambda: view.calls(both_calls(lesson, number), "")),
    }


def both_calls(lesson: Lesson, number: int) -> list[str]:
    """Write the call that publishes a message, and those that take it out of its queues."""
    got = [received(each.queue) for each in lesson.judged(number) if each.copies]
    return [published(lesson.scenario.messages[number]), *got]


def recap(lesson: Lesson) -> view.Recap:
    """Show all messages once more, the score, and the rules that were missed most."""
    return view.Recap(lesson.scenario, lesson.rows, lesson.all_told)
