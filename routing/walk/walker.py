"""From screen to screen: whatever is walked through is a list of steps."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from routing.walk.keyboard import (
    END,
    ENTER,
    ERASE,
    ESCAPE,
    LEFT,
    OVER,
    RESIZED,
    RIGHT,
    SAVED,
    Keyboard,
)
from routing.walk.question import Asked, Unclear
from routing.walk.screen.frame import Cut, Frame, cut, draw, keys_known, show, told

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

HELP: Final = "?"
ONWARD: Final = (ENTER, " ", RIGHT, OVER)
BACKWARD: Final = ("b", LEFT)
QUIT: Final = "q"
LAST: Final = 1_000_000
"""A page beyond all there are, in whose place the last one is shown."""


def nothing() -> None:
    """Do nothing."""


@dataclass(frozen=True)
class Aside:
    """What a key shows in place of a screen, until Enter is pressed."""

    named: str
    body: "Callable[[], RenderableType]"


@dataclass(frozen=True)
class Step:
    """One screen.

    place: what the title says of it, as in message 3/8.
    body: describes it, once it has been done.
    do: is done whenever somebody goes on to it, and not when somebody comes back.
    asked: what it asks for, if anything; prompt: the question in words.
    asides: what else there is to see, by its key.
    legend: explains the signs of the body, where it has some.
    """

    place: str
    body: "Callable[[], RenderableType]"
    do: Callable[[], None] = nothing
    asked: Asked | None = None
    prompt: str = ""
    asides: Mapping[str, Aside] = field(default_factory=dict)
    legend: "Callable[[], RenderableType] | None" = None


@dataclass
class Walker:
    """Where somebody is among the steps, and what is on the screen.

    again: reads again what has been saved, and says what is wrong with it, if anything is.
    renewed: whether it has, so that other steps are to be gone through.
    aside: the key of what is shown in place of the step, if something is.
    line: what is being typed, if a line is; note: what was not understood.
    drawn: whether a screen is there, with its foot.
    """

    title: str
    steps: Sequence[Step]
    console: "Console"
    keyboard: Keyboard
    at: int = 0
    again: Callable[[], str] = str
    renewed: bool = False
    wrong: str = ""
    page: int = 0
    aside: str = ""
    line: str | None = None
    note: str = ""
    done: set[int] = field(default_factory=set)
    drawn: bool = False

    @property
    def step(self) -> Step:
        """The step that is gone through."""
        return self.steps[self.at]

    @property
    def asked(self) -> Asked | None:
        """What is asked for now."""
        return None if self.aside else self.step.asked

    def run(self) -> None:
        """Go from screen to screen, until the last one or until somebody has enough."""
        with self.keyboard.held(), self.foot_ended():
            self.come(self.at)
            while self.at < len(self.steps):
                shown = cut(self.console, self.frame())
                self.page = min(self.page, len(shown.pages) - 1)
                if not self.keyboard.pressed:  # what is pasted is shown once it is all there
                    self.draw(shown)
                key = self.keyboard.key()
                if key == SAVED:
                    self.read_again()
                if self.renewed or key == END or (key == QUIT and self.line is None):
                    return
                if key not in (RESIZED, SAVED):
                    self.note = ""
                    self.press(key, is_last=self.page == len(shown.pages) - 1)
                    self.take_pasted()

    @contextmanager
    def foot_ended(self) -> Iterator[None]:
        """Have what ends a walk told below the foot of the screen, whose line is open."""
        try:
            yield
        except Exception:
            if self.drawn:
                self.console.print()
            raise

    def read_again(self) -> None:
        """Take what has been saved; what is wrong with it is shown in place of the step."""
        self.wrong = self.again()
        self.renewed = not self.wrong
        self.aside, self.page, self.line = SAVED if self.wrong else "", 0, None

    def come(self, to: int) -> None:
        """Come to a step, and do it if it lies ahead; a step back is to the end of a screen."""
        ahead = to >= self.at
        self.at, self.page, self.aside, self.line = to, 0 if ahead else LAST, "", None
        if to < len(self.steps) and (ahead or to not in self.done):
            self.done.add(to)
            self.step.do()

    def press(self, key: str, *, is_last: bool) -> None:
        """Do what a key asks for."""
        if self.line is not None and key != OVER:
            self.edit(key)
        elif key in ONWARD:
            self.go_on(is_last=is_last)
        elif key in BACKWARD:
            self.go_back()
        elif key == HELP or key in self.step.asides:
            self.aside, self.page = "" if self.aside == key else key, 0
        elif self.asked is None or not self.asked.press(key):
            self.begin(key)

    def go_on(self, *, is_last: bool) -> None:
        """Turn the page, or after the last one, leave what is shown."""
        if not is_last:
            self.page += 1
        elif self.aside:
            self.aside, self.page = "", 0
        else:
            self.come(self.at + 1)

    def go_back(self) -> None:
        """Go back by one page, or to what was shown before."""
        if self.page:
            self.page -= 1
        elif self.aside:
            self.aside = ""
        elif self.at:
            self.come(self.at - 1)

    def begin(self, key: str) -> None:
        """Begin a line where one can be typed."""
        self.line = self.asked.begins(key) if self.asked else None
        if self.line is None:
            self.note = "That key has no meaning here."

    def edit(self, key: str) -> None:
        """Change the line that is typed, or take it."""
        line = self.line or ""
        if key == ESCAPE or (key == ERASE and len(line) <= 1):
            self.line = None
        elif key == ERASE:
            self.line = line[:-1]
        elif key == ENTER:
            self.take(line)
        elif len(key) == 1:
            self.line = line + key

    def take_pasted(self) -> None:
        """Add to a line all letters that are there already: to show each by itself takes long."""
        pressed = self.keyboard.pressed
        while self.line is not None and pressed and len(pressed[0]) == 1 and pressed[0] >= " ":
            self.edit(pressed.popleft())

    def take(self, line: str) -> None:
        """Take a line for an answer, or leave it to be corrected."""
        if self.asked is None:
            return
        try:
            on = self.asked.enter(line)
        except Unclear as unclear:
            self.note = str(unclear)
        else:
            self.line = None
            if on:
                self.come(self.at + 1)

    def frame(self) -> Frame:
        """Tell what is on the screen."""
        return Frame(
            self.title,
            self.step.place,
            f"{self.at + 1}/{len(self.steps)}",
            self.body(),
            "" if self.aside else self.step.prompt,
            self.asked.shown() if self.asked else (),
            self.asked.chosen_alone() if self.asked else "",
            self.step.legend() if self.step.legend and not self.aside else "",
            "  ".join(filter(None, ("" if self.line is None else f"> {self.line}", self.note))),
        )

    def body(self) -> "RenderableType":
        """Describe the step, or what is shown in its place."""
        if self.aside == SAVED:
            return told(self.wrong)
        if self.aside == HELP:
            return keys_known(self.known())
        return self.step.asides[self.aside].body() if self.aside else self.step.body()

    def draw(self, shown: Cut) -> None:
        """Show a page; where nobody can see or press anything, after what went before."""
        if self.console.is_terminal and (self.keyboard.present or self.keyboard.pause is not None):
            keys = self.keys(is_last=self.page == len(shown.pages) - 1)
            draw(self.console, shown, self.page, keys)
            self.drawn = True
        else:
            self.console.print()
            show(self.console, shown, self.page)
            if shown.frame.legend:
                self.console.print("", shown.frame.legend, sep="\n")

    def keys(self, *, is_last: bool) -> list[str]:
        """Write the usual keys for the foot of the screen, what matters least last."""
        if self.line is not None:
            return ["Enter take it", "Esc leave it"]
        asked = [self.asked.keys] if self.asked else []
        back = ["b back"] * bool(self.at or self.aside or self.page)
        asides = {} if self.aside else self.step.asides
        further = [f"{key} {each.named}" for key, each in asides.items()]
        return [*asked, f"Enter {self.onward(is_last=is_last)}", "? keys", *back, *further]

    def onward(self, *, is_last: bool) -> str:
        """Name what Enter leads to."""
        if not is_last:
            return "next page"
        if self.aside:
            return "back"
        if self.asked:
            return self.asked.onward
        return "on" if self.at + 1 < len(self.steps) else "end"

    def known(self) -> list[tuple[str, str]]:
        """List all keys of a step."""
        return [
            *(self.step.asked.known() if self.step.asked else ()),
            ("Enter, space, PageDown, right", "on: the next page or screen"),
            ("b, PageUp, left", "back by one page or screen"),
            *((key, each.named) for key, each in self.step.asides.items()),
            (HELP, "these keys"),
            ("q, Ctrl-D, Ctrl-C", "quit; all is taken away from the broker"),
        ]
