"""Votes on each message of a lesson: think, vote, talk, vote again, see it happen, say the rule."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial

from routing.walk.judged import judge
from routing.walk.lesson import Lesson, declared_steps, further, message_place, recap
from routing.walk.screen import lesson as screens
from routing.walk.screen import votes as view
from routing.walk.votes import Gain, Vote, Voted, Voters, gains
from routing.walk.walker import Step


@dataclass
class Voting:
    """How a class has voted, message by message: before the talk, and after it."""

    lesson: Lesson
    voters: Voters = field(default_factory=Voters)
    votes: dict[int, tuple[Vote, Vote]] = field(default_factory=dict)

    def gains(self) -> list[Gain]:
        """Tell what the talks have brought, where a message was voted on twice."""
        voted = [
            Voted(judge(row, None, self.lesson.scenario), first.hands, second.hands)
            for number, row in sorted(self.lesson.played.items())
            for first, second in [self.votes[number]]
            if first.hands is not None and second.hands is not None
        ]
        return gains(voted, self.voters.number)


def steps_with_votes(lesson: Lesson) -> Iterator[Step]:
    """List the screens of a lesson with votes."""
    voting = Voting(lesson)
    yield Step("the class", view.how_many, asked=voting.voters, prompt="How many vote?")
    yield from declared_steps(lesson)
    for number in range(len(lesson.scenario.messages)):
        yield from message_steps(voting, number)
    yield Step(
        "what came of it",
        lambda: view.ended(recap(lesson), voting.gains(), voting.voters.number),
        legend=partial(screens.recap_legend, lesson.scenario),
    )


def message_steps(voting: Voting, number: int) -> Iterator[Step]:
    """Ask, show how the hands fell and ask again, show what happens, and give the rule."""
    lesson, voters = voting.lesson, voting.voters
    scenario, message = lesson.scenario, lesson.scenario.messages[number]
    first, second = voting.votes[number] = (
        Vote(scenario.queues, voters),
        Vote(scenario.queues, voters),
    )
    place = message_place(lesson, number)
    yield Step(
        place,
        partial(screens.question, scenario, message),
        lesson.stage.declare,
        first,
        f"{screens.asked(scenario)} Think alone; then hands up.",
    )
    yield Step(
        place,
        lambda: view.talk(scenario, message, first.hands, voters.number, lesson.marks),
        asked=second,
        prompt="Talk with a neighbour who voted otherwise; then hands up again.",
    )
    yield Step(
        place,
        lambda: view.seen(
            scenario, lesson.played[number], (first.hands, second.hands), lesson.marks
        ),
        partial(lesson.publish, number),
        prompt="What have you seen? Say it in a sentence, before the rule comes.",
        legend=partial(screens.recap_legend, scenario),
    )
    yield Step(
        place,
        lambda: view.explained(
            scenario, lesson.played[number], lesson.judged(number), lesson.marks
        ),
        asides=further(lesson, number),
        legend=lambda: screens.legend(lesson.played[number], lesson.judged(number)),
    )
