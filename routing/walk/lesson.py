"""The class walks through a lesson: screen by screen on a terminal, in one go in a pipe."""

import os
import select
import signal
import sys
import termios
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from time import monotonic
from typing import TYPE_CHECKING, Final

from routing.amqp.topology import Scenario, declarations
from routing.amqp.versions import Version
from routing.broker import Broker
from routing.code.calls import written
from routing.rules.compare import Row, rows_of
from routing.rules.predict import Route, predict
from routing.rules.validity import accept
from routing.view.marks import Marks, marks_for
from routing.view.pages import Page, pages
from routing.walk import screen as view
from routing.walk.stage import Stage, staged
from routing.walk.steps import (
    Guess,
    Judged,
    Kind,
    Move,
    Step,
    Unclear,
    back,
    judge,
    parse_reply,
    steps_of,
)

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

PULSE: Final = 0.5
"""Seconds after which, while somebody thinks, the connection is kept alive."""

OVERHEAD: Final = 5
"""Lines of a screen for the title, a blank, a note, the keys, and one that Enter scrolls into."""


def walk(scenario: Scenario, broker: Broker, console: "Console", pause: float | None) -> bool:
    """Walk through a scenario, and tell whether the broker did all that was predicted.

    pause: seconds after which it goes on by itself; None to wait for Enter, where there is one.
    """
    version = broker.followed
    accept(scenario, version)
    with staged(broker, scenario) as stage:
        # A terminal that is closed ends the walk as a signal does that asks for it.
        signal.signal(signal.SIGHUP, signal.getsignal(signal.SIGTERM))
        keyboard = Keyboard(pause, stage.keep_alive)
        keyboard.forget()
        lesson = Lesson(scenario, predict(scenario, version), stage, console, keyboard, version)
        lesson.run()
    console.print("\nAll of it is taken away from the broker again.")
    return all(row.agrees for row in lesson.rows)


@dataclass
class Keyboard:
    """What is typed, a line at a time.

    meanwhile: done again and again while nobody types.
    """

    pause: float | None
    meanwhile: Callable[[], None]

    @property
    def present(self) -> bool:
        """Whether somebody can type."""
        return sys.stdin is not None and sys.stdin.isatty()

    def forget(self) -> None:
        """Drop what was typed before there was anything to answer, while a broker started say."""
        if self.present:
            termios.tcflush(sys.stdin, termios.TCIFLUSH)

    def line(self) -> str:
        """Wait for a line; when the time is over, or nobody can type, it is an empty one."""
        if self.pause is None and not self.present:
            return ""
        end = None if self.pause is None else monotonic() + self.pause
        while end is None or monotonic() < end:
            left = PULSE if end is None else min(PULSE, max(0, end - monotonic()))
            if select.select([sys.stdin] if self.present else [], [], [], left)[0]:
                return read_line()
            self.meanwhile()
        return ""


def read_line() -> str:
    """Read the line that was typed; one without an end is Ctrl-D or a closed terminal: quit."""
    try:
        line = os.read(sys.stdin.fileno(), 4096).decode(errors="replace")
    except OSError:
        return "q"
    return line if line.endswith("\n") else "q"


@dataclass
class Lesson:
    """How far a class has come with a scenario.

    published: the messages that were, in their order, some of them again.
    played: what the broker did, for each message that was published.
    told: how the first guess did, message by message; who goes back has seen the answer.
    """

    scenario: Scenario
    routes: list[Route]
    stage: Stage
    console: "Console"
    keyboard: Keyboard
    version: Version
    published: list[int] = field(default_factory=list)
    played: dict[int, Row] = field(default_factory=dict)
    guesses: dict[int, Guess | None] = field(default_factory=dict)
    told: dict[int, list[Judged]] = field(default_factory=dict)

    @property
    def marks(self) -> Marks:
        """The signs that the terminal can show."""
        return marks_for(self.console.options)

    @property
    def rows(self) -> list[Row]:
        """What the broker did so far, in the order of the scenario."""
        return [self.played[number] for number in sorted(self.played)]

    def run(self) -> None:
        """Go from screen to screen, until the last one or until somebody has enough."""
        steps, at = steps_of(self.scenario, self.scenario.messages), 0
        while at < len(steps):
            self.carry_out(steps[at])
            move = self.visit(steps[at])
            if move is Move.QUIT:
                return
            at = back(steps, at) if move is Move.BACK else at + 1

    def carry_out(self, step: Step) -> None:
        """Do on the broker what a step is about."""
        if step.kind is Kind.DECLARE:
            self.stage.declare(step.number + 1)
        elif step.kind is Kind.REVEAL:
            self.publish(step.number)

    def publish(self, number: int) -> None:
        """Publish a message, and hold what the broker did against the prediction and the guess."""
        self.published.append(number)
        messages = [self.scenario.messages[each] for each in self.published]
        row = rows_of(self.scenario, messages, self.version)[-1]  # what lies in queues counts, too
        observed = self.stage.publish(messages[-1], row.life)
        row = self.played[number] = replace(row, number=number + 1, observed=observed)
        self.told.setdefault(number, judge(row, self.guesses.get(number), self.scenario))

    def visit(self, step: Step) -> Move:
        """Show a screen until somebody leaves it."""
        body, note = self.body(step), ""
        while True:
            try:
                reply = parse_reply(self.shown(step, body, note), step, self.scenario.queues)
            except Unclear as unclear:
                note = str(unclear)
                continue
            if reply is Move.WHY:
                body, note = view.reasons(self.played[step.number], self.scenario), ""
                continue
            if step.kind is Kind.ASK:
                self.guesses[step.number] = reply if isinstance(reply, frozenset) else None
            return reply if isinstance(reply, Move) else Move.ON

    def body(self, step: Step) -> "RenderableType":
        """Describe what a step shows."""
        number = step.number
        if step.kind is Kind.IDEA:
            return view.idea(self.scenario, self.marks)
        if step.kind is Kind.DECLARE:
            source = written(declarations(self.scenario)[number], self.scenario)
            return view.declared(self.scenario, number, source, self.marks)
        if step.kind is Kind.ASK:
            return view.question(self.scenario, Row(number + 1, self.routes[number]))
        if step.kind is Kind.REVEAL:
            row = self.played[number]
            judged = judge(row, self.guesses.get(number), self.scenario)
            return view.revealed(row, judged, self.marks)
        return view.recap(self.scenario, self.rows, self.told, self.marks)

    def shown(self, step: Step, body: "RenderableType", note: str) -> str:
        """Show a body page by page, and return what is typed; Enter turns to the next page."""
        height = max(1, self.console.height - OVERHEAD) if self.console.is_terminal else None
        line = ""
        for page in pages(self.console, body, height):
            self.draw(step, page, note)
            line = self.keyboard.line()
            if line.strip():
                break
        return line

    def draw(self, step: Step, page: Page, note: str) -> None:
        """Put one page on a clear screen; in a pipe, after what went before."""
        if self.console.is_terminal:
            self.console.clear()
        else:
            self.console.print()
        self.console.print(view.title(self.scenario, step), "", page, sep="\n")
        if self.keyboard.present:
            room = self.console.height - OVERHEAD - len(page.lines)
            self.console.print("\n" * room * self.console.is_terminal, end="")
            self.console.print(view.foot(step, note), end="")
