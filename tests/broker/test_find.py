"""The broker of a run is the one that AMQP_URL names, or the first that answers."""

import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from urllib.parse import urlsplit

import pytest
from conftest import untold

from routing.amqp.errors import BadUse, NoBroker
from routing.amqp.versions import begins_with
from routing.broker import Broker, find
from routing.broker.find import default_ways, local_broker
from routing.broker.folder import PROJECT
from routing.broker.kept import kept_node
from routing.broker.node.private import kinds, private_node
from routing.broker.several import SERIES
from routing.broker.way import NoBrokerFound, Report, Unavailable, Way


@pytest.fixture
def dead_url() -> str:
    """Give a URL where nothing listens."""
    with socket.create_server(("127.0.0.1", 0)) as closed:
        return f"amqp://127.0.0.1:{closed.getsockname()[1]}/"


@contextmanager
def always(_: Report, url: str, ended: list[str]) -> Iterator[str]:
    """Yield this URL, and note the end."""
    try:
        yield url
    finally:
        ended.append(url)


@contextmanager
def never(_: Report, reason: str) -> Iterator[str]:
    """Have no broker, for this reason."""
    raise Unavailable(reason)
    yield


def at(name: str, url: str, ended: list[str] | None = None) -> Way:
    """Name a way that has a URL."""
    return Way(name, name, partial(always, url=url, ended=[] if ended is None else ended))


def test_amqp_url(broker_url: str) -> None:
    """AMQP_URL is used and named, and its password is in no text."""
    with find({"AMQP_URL": broker_url}, untold, ways=()) as broker:
        assert broker.connection.is_open
        assert (broker.origin, broker.product) == ("AMQP_URL", "RabbitMQ")
        assert broker.version[0].isdigit()
        assert broker.address == f"127.0.0.1:{urlsplit(broker_url).port}"
        assert str(urlsplit(broker_url).password) not in repr(broker)
    assert broker.connection.is_closed


@pytest.mark.parametrize("form", ["amqp://127.0.0.1:{dead}/", "amqp://ann:x@127.0.0.1:{alive}/"])
def test_amqp_url_never_falls_through(broker_url: str, dead_url: str, form: str) -> None:
    """Where AMQP_URL is dead or refused, that is an error, though another way has a broker."""
    url = form.format(dead=urlsplit(dead_url).port, alive=urlsplit(broker_url).port)
    ended: list[str] = []
    with (
        pytest.raises(NoBroker) as caught,
        find({"AMQP_URL": url}, untold, [at("other", broker_url, ended)]),
    ):
        pass
    assert not isinstance(caught.value, NoBrokerFound)
    assert not ended


def test_newer_than_tried(broker: Broker) -> None:
    """Where a broker is newer than all that were tried, its caption says what is followed."""
    newer = replace(broker, version="4.4.0")
    assert newer.described == (
        f"RabbitMQ 4.4.0 at {broker.address} (AMQP_URL; "
        "predicted as 4.3.6, the newest that was tried)"
    )
    for each in (broker, replace(broker, product="Other", version="4.4.0 or so")):
        assert each.described == f"{each.product} {each.version} at {broker.address} (AMQP_URL)"


def test_another_version(broker: Broker) -> None:
    """A broker of another version than is asked for is passed over; AMQP_URL's is bad use."""
    broker_url, ways = broker.url, [at("other", broker.url)]
    other = next(each for each in SERIES if not begins_with(broker.version, each))
    with pytest.raises(NoBrokerFound) as caught, find({}, untold, ways, other):
        pass
    assert caught.value.reasons[1] == ("other", f"it is {broker.version}")
    with pytest.raises(BadUse, match=r"No RabbitMQ 2 can be had"), find({}, untold, ways, "2"):
        pass
    with (
        pytest.raises(
            BadUse, match=f"AMQP_URL names RabbitMQ .* but RabbitMQ {other} is asked for"
        ),
        find({"AMQP_URL": broker_url}, untold, asked=other),
    ):
        pass
    with find({}, untold, ways, broker.version) as found:
        assert found.origin == "other"


