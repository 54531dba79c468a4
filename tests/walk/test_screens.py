"""Is every screen of every walk as it was looked at, at 80x24 and at 60x20, and nothing lost?

`SCREENS=new python -m pytest tests/walk/test_screens.py` writes them anew; then look at what
`git diff` tells.
"""

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from length import first
from lessons import LESSONS
from walked import Terminal, terminal

from routing.broker import Broker

SCREENS = Path(__file__).parent / "screens"

PAGES = re.compile(r"page (\d+)/(\d+)")


def pages(shown: Terminal) -> Iterator[str]:
    """Turn the pages of a screen, and give each as it is seen."""
    yield shown.screen.text
    while (found := PAGES.search(shown.screen.text)) and found[1] != found[2]:
        yield shown.press("\n")


def both_sizes(shown: Terminal) -> tuple[list[str], list[str]]:
    """Give a screen at the two sizes; the last page is left in sight."""
    high = [*pages(shown)]
    shown.resize(60, 20)
    while (found := PAGES.search(shown.screen.text)) and found[1] != "1":
        shown.press("b")
    low = [*pages(shown)]
    shown.resize(80, 24)
    return high, low


def walked(shown: Terminal) -> Iterator[tuple[list[str], list[str]]]:
    """Go through a walk, with a guess or a vote where one is asked for."""
    shown.seen()
    number = 0
    while True:
        foot = shown.screen.text.splitlines()[-1]
        if "choose" in foot:
            shown.press(str(number % 3 + 1))
            number += 1
        yield both_sizes(shown)
        at, of = re.findall(r"(\d+)/(\d+)$", shown.screen.text.splitlines()[0])[0]
        if at == of:
            return
        shown.press(*answer(shown.screen.text, number))
        number += "hands" in foot


def answer(text: str, number: int) -> str:
    """Give the keys that lead on from a screen."""
    if "How many vote?" in text:
        return "30\n"
    if "Think alone" in text:
        return f"A{number + 10} B12\n"
    return "A25 none3\n" if "Talk with" in text else "\n"


def words(shown: list[str]) -> set[str]:
    """List what stands on the pages of a screen, between title and keys: no marks, no pictures."""
    lines = [line for text in shown for line in text.splitlines()[1:-1] if not is_drawn(line)]
    return {word.strip(",") for line in lines for word in line.split() if word.strip("─●·→✓✗!")}


def is_drawn(line: str) -> bool:
    """Tell whether words stand below words in a line, which needs room."""
    return " . " in line or line.count("✗") > 1


def written(screens: list[tuple[list[str], list[str]]]) -> str:
    """Write all screens of a walk into one text."""
    shown = [text for high, low in screens for text in (*high, *low)]
    text = "\n".join(f"{'=' * 80}\n{each}" for each in shown)
    return re.sub(r"BROKER = .*", 'BROKER = "..."', text) + "\n"


WALKS = {
    **{name: ["walk", name] for name in LESSONS},
    "workers": ["walk", "workers"],
    "votes": ["walk", "default", "--votes"],
}


@pytest.mark.parametrize("name", first(("topic", "headers", "workers", "votes"), WALKS))
def test_is_each_screen_as_it_was_looked_at(broker: Broker, name: str) -> None:
    """Played at 80x24, with the terminal made smaller and larger again at every screen."""
    with terminal(broker.url, WALKS[name]) as shown:
        screens = [*walked(shown)]
        shown.leave("\n")
    assert shown.process.returncode == 0
    for high, low in screens[:-1]:  # the last one names queues in another way where it is cramped
        assert words(high) <= words(low), "a word is lost or broken at 60 columns"
    path = SCREENS / f"{name}.txt"
    if os.environ.get("SCREENS") == "new":
        path.parent.mkdir(exist_ok=True)
        path.write_text(written(screens))
    assert written(screens) == path.read_text()
