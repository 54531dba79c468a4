"""Is work shared as predicted, is none of it lost, and is nothing left behind?"""

import os
import signal
import subprocess
import sys
from argparse import Namespace
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from io import StringIO
from pathlib import Path
from time import monotonic
from typing import Any

import pika
import pytest
from pika.exceptions import ChannelClosedByBroker
from rich.console import Console

from routing.amqp.errors import NoBroker, Refused
from routing.broker import Broker, find
from routing.broker.address import with_timeout
from routing.broker.connection import connect
from routing.workers import command
from routing.workers import performance as workers
from routing.workers import story as work
from routing.workers.command import run
from routing.workers.performance import perform
from routing.workers.screen import opening, performed
from routing.workers.story import ACTS, NO_LIMIT, Act, Shift, Take, compare, lost, predict

ROOT = Path(__file__).parents[2]
PREFIX = "test-of-workers."
IN_TURN, FAIR, DEATH = ACTS

every_act = pytest.mark.parametrize("act", ACTS, ids=lambda act: act.title)


def act_of(*pages: int, prefetch: int = NO_LIMIT, dies: tuple[int, int] | None = None) -> Act:
    """Make an act of jobs alone."""
    return Act("any", "Anything.", "Anything.", pages, prefetch, dies)


@contextmanager
def opened(url: str) -> Iterator[Broker]:
    """Open a broker for one test, which may break the connection."""
    with find({"AMQP_URL": url}, lambda _: None) as broker:
        yield broker


def is_left(url: str) -> bool:
    """Ask by a passive declaration whether the queue is still there."""
    connection = pika.BlockingConnection(pika.URLParameters(url))
    try:
        connection.channel().queue_declare(f"{PREFIX}pdf", passive=True)
    except ChannelClosedByBroker as closed:
        return bool(closed.reply_code != 404)
    else:
        return True
    finally:
        connection.close()


def gone(url: str) -> bool:
    """Ask until the queue is gone; a broker first has to notice that a connection ended."""
    limit = monotonic() + 10
    while (left := is_left(url)) and monotonic() < limit:
        continue
    return not left


class AsciiFile(StringIO):
    """A file that takes ASCII alone."""

    encoding = "ascii"


def shown(act: Act, takes: list[Take], file: StringIO | None = None) -> str:
    """Write one act as a pipe of 80 columns gets it."""
    file = file or StringIO()
    rows = compare(predict(act), takes)
    Console(file=file, width=80, highlight=False).print(performed(act, rows, "RabbitMQ"))
    return file.getvalue()


@pytest.mark.parametrize(
    ("act", "expected"),
    [
        (act_of(), []),
        (act_of(9), [(1, 0, 9)]),
        (act_of(9, 1, 1, 1), [(1, 0, 9), (2, 1, 1), (3, 2, 1), (4, 0, 10)]),
        (act_of(9, 2, 1, 1, prefetch=1), [(1, 0, 9), (2, 1, 2), (3, 2, 1), (4, 2, 2)]),
        (act_of(5, 5, 5, 1, prefetch=1), [(1, 0, 5), (2, 1, 5), (3, 2, 5), (4, 0, 6)]),
        (
            act_of(9, 3, 1, 1, 1, 1, 1, prefetch=2),
            [(1, 0, 9), (2, 1, 3), (3, 2, 1), (4, 0, 10), (5, 1, 4), (6, 2, 2), (7, 2, 3)],
        ),
        (
            act_of(1, 9, 9, prefetch=1, dies=(2, 4)),
            [(1, 0, 1), (2, 1, 9), (3, 2, None), (3, 0, 13)],
        ),
        (
            act_of(3, 9, 9, 1, prefetch=1, dies=(2, 2)),
            [(1, 0, 3), (2, 1, 9), (3, 2, None), (3, 0, 12), (4, 1, 10)],
        ),
    ],
)
def test_who_must_get_which_job(act: Act, expected: list[tuple[int, int, int | None]]) -> None:
    """In turn, but only who may have one more; what a dead one had comes before what waits."""
    assert [(take.job, take.worker, take.acknowledged) for take in predict(act)] == expected


