"""What can be had is told, and what a run would use, and that is what a run uses."""

from pathlib import Path

import pytest
from conftest import untold_way
from fetching import look_fetched

from routing.broker import Broker, stock
from routing.broker.programs.installation import Installation
from routing.broker.stock import Stocked, would_use
from routing.broker.way import NotFetched, Progress, Unavailable, Way, first


@pytest.fixture(autouse=True)
def _nothing_there(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let nothing run and nothing be installed."""
    monkeypatch.setattr(stock, "running_ways", lambda: ())
    monkeypatch.setattr(stock, "installed", not_installed)


def not_installed(*_: object) -> Installation:
    """Find nothing."""
    raise Unavailable("not installed")


def had(folder: Path, version: str) -> Path:
    """Put what looks like a RabbitMQ that was fetched into a folder."""
    look_fetched(folder / f"rabbitmq-{version}", version)
    return folder / f"rabbitmq-{version}"


def test_stock(tmp_path: Path) -> None:
    """Each version with its suites, whether it is here, and what came from elsewhere."""
    there, other = had(tmp_path, "4.0.5"), had(tmp_path, "3.12.1")
    assert stock.stock(tmp_path) == [
        Stocked("4.3.6", "Debian forky, sid"),
        Stocked("4.0.5", "Debian trixie", there),
        Stocked("3.10.8", "Debian bookworm"),
        Stocked("3.8.9", "Debian bullseye"),
        Stocked("3.12.1", "fetched before", other),
    ]


@pytest.mark.parametrize(
    ("here", "asked", "uses"),
    [
        ((), None, "RabbitMQ 4.3.6, which it then fetches"),
        (("4.0.5",), None, "RabbitMQ 4.3.6, which it then fetches"),
        (("4.3.6",), None, "RabbitMQ 4.3.6, which is fetched"),
        (("4.3.6",), "3.8", "RabbitMQ 3.8.9, which it then fetches"),
        (("4.0.5",), "4", "RabbitMQ 4.0.5, which is fetched"),
        (("3.12.1",), "3.12", "RabbitMQ 3.12.1, which is fetched"),
        ((), "3.13", "Docker's rabbitmq:3.13, if that can be had"),
    ],
)
def test_what_a_run_would_use(
    tmp_path: Path, here: tuple[str, ...], asked: str | None, uses: str
) -> None:
    """What is fetched or can be, where nothing runs and nothing is installed."""
    for version in here:
        had(tmp_path, version)
    assert would_use({}, asked, tmp_path)[0] == uses


def test_without_apt(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where there is no apt-get, nothing is said to be had from Debian."""
    there = had(tmp_path, "4.0.5")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert stock.stock(tmp_path) == [Stocked("4.0.5", "fetched before", there)]
    assert would_use({}, None, tmp_path)[0] == "RabbitMQ 4.0.5, which is fetched"
    empty = would_use({}, None, tmp_path / "empty")
    assert empty == ("Docker's rabbitmq:4, if that can be had", "nothing else has it")


def test_what_comes_first(broker: Broker, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """AMQP_URL, then what runs in the version that is asked for, then what is installed."""
    named = would_use({"AMQP_URL": "amqp://x"}, None, tmp_path)
    assert named == ("the broker that AMQP_URL names", "that is set")
    strict = would_use({"AMQP_URL": "amqp://x"}, "3.8", tmp_path)[0]
    assert strict.endswith(", which must be a RabbitMQ 3.8")
    running = [Way("kept", "kept", untold_way(broker.url))]
    monkeypatch.setattr(stock, "running_ways", lambda: running)
    monkeypatch.setattr(stock, "installed", lambda *_: Installation(tmp_path))
    runs = f"RabbitMQ {broker.version} at {broker.address}"
    assert would_use({}, None, tmp_path) == (runs, "one that runs comes first")
    assert would_use({}, "2.8", tmp_path)[0] == "the installed RabbitMQ 0"


def test_is_it_told_what_was_not_fetched() -> None:
    """Where the next way leads to a broker, a sentence stays for each reason."""

    def fails(error: Exception) -> str:
        raise error

    told: list[Progress] = []
    attempts = [
        ("installed", lambda: fails(Unavailable("not installed"))),
        ("forky", lambda: fails(NotFetched("it cannot be reached"))),
        ("sid", lambda: fails(NotFetched("it cannot be reached"))),
        ("distribution", lambda: "found"),
    ]
    assert first(attempts, told.append) == "found"
    assert told == [Progress("Not from forky, sid: it cannot be reached.", lasting=True)]
