"""Is what is said beside the result broken between words on a terminal, and nowhere else?"""

import os
import pty
import sys
from termios import tcsetwinsize

import pytest

from routing.view.command_line import announce, between_words

SAID = "mine.py, line 17: there is no type topics; did you mean topic?\n    amqp://user@" + "h" * 40


@pytest.mark.parametrize("width", [0, 40])
def test_does_a_terminal_break_no_word(width: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each line fits, unless a word alone is wider; a terminal without a size breaks nothing."""
    master, slave = pty.openpty()
    tcsetwinsize(slave, (24, width))
    with os.fdopen(slave, "w") as stderr, os.fdopen(master):
        monkeypatch.setattr(sys, "stderr", stderr)
        said = between_words(SAID)
    assert said.split() == SAID.split()
    assert (said == SAID) == (width == 0)
    assert (
        all(len(line) <= width or len(line.split()) == 1 for line in said.split("\n")) or not width
    )


def test_is_a_line_left_whole_in_a_pipe(capsys: pytest.CaptureFixture[str]) -> None:
    """So that programs can search for it."""
    announce(SAID)
    assert capsys.readouterr().err == f"{SAID}\n"