@pytest.mark.parametrize("dies", range(3))
def test_does_a_dead_worker_lose_all_that_it_had(dies: int) -> None:
    """Without a limit, several jobs go to others at once, and nobody gets one after the death."""
    takes = predict(act_of(*[4] * 9, dies=(dies, 1)))
    again = [take for take in takes if take.redelivered]
    assert len(again) == 3
    assert all(take.attempt == 2 and take.worker != dies for take in again)
    assert [take.worker for take in takes if take.acknowledged is None] == [dies] * 3


@every_act
def test_is_nothing_predicted_that_nobody_promises(
    act: Act, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After the first round, a job has one worker at most to go to, and a dead one's has one."""
    choices: list[tuple[int, int]] = []
    candidates = work.candidates

    def recorded(shift: Shift, turn: Any) -> list[int]:
        found = candidates(shift, turn)
        choices.append((shift.minute, len(found)))
        return found

    monkeypatch.setattr(work, "candidates", recorded)
    predict(act)
    assert all(count <= 1 for minute, count in choices if minute)
    assert act.dies is None or (act.dies[1], 1) in choices


def test_are_the_acts_as_they_are_told() -> None:
    """What the sentences say is so in the prediction: minutes, long jobs, and who takes more."""
    turn, fair, death = map(predict, ACTS)
    pages = IN_TURN.pages
    assert {take.job for take in turn if take.worker == 0} == {
        job for job, length in enumerate(pages, 1) if length == 6
    }
    assert [max(take.acknowledged or 0 for take in takes) for takes in (turn, fair)] == [18, 11]
    assert Counter(take.worker for take in fair) == {0: 2, 1: 4, 2: 3}
    assert [(take.job, take.attempt) for take in death if take.redelivered] == [(3, 2)]


@every_act
def test_does_the_broker_deal_as_predicted(broker: Broker, act: Act) -> None:
    """Three times over, delivery by delivery."""
    for _ in range(3):
        assert perform(broker, act) == predict(act)


@pytest.mark.parametrize("place", range(4))
def test_does_each_version_deal_as_predicted(brokers: list[Broker], place: int) -> None:
    """A queue that is shared is one that every version accepts, 4.3 as strict as it comes."""
    with opened(brokers[place].url) as broker:
        for act in ACTS:
            assert perform(broker, act) == predict(act)


@every_act
def test_is_none_lost(broker: Broker, act: Act) -> None:
    """Each job is acknowledged, and just once."""
    done = Counter(take.job for take in perform(broker, act) if take.acknowledged is not None)
    assert done == dict.fromkeys(range(1, len(act.pages) + 1), 1)


def test_is_a_job_of_a_dead_worker_marked_as_redelivered(broker: Broker) -> None:
    """Worker 3 had it and did not acknowledge; the second try, and no other, carries the mark."""
    takes = perform(broker, DEATH)
    assert [(take.attempt, take.worker, take.acknowledged) for take in takes if take.job == 3] == [
        (1, 2, None),
        (2, 0, 9),
    ]
    assert [(take.job, take.attempt) for take in takes if take.redelivered] == [(3, 2)]


def test_do_several_jobs_of_a_dead_worker_come_back(broker: Broker) -> None:
    """With prefetch 2 both of its jobs go to the one that is free, in their order."""
    act = act_of(1, 9, 9, 1, 9, 9, prefetch=2, dies=(2, 4))
    takes = perform(broker, act)
    assert takes == predict(act)
    assert [(take.job, take.worker) for take in takes if take.redelivered] == [(3, 0), (6, 0)]


def test_does_a_dead_worker_keep_what_it_acknowledged(broker: Broker) -> None:
    """Of its two jobs the first is done, and only the second comes back."""
    act = act_of(1, 9, 2, 1, 9, 9, prefetch=2, dies=(2, 4))
    takes = perform(broker, act)
    assert takes == predict(act)
    assert [(take.job, take.worker) for take in takes if take.redelivered] == [(6, 0)]


def test_has_each_worker_a_connection_of_its_own(
    broker: Broker, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Three are opened beside the one that publishes, and all three are closed in the end."""
    made: list[pika.BlockingConnection] = []

    def recorded(url: str) -> pika.BlockingConnection:
        made.append(connect(url))
        return made[-1]

    monkeypatch.setattr(workers, "connect", recorded)
    perform(broker, FAIR)
    assert len({id(connection) for connection in made}) == 3
    assert not any(connection.is_open for connection in made)
    assert broker.connection.is_open


def test_is_the_limit_what_makes_it_fair(broker: Broker) -> None:
    """The jobs of the second act, played without its limit, are not dealt as it predicts."""
    rows = compare(predict(FAIR), perform(broker, replace(FAIR, prefetch=NO_LIMIT)))
    assert [row.predicted.job for row in rows if row.predicted and not row.agrees] == [
        4,
        6,
        7,
        8,
        9,
    ]


@pytest.mark.parametrize(
    "change",
    [{"worker": 1}, {"redelivered": False}, {"acknowledged": 8}, {"acknowledged": None}],
    ids=str,
)
def test_is_a_wrong_expectation_noticed(
    broker: Broker,
    change: dict[str, Any],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Planted in a prediction, each makes the command end with status 1 and words that say so."""

    def planted(act: Act) -> list[Take]:
        takes = predict(act)
        return [replace(take, **change) if take.redelivered else take for take in takes]

    monkeypatch.setenv("AMQP_URL", broker.url)
    monkeypatch.setattr(command, "predict", planted)
    assert run(Namespace(rabbitmq=None, timeout=None, json=False, walk=False, auto=None)) == 1
    output = capsys.readouterr().out
    assert (output.count("all as predicted."), output.count("NOT as predicted.")) == (2, 1)
    assert DEATH.see not in output
    assert output.count("predicted: ") == int("worker" not in change)
    assert ("unexpected" in output and "missing" in output) is ("worker" in change)


def test_are_missing_and_further_deliveries_noticed() -> None:
    """One that did not happen, and one that was not predicted, each is a row that differs."""
    takes = predict(IN_TURN)
    extra = Take(9, 2, 0, redelivered=True, acknowledged=20)
    assert [row.agrees for row in compare(takes, takes[:-1])] == [True] * 8 + [False]
    assert [row.agrees for row in compare(takes, [*takes, extra])] == [True] * 9 + [False]
    assert lost(IN_TURN, takes[:-1]) == [9]
    assert "LOST 9" in shown(IN_TURN, takes[:-1])
    assert "no such delivery" in shown(IN_TURN, [*takes, extra])


@every_act
def test_is_a_job_that_is_dealt_twice_noticed(
    broker: Broker, act: Act, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A second copy, after all others, is a delivery that was not predicted."""
    publish = workers.publish

    def twice(channel: Any, act: Act, name: str) -> None:
        publish(channel, act, name)
        properties = pika.BasicProperties(message_id="1")
        channel.basic_publish("", name, b"again", properties)

    monkeypatch.setattr(workers, "publish", twice)
    rows = compare(predict(act), perform(broker, act))
    assert any(row.predicted is None and row.seen and row.seen.job == 1 for row in rows)


def test_does_a_wait_end_and_say_what_it_waited_for(
    broker_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where no job comes, the run ends with a sentence, and leaves nothing behind."""
    monkeypatch.setattr(workers, "publish", lambda *_: None)
    words = "In minute 0 of the story 9 jobs must be in workers' hands, .* only 0 are"
    with opened(with_timeout(broker_url, 1)) as broker, pytest.raises(NoBroker, match=words):
        perform(broker, IN_TURN, PREFIX)
    assert gone(broker_url)


@every_act
def test_is_nothing_left_after_success(broker_url: str, act: Act) -> None:
    """The queue is gone at once."""
    with opened(broker_url) as broker:
        perform(broker, act, PREFIX)
        assert not is_left(broker_url)


def test_is_nothing_left_after_a_refusal(broker_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the broker does not accept is told in its words, and cleanly."""

    def misused(channel: Any, _: Act, name: str) -> None:
        channel.queue_declare(name, durable=True)

    monkeypatch.setattr(workers, "publish", misused)
    with opened(broker_url) as broker, pytest.raises(Refused, match="inequivalent arg"):
        perform(broker, FAIR, PREFIX)
    assert gone(broker_url)


@pytest.mark.parametrize("step", ["hired", "publish", "happen", "await_strays"])
def test_is_nothing_left_after_an_interruption_at_any_step(
    broker_url: str, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ctrl-C while they subscribe, while jobs are dealt, and just before the end."""

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(workers, step, interrupted)
    with opened(broker_url) as broker, pytest.raises(KeyboardInterrupt):
        perform(broker, DEATH, PREFIX)
    assert gone(broker_url)


INTERRUPTED = """
import signal, sys
sys.path.insert(0, "tests/workers")
from test_workers import ACTS, PREFIX, opened
from routing.workers.performance import perform
signal.signal(signal.SIGALRM, signal.default_int_handler)
with opened(sys.argv[1]) as broker:
    signal.setitimer(signal.ITIMER_REAL, float(sys.argv[2]))
    while True:
        for act in ACTS:
            perform(broker, act, PREFIX)
"""


@pytest.mark.parametrize("milliseconds", [1, 5, 12, 25, 40])
def test_is_nothing_left_after_an_interruption_at_any_moment(
    broker_url: str, milliseconds: int
) -> None:
    """Ctrl-C after so many milliseconds: whatever was declared by then is taken away."""
    command = [sys.executable, "-c", INTERRUPTED, broker_url, str(milliseconds / 1000)]
    run = subprocess.run(command, cwd=ROOT, stderr=subprocess.PIPE, check=False, timeout=30)
    assert run.stderr.endswith(b"KeyboardInterrupt\n")
    assert gone(broker_url)


def test_is_a_killed_run_cleaned_up_by_the_broker(broker_url: str) -> None:
    """With the last worker's connection ends the queue, too."""
    program = (
        "import os, signal, sys; sys.path.insert(0, 'tests/workers')\n"
        "from routing.workers import performance as workers\n"
        "from test_workers import FAIR, PREFIX, opened\n"
        "workers.happen = lambda *_: os.kill(os.getpid(), signal.SIGKILL)\n"
        f"with opened({broker_url!r}) as broker: workers.perform(broker, FAIR, PREFIX)\n"
    )
    run = subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=False, timeout=30)
    assert run.returncode == -signal.SIGKILL
    assert gone(broker_url)


STUCK = """
import sys
from routing.workers import performance as workers
from routing.__main__ import main
publish = workers.publish
workers.publish = lambda channel, act, name: act.prefetch or publish(channel, act, name)
raise SystemExit(main(["workers"]))
"""
"""In the second act it waits for jobs that nobody publishes."""


def test_does_ctrl_c_end_the_command_with_a_sentence(broker_url: str) -> None:
    """While a delivery is waited for: status 130, no traceback."""
    program = subprocess.Popen(
        [sys.executable, "-c", STUCK],
        cwd=ROOT,
        env={"AMQP_URL": broker_url, "PATH": os.environ["PATH"]},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert program.stdout
    assert any(IN_TURN.see in line for line in program.stdout)
    program.send_signal(signal.SIGINT)
    _, error = program.communicate(timeout=30)
    assert (program.returncode, error) == (130, "\nInterrupted; nothing is left behind.\n")


def test_does_the_command_tell_all_three_acts(broker_url: str) -> None:
    """`python -m routing workers` shows them in order, within 80 columns, and without a colour."""
    run = subprocess.run(
        [sys.executable, "-m", "routing", "workers"],
        cwd=ROOT,
        env={"AMQP_URL": broker_url, "PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    lines = run.stdout.splitlines()
    assert (run.returncode, run.stderr) == (0, "")
    titles = {act.title for act in ACTS}
    assert [line for line in lines if line in titles] == [act.title for act in ACTS]
    assert max(map(len, lines)) <= 80
    assert run.stdout.count("all as predicted.") == 3
    assert "\x1b" not in run.stdout


@every_act
def test_is_each_sentence_one_line(act: Act) -> None:
    """The lesson and what to see fit on a line of 80 columns."""
    told = shown(act, predict(act)).splitlines()
    assert act.lesson in told
    assert act.see in told
    assert len(opening().plain) <= 80


def test_does_the_table_read_without_colour_and_in_ascii() -> None:
    """A done job, one that its worker died with, and its second try, each has a sign and words."""
    lines = [
        " ".join(line.split()) for line in shown(DEATH, predict(DEATH), AsciiFile()).splitlines()
    ]
    assert "3 5 1 . . died never: died in minute 4" in lines
    assert "3 5 2 O . . minute 9, marked as redelivered" in lines
