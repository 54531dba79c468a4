"""What is seen while a broker is fetched and started?"""

import pytest

from routing.broker.screen import move, new_bar, shown
from routing.broker.way import Progress

STEPS = [Progress("fetching", 0.0), Progress("fetching", 0.5), Progress("starting")]


def test_does_a_pipe_get_a_line_for_each_step(capsys: pytest.CaptureFixture[str]) -> None:
    """Without a terminal each step is told once, on standard error."""
    with shown() as report:
        for progress in STEPS:
            report(progress)
    assert capsys.readouterr() == ("", "fetching\nstarting\n")


def test_does_the_bar_show_the_step_and_how_far_it_came() -> None:
    """One bar at a time; where the length of a step is not known, it has no end to reach."""
    bar = new_bar()
    seen = []
    for progress in STEPS:
        move(bar, progress)
        seen += [(task.description, task.completed, task.total) for task in bar.tasks]
    assert seen == [("fetching", 0, 1), ("fetching", 0.5, 1), ("starting", 0, None)]