def test_empty_amqp_url(broker_url: str) -> None:
    """An AMQP_URL that is empty counts as not set."""
    with find({"AMQP_URL": ""}, untold, [at("other", broker_url)]) as broker:
        assert broker.origin == "other"


def test_first_that_answers(broker_url: str, dead_url: str) -> None:
    """Sources are tried in their order; one whose broker does not answer is ended at once."""
    ended: list[str] = []
    ways = [
        Way("none", "none", partial(never, reason="why not")),
        at("dead", dead_url, ended),
        at("alive", broker_url, ended),
        at("later", broker_url, ended),
    ]
    with find({}, untold, ways) as broker:
        assert broker.origin == "alive"
        assert ended == [dead_url]
    assert ended == [dead_url, broker_url]


def test_reasons(dead_url: str) -> None:
    """Where no way has a broker, each is listed with its reason."""
    ways = [Way("none", "", partial(never, reason="why not")), at("dead", dead_url)]
    with pytest.raises(NoBrokerFound) as caught, find({}, untold, ways):
        pass
    names, reasons = zip(*caught.value.reasons, strict=True)
    assert names == ("AMQP_URL", "none", "dead")
    assert reasons[:2] == ("not set", "why not")
    assert "nothing listens there" in reasons[2]
    assert caught.value.exit_status == 3
    assert "PREDICT=1" in str(caught.value)


def test_order() -> None:
    """The ways are, in this order, kept, local, installed, fetched, and Docker's."""
    assert [way.name for way in default_ways()] == [
        "make up",
        "localhost:5672",
        "rabbitmq-server",
        "Debian forky",
        "Debian sid",
        "distribution",
        "Docker",
    ]


def test_order_for_a_version() -> None:
    """Where a version is asked for, it is its suites, or else what came from elsewhere."""
    assert [way.name for way in default_ways("3.8")] == [
        "make up",
        "localhost:5672",
        "rabbitmq-server",
        "Debian bullseye",
        "Docker",
    ]
    assert [way.name for way in default_ways("3.12")][2:] == [
        "rabbitmq-server",
        "fetched before",
        "Docker",
    ]


def test_failure_of_the_run(broker_url: str) -> None:
    """What fails while a broker is in use is not taken for a failure of the way."""
    ended: list[str] = []
    ways = [at("first", broker_url, ended), at("second", broker_url, ended)]
    run = find({}, untold, ways)
    run.__enter__().connection.close()
    lost = NoBroker("half way")
    assert not run.__exit__(NoBroker, lost, None)
    assert ended == [broker_url]


def test_local_refuses_guest(broker_url: str) -> None:
    """A local broker that refuses guest is passed over, with that reason."""
    assert "user guest is refused" in reason_at(urlsplit(broker_url).port or 0)


def test_nothing_local(dead_url: str) -> None:
    """A machine where nothing listens is passed over, with that reason."""
    assert "nothing listens there" in reason_at(urlsplit(dead_url).port or 0)


def reason_at(port: int) -> str:
    """Tell why there is no local broker at a port."""
    way = Way("local", "local", partial(local_broker, url=f"amqp://guest:guest@localhost:{port}/"))
    with pytest.raises(NoBrokerFound) as caught, find({}, untold, [way]):
        pass
    return str(caught.value.reasons[1][1])


@pytest.mark.parametrize("module", ["routing.broker", "routing.broker.node.keeper"])
def test_light_import(module: str) -> None:
    """Neither finding a broker nor keeping one begins by loading pika or rich."""
    program = f"import sys, {module}; sys.exit(bool({{'pika', 'rich'}} & set(sys.modules)))"
    subprocess.run([sys.executable, "-c", program], cwd=PROJECT, check=True)


def test_windows(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where Python has no fcntl, the ways that need it say so, and the others work."""
    monkeypatch.setitem(sys.modules, "fcntl", None)
    monkeypatch.setattr("sys.platform", "win32")
    ways = [Way("kept", "", kept_node)]
    ways += [Way(kind.name, "", partial(private_node, kind.prepare)) for kind in kinds()]
    with pytest.raises(NoBrokerFound) as caught, find({}, untold, ways):
        pass
    assert {reason for _, reason in caught.value.reasons[2:]} == {"it needs Linux or macOS"}
