"""Does a walk go from step to step, and do each just when somebody goes on to it?"""

from collections import Counter, deque
from dataclasses import dataclass, field
from functools import partial
from io import StringIO

import pytest
from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from routing.amqp.errors import NoBroker
from routing.walk.keyboard import OVER, Keyboard
from routing.walk.question import Question
from routing.walk.screen.frame import Frame, cut, draw
from routing.walk.walker import Step, Walker


@dataclass
class Script(Keyboard):
    """Keys that are pressed one after the other, and then no more."""

    keys: list[str] = field(default_factory=list)

    def key(self) -> str:
        """Give the next one."""
        return self.keys.pop(0) if self.keys else "q"


def walked(keys: list[str], at: int = 0) -> Counter[int]:
    """Tell how often each of four steps has been done."""
    done: Counter[int] = Counter()
    steps = [
        Step(str(number), partial(Text, "body"), partial(done.update, [number]))
        for number in range(4)
    ]
    keyboard = Script(None, lambda: None, keys=keys)
    Walker("title", steps, Console(file=StringIO()), keyboard, at).run()
    return done


@pytest.mark.parametrize(
    ("keys", "done"),
    [
        ("", {0: 1}),
        ("\n", {0: 1, 1: 1}),
        ("\nb", {0: 1, 1: 1}),
        ("\nb\n", {0: 1, 1: 2}),
        ("bb", {0: 1}),
        ("\n\n\n\n\n", {0: 1, 1: 1, 2: 1, 3: 1}),
        ("?\n", {0: 1}),
    ],
)
def test_what_is_done_on_the_way(keys: str, done: dict[int, int]) -> None:
    """Each step when it is gone on to, again after a step back; a step back does nothing."""
    assert walked([*keys]) == done


def test_is_a_step_before_the_first_one_done_when_it_is_seen() -> None:
    """Who begins in the middle and goes back sees it done, once."""
    assert walked(["b", "\n", "b"], at=2) == {2: 2, 1: 1}


def test_is_the_end_of_a_broker_told_below_the_screen() -> None:
    """What a step raises comes through, and what is said of it begins a line of its own."""

    def broken() -> None:
        raise NoBroker("gone")

    steps = [Step("", partial(Text, "body"), each) for each in (lambda: None, broken)]
    for pause, end in ((1.0, " \n"), (None, "body\n")):
        console = Console(file=StringIO(), force_terminal=True, width=40, height=9)
        keyboard = Script(pause, lambda: None, keys=["\n"])
        with pytest.raises(NoBroker):
            Walker("title", steps, console, keyboard).run()
        assert isinstance(console.file, StringIO)
        assert console.file.getvalue().endswith(end)


def test_does_a_time_that_is_over_go_on() -> None:
    """As Enter does."""
    assert walked([OVER, OVER]) == {0: 1, 1: 1, 2: 1}


@pytest.mark.parametrize(
    "note", ["", "> a  There is no a: type a number, a letter or a name.", "x" * 99]
)
def test_does_a_long_note_leave_the_title_in_sight(note: str) -> None:
    """The screen is as high as the terminal, and no line of it is wider."""
    console = Console(file=StringIO(), width=40, height=10, force_terminal=True, color_system=None)
    shown = cut(console, Frame("title", "place", "1/1", Text("line\n" * 20), note=note))
    with console.capture() as capture:
        draw(console, shown, 0, ["Enter on"])
    lines = capture.get().splitlines()
    assert len(lines) == console.height
    assert max(map(cell_len, lines[1:])) <= console.width


class Pasted(Keyboard):
    """Keys that are all there already."""

    def key(self) -> str:
        """Give the next one."""
        return self.pressed.popleft()


def test_is_a_long_text_that_is_pasted_taken_at_once() -> None:
    """No screen is laid out for each of its letters; Enter takes it, and q quits."""
    laid_out: Counter[str] = Counter()

    def body() -> Text:
        laid_out.update(["body"])
        return Text("body")

    question = Question(["audit"])
    keyboard = Pasted(None, lambda: None, pressed=deque(["/", *" " * 10_000, *"audit\nq"]))
    Walker("title", [Step("", body, asked=question)], Console(file=StringIO()), keyboard).run()
    assert question.chosen == frozenset({"audit"})
    assert laid_out["body"] < 10
