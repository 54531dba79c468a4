"""Several brokers run at once, each of another version, and all of them end."""

import os
import signal
import subprocess
import sys
from pathlib import Path
from threading import Event

import pytest
from conftest import LIMIT, await_end, family, untold, untold_way

from routing.amqp.errors import BadUse, NoBroker
from routing.amqp.versions import TRIED, begins_with
from routing.broker import Broker, several
from routing.broker.folder import PROJECT
from routing.broker.lock import locked
from routing.broker.several import SERIES, Alive, at_once, brokers_of_their_own
from routing.broker.way import Progress, Way


def test_series() -> None:
    """They begin as the versions do that are tried, the oldest first."""
    assert SERIES == ("3.8", "3.10", "4.0", "4.3")
    assert all(begins_with(str(v), s) for v, s in zip(reversed(TRIED), SERIES, strict=True))


def test_erlang_is_known(brokers: list[Broker]) -> None:
    """A prediction follows the version with that of its Erlang, on which zeros depend."""
    erlang = [broker.followed.erlang for broker in brokers]
    assert erlang == sorted(erlang)
    assert 20 < erlang[0] < 27 <= erlang[-1]


def test_one_that_cannot_be_had(urls: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """It is left out with a sentence, and the others are there; where none is, that is told.

    They are in the order in which they were asked for.
    """
    running = {
        each: [Way("kept", "kept", untold_way(url))] for each, url in zip(SERIES, urls, strict=True)
    }
    left_out = ("3.8", "4.0")
    monkeypatch.setattr(
        several, "own_ways", lambda asked: [] if asked in left_out else running[asked]
    )
    told: list[Progress] = []
    with brokers_of_their_own(("4.3", "4.0", "3.10"), told.append) as [newer, older]:
        assert newer.version.startswith("4.3.")
        assert older.version.startswith("3.10.")
        assert newer.address != older.address
    assert [each.step for each in told if each.lasting] == ["RabbitMQ 4.0 is left out ()."]
    with pytest.raises(NoBroker, match=r"No RabbitMQ of 3\.8, 4\.0 can be had"):
        brokers_of_their_own(left_out, untold).__enter__()


def test_no_such_version() -> None:
    """That is bad use, with the versions that there are."""
    with (
        pytest.raises(BadUse, match=r"No RabbitMQ 5 can be had here: name one of 4\.3\.6"),
        brokers_of_their_own(("5",), untold),
    ):
        pass


def test_what_fails_ends_the_others() -> None:
    """Where one piece of work fails, the others are told at their next step, and end."""
    begun, ended = Event(), []

    def work(number: int, alive: Alive) -> None:
        if number == 0:
            assert begun.wait(LIMIT)
            raise NoBroker("gone")
        begun.set()
        try:
            while True:
                alive()
        finally:
            ended.append(number)

    with pytest.raises(NoBroker, match="gone"):
        at_once(work, [0, 1])
    assert ended == [1]


def test_interrupted_while_waiting(tmp_path: Path) -> None:
    """A wait for another fetch in a thread ends with Ctrl-C, too, and not with the other fetch."""
    asked, waiting = tmp_path / "fetch.lock", Event()

    def work(_: int, alive: Alive) -> None:
        def tell() -> None:
            waiting.set()
            alive()

        with locked(asked, tell):
            pass

    def interrupt(_: int, __: Alive) -> None:
        assert waiting.wait(LIMIT)
        raise KeyboardInterrupt

    with locked(asked), pytest.raises(KeyboardInterrupt):
        at_once(lambda each, alive: (interrupt, work)[each](each, alive), [0, 1])


def test_interrupted(tmp_path: Path) -> None:
    """Ctrl-C while several start ends all of them, in a sentence, and leaves nothing."""
    with subprocess.Popen(
        [sys.executable, "-m", "routing", "versions"],
        cwd=PROJECT,
        env=os.environ | {"TMPDIR": str(tmp_path)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as process:
        assert process.stderr
        for _ in SERIES:
            assert "starting RabbitMQ" in process.stderr.readline()
        pids = family(process.pid)
        os.killpg(process.pid, signal.SIGINT)
        assert process.wait(LIMIT) == 130
        assert process.stderr.read().endswith("\nInterrupted; nothing is left behind.\n")
    await_end(pids, limit=0)
    assert not list(tmp_path.iterdir())
