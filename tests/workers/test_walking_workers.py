"""Is the story of the workers walked through as a lesson is, and nothing told too early?"""

import subprocess
from dataclasses import replace

import pytest
import warm
from rich.console import Console
from walked import Terminal, environ, terminal

from routing.broker import Broker
from routing.workers import walk
from routing.workers.screen import stand
from routing.workers.screen import told as became
from routing.workers.story import ACTS, WORKERS, Act, Delivery, Take, predict
from routing.workers.walk import IN_TURN, REDELIVERED, WHO_IS_FREE, Played, order_of, rule_of

IN_TURN_ACT, FAIR, DEATH = ACTS


def dealt(act: Act) -> list[Take]:
    """Give the deliveries of an act in their order."""
    return sorted(predict(act), key=order_of)


def written(body: object) -> str:
    """Write a body as a pipe gets it."""
    console = Console(width=80, record=True, quiet=False, file=None)
    with console.capture() as captured:
        console.print(body)
    return captured.get()


def guess(shown: Terminal, worker: int) -> str:
    """Choose a worker, and see who got the job."""
    return shown.press(str(worker), "\n")


def test_does_a_class_get_through_the_story(broker: Broker) -> None:
    """In turn, whoever is free, redelivered; the first guess of each counts, and the rules."""
    with terminal(broker.url, ["walk", "workers"]) as shown:
        assert "Worker 1 subscribes first" in shown.seen()
        assert "Who gets job 1 (6 pages)?" in shown.press("\n")
        assert "[x] 1 A worker 1" in shown.press("2", "1")
        second = shown.press("\n")
        assert "Job 1 went to worker 1  right" in second
        assert "Who gets job 2 (2 pages)?" in second
        assert "Job 2 went to worker 2  WRONG" in guess(shown, 3)
        assert "Job 2 went to worker 2  right" in shown.press("b", "2", "\n")
        text = shown.screen.text
        while "Who gets job 3 again" not in text:
            text = shown.press("\n")
        assert "worker 3   died" in text
        told = " ".join(guess(shown, 2).split())
        assert "before it had acknowledged it: redelivered to worker 1" in told
        end = shown.press("\n")
        assert "Score: 1 of 3 deliveries right." in end
        assert IN_TURN in end
        assert REDELIVERED in " ".join(end.split())
        shown.leave("\n")
        assert shown.process.wait(15) == 0
        assert shown.cooked()


@pytest.mark.parametrize("act", ACTS, ids=lambda act: act.title)
def test_does_nothing_tell_who_gets_the_next_job(act: Act) -> None:
    """How things stand before a delivery is the same whoever gets the job."""
    takes = dealt(act)
    for number, take in enumerate(takes):
        others = [
            [*takes[:number], replace(take, worker=worker), *takes[number + 1 :]]
            for worker in range(len(WORKERS))
        ]
        assert len({written(stand(act, each, number)) for each in others}) == 1


def test_does_a_job_wait_only_while_nobody_has_it() -> None:
    """What worker 3 dies with waits again after its death, and not before."""
    takes = dealt(DEATH)
    waiting = [written(stand(DEATH, takes, n)).splitlines()[-1] for n in range(len(takes))]
    assert [line.count("3 (5 pages)") for line in waiting] == [1, 1, 1, 0, 1]


def test_which_rule_decides() -> None:
    """In turn at first and without a limit; then whoever has acknowledged; or after a death."""
    assert {rule_of(IN_TURN_ACT, take) for take in dealt(IN_TURN_ACT)} == {IN_TURN}
    assert [rule_of(FAIR, take) for take in dealt(FAIR)] == [IN_TURN] * 3 + [WHO_IS_FREE] * 6
    assert [rule_of(DEATH, take) for take in dealt(DEATH)][3:] == [WHO_IS_FREE, REDELIVERED]


def test_is_a_delivery_that_was_not_predicted_told(
    broker: Broker, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the act's words, and by the status; a guess is held against what was seen."""
    monkeypatch.setattr(
        walk, "perform", lambda _, act: [replace(take, worker=1) for take in predict(act)]
    )
    played = Played(broker, FAIR)
    played.perform()
    assert not all(row.agrees for row in played.rows)
    assert "NOT AS PREDICTED" in written(became(FAIR, played.rows[0], 1))
    assert "right" in written(became(FAIR, Delivery(None, played.rows[0].seen), 1))


def test_does_the_story_go_by_itself_in_a_pipe(broker: Broker) -> None:
    """Each delivery is told, and nothing waits."""
    words = ("workers", "--walk")
    done = warm.run(words, env=environ(broker.url), stdin=subprocess.DEVNULL, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.count("Who gets job") == sum(len(predict(act)) for act in ACTS)
    assert "\x1b" not in done.stdout
