"""Is it told where nothing can be written, with a status that says so, whatever was asked for?"""

import os
import subprocess
import sys
from pathlib import Path
from typing import TextIO

import pytest
from conftest import LIMIT, ROOT

from routing.__main__ import main
from routing.broker import Broker

FULL = "/dev/full"

SAID = "exchange-routing: No space left on device: see where the output goes.\n"

RESULTS = [
    *(
        "",
        "--version",
        "--help",
        "demo --help",
        "demo topic --predict",
        "demo topic --predict --json",
    ),
    *("route topic", "route topic --json", "match topic order.# order.eu", "match topic order.#"),
    *(
        "convert topic --to json",
        "code topic",
        "check tests/vectors/edges.jsonl",
        "check topic --json",
    ),
    *("demo topic", "send hello", "send hello --json", "workers --json", "verify --cases 1"),
]
"""What has a result; the last ones ask a broker."""


@pytest.fixture(autouse=True)
def here(broker: Broker, monkeypatch: pytest.MonkeyPatch) -> None:
    """Work where the vectors are, with a broker."""
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv("AMQP_URL", broker.url)


def full() -> TextIO:
    """Open what takes nothing; whoever writes into it closes it."""
    return Path(FULL).open("w", encoding="utf-8")


def carried_out(words: str) -> int:
    """Carry a command out, and give its status."""
    try:
        return main(words.split())
    except SystemExit as error:  # as --help ends
        return int(error.code or 0)


@pytest.mark.parametrize("words", RESULTS)
def test_is_a_full_disk_told(
    words: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """In one sentence, and with status 2: never 0, and never 1, which says not as predicted."""
    monkeypatch.setattr(sys, "stdout", full())
    assert carried_out(words) == 2
    assert capsys.readouterr().err.endswith(SAID)


@pytest.mark.parametrize(
    ("words", "status"), [("demo topic", 0), ("demo topik", 2), ("verify --cases 1", 0)]
)
def test_does_a_full_standard_error_change_nothing(
    words: str,
    status: int,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """What cannot be said is not said; the status says enough."""
    monkeypatch.setattr(sys, "stderr", full())
    assert carried_out(words) == status
    assert bool(capsys.readouterr().out) == (status == 0)


@pytest.mark.parametrize(
    ("redirected", "status"),
    [(">/dev/full", 2), (">/dev/full 2>&1", 2), (">&- 2>&-", 0), ("2>&-", 0), (">&-", 0)],
)
def test_do_whole_programs_end_so(redirected: str, status: int) -> None:
    """On a device that is full, or without any; Python has nothing to add at its end."""
    done = subprocess.run(
        ["sh", "-c", f"exec {sys.executable} -m scenarios topic {redirected}"],
        capture_output=True,
        text=True,
        timeout=LIMIT,
        check=False,
        env={**os.environ},
    )
    assert done.returncode == status
    assert done.stderr == (SAID if redirected == ">/dev/full" else "")
