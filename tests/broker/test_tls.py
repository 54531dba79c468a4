"""Does TLS come about with the files that a URL names, and is it told why it does not?"""

import os
import subprocess
import sys
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from urllib.parse import urlsplit

import pytest
from certified import EARLY, listening, make_all, shown
from nodes import Node
from pika import BlockingConnection, URLParameters

from routing.amqp.errors import BadUse, NoBroker
from routing.broker.address import for_pika
from routing.broker.connection import CONNECTING, connect, parameters_of
from routing.broker.folder import PROJECT

LIMIT = 5.0
"""Seconds within which a reason has to be told."""

PASSWORD = "s3cr3t"  # noqa: S105 - of nobody

CLIENT = "&certfile=client.pem&keyfile=client.key"


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a folder with certificates, keys, and what is neither."""
    folder = tmp_path_factory.mktemp("certificates")
    make_all(folder)
    return folder


@pytest.fixture
def here(files: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Be in that folder, so that a path is short."""
    monkeypatch.chdir(files)
    return files


@dataclass(frozen=True)
class Listeners:
    """Where a RabbitMQ listens: without TLS, and with it in several ways."""

    ports: dict[str, int]
    login: str

    def url(self, name: str, query: str, host: str = "127.0.0.1") -> str:
        """Write the URL of one of them."""
        return f"amqps://{self.login}@{host}:{self.ports[name]}/?{query}"

    def told(self, url: str) -> str:
        """Tell why no connection comes about, in time and without the password."""
        begun = monotonic()
        with pytest.raises(NoBroker) as caught:
            connect(url)
        assert monotonic() - begun < LIMIT
        sentence = str(caught.value)
        assert self.login.partition(":")[2] not in sentence
        address, _, reason = sentence.removeprefix("No connection to ").partition(": ")
        assert address == f"{urlsplit(url).hostname}:{urlsplit(url).port}"
        return reason


@pytest.fixture(scope="module")
def both(nodes: list[Node], files: Path) -> dict[str, Listeners]:
    """Have the oldest and the newest RabbitMQ listen with TLS."""
    server = shown(files / "server.pem", files / "server.key")
    asks = [f'{{cacertfile, "{files / "ca.pem"}"}}', "{verify, verify_peer}"]
    asks += ["{fail_if_no_peer_cert, true}"]
    kinds = {
        "server": server,
        "expired": shown(files / "expired.pem", files / "expired.key"),
        "early": shown(EARLY, EARLY),
        "asks": [*server, *asks],
        "asks with 1.2": [*server, *asks, "{versions, ['tlsv1.2']}"],
    }
    found = {}
    for name, node in (("oldest", nodes[0]), ("newest", nodes[-1])):
        parts = urlsplit(node.running.url)
        assert parts.port
        ports = {**listening(node, kinds), "plain": parts.port}
        found[name] = Listeners(ports, f"{parts.username}:{parts.password}")
    return found


@pytest.fixture(params=[pytest.param("oldest", marks=pytest.mark.long), "newest"])
def broker(request: pytest.FixtureRequest, both: dict[str, Listeners], here: Path) -> Listeners:  # noqa: ARG001 - there
    """Give one of them after the other."""
    return both[request.param]


@pytest.mark.parametrize(
    ("name", "query"),
    [
        ("server", "cafile=ca.pem"),
        ("server", f"heartbeat=30&cafile=ca.pem{CLIENT}"),
        ("asks", f"cafile=ca.pem{CLIENT}"),
        ("asks with 1.2", f"cafile=ca.pem{CLIENT}&heartbeat=30"),
    ],
)
def test_does_it_come_about(broker: Listeners, here: Path, name: str, query: str) -> None:
    """With the file of a private CA; with a certificate of one's own; with pika alone, too."""
    absolute = query.replace("file=", f"file={here}/")
    for url in (broker.url(name, query), broker.url(name, absolute)):
        with closing(connect(url)) as connection:
            assert connection.is_open
        with closing(BlockingConnection(URLParameters(for_pika(url)))) as connection:
            assert connection.is_open


@pytest.mark.parametrize(
    ("name", "query", "reason"),
    [
        (
            "server",
            "",
            "nobody whom this machine trusts vouches for its certificate (*): "
            "name the file of its CA in the URL, ?cafile=FILE.",
        ),
        (
            "server",
            "cafile=other.pem",
            "other.pem does not vouch for its certificate (*): get the file of its CA.",
        ),
        (
            "expired",
            "cafile=ca.pem",
            "its certificate has expired: have it renewed there, or set the clock here.",
        ),
        (
            "early",
            f"cafile={EARLY}",
            "its certificate is not valid yet: set the clock, there or here.",
        ),
        (
            "asks",
            "cafile=ca.pem",
            "it wants a certificate of yours: name it in the URL, certfile=FILE&keyfile=FILE.",
        ),
        (
            "asks with 1.2",
            "cafile=ca.pem",
            "it wants, most likely, a certificate of yours: "
            "name it in the URL, certfile=FILE&keyfile=FILE.",
        ),
        *(
            (name, f"cafile=ca.pem&certfile={own}.pem&keyfile={own}.key", reason)
            for name in ("asks", "asks with 1.2")
            for own, reason in (
                ("late", "your certificate, late.pem, has expired: have it renewed."),
                (
                    "alien",
                    "it does not know the CA of your certificate, alien.pem: "
                    "have one of its own CA.",
                ),
                (
                    "server",
                    "it does not accept TLS with your certificate, server.pem (*): see its log.",
                ),
            )
        ),
        (
            "plain",
            "cafile=ca.pem",
            "it does not speak TLS there: take its port for TLS, usually 5671, or write amqp://.",
        ),
    ],
)
def test_is_it_told_why_it_does_not(broker: Listeners, name: str, query: str, reason: str) -> None:
    """Each reason has a sentence of its own, with what to do."""
    before, _, after = reason.partition("*")
    told = broker.told(broker.url(name, query))
    assert told.startswith(before)
    assert told.endswith(after)


def test_are_the_names_told_that_a_certificate_has(broker: Listeners) -> None:
    """Where it is for another host; a chain that is not trusted is told first."""
    url = broker.url("server", "cafile=ca.pem", "localhost")
    assert broker.told(url) == (
        "its certificate is not for localhost, but for 127.0.0.1, broker.example: "
        "write the host as it is there."
    )
    assert "other.pem does not vouch" in broker.told(url.replace("ca.pem", "other.pem"))


@pytest.mark.parametrize("name", ["server", "asks", "asks with 1.2"])
def test_is_tls_hinted_at_where_it_was_not_tried(broker: Listeners, name: str) -> None:
    """To a port for TLS with amqp://, whoever may come in there."""
    plain = broker.url(name, "").replace("amqps", "amqp")
    assert broker.told(plain) == "it speaks TLS there: write amqps://."


FILE = "The {} of 127.0.0.1:1, {}, {}."
UNREADABLE = "cannot be read ({}): correct its path, which counts from the folder that you are in"
NO_PEM = (
    "holds no certificate in PEM, which begins with -----BEGIN CERTIFICATE-----: name another file"
)
NO_KEY = "holds no key in PEM: name the file of the key as keyfile"
OWN = "cafile=ca.pem&certfile=client.pem"


@pytest.mark.parametrize(
    ("query", "told"),
    [
        (
            "cafile=none.pem",
            FILE.format("cafile", "none.pem", UNREADABLE.format("No such file or directory")),
        ),
        (
            "cafile=loop.pem",
            FILE.format(
                "cafile", "loop.pem", UNREADABLE.format("Too many levels of symbolic links")
            ),
        ),
        ("cafile=.", FILE.format("cafile", ".", UNREADABLE.format("Is a directory"))),
        (
            "cafile=%1B",
            FILE.format("cafile", '"\\u001b"', UNREADABLE.format("No such file or directory")),
        ),
        ("cafile=%00", FILE.format("cafile", '"\\u0000"', UNREADABLE.format("no path"))),
        ("cafile=text.pem", FILE.format("cafile", "text.pem", NO_PEM)),
        ("cafile=ca.key", FILE.format("cafile", "ca.key", NO_PEM)),
        (
            f"{OWN}&keyfile=none.key",
            FILE.format("keyfile", "none.key", UNREADABLE.format("No such file or directory")),
        ),
        (
            "cafile=ca.pem&certfile=client.key&keyfile=client.key",
            FILE.format("certfile", "client.key", NO_PEM),
        ),
        (OWN, FILE.format("certfile", "client.pem", NO_KEY)),
        (f"{OWN}&keyfile=client.pem", FILE.format("keyfile", "client.pem", NO_KEY)),
        (
            f"{OWN}&keyfile=locked.key",
            FILE.format(
                "keyfile",
                "locked.key",
                "holds an encrypted key, and its password is not asked for: "
                "name a copy without one, which openssl pkey makes",
            ),
        ),
        (
            f"{OWN}&keyfile=server.key",
            FILE.format(
                "keyfile",
                "server.key",
                "holds the key of another certificate than that in client.pem: name its own",
            ),
        ),
    ],
)
@pytest.mark.usefixtures("here")
def test_is_a_file_told_that_is_of_no_use(query: str, told: str) -> None:
    """Before anything is sent; nobody is asked for the password of a key."""
    with pytest.raises(BadUse) as caught:
        connect(f"amqps://ann:{PASSWORD}@127.0.0.1:1/?{query}")
    assert str(caught.value) == told


@pytest.mark.parametrize(
    ("url", "told"),
    [
        (
            "amqp://h/?cafile=ca.pem",
            "cafile, but begins with amqp://, which has no TLS: write amqps://.",
        ),
        (
            "amqps://h/?keyfile=client.key",
            "keyfile, but no certfile: name the file of the certificate of that key, too.",
        ),
        (
            "amqps://h/?certfile=client.pem",
            "certfile, but no cafile: name the file of the CA that vouches for the broker, too.",
        ),
        ("amqps://h/?cafile=", "cafile without a path: name a file, or leave it out."),
        ("amqps://h/?cafile=a&cafile=b", "cafile more than once: leave all but one out."),
        (
            "amqps://h/?ssl_options={'cafile':'a'}&cafile=b",
            "ssl_options and cafile: put all of it into one of the two.",
        ),
        (
            "amqps://h/?ca_file=a",
            "an option that is unknown, ca_file: correct it or leave it out.",
        ),
        (
            "amqps://h/?cafil%1Be=a",
            'an option that is unknown, "cafil\\u001be": correct it or leave it out.',
        ),
        (
            "amqps://h/?heartbeat=often",
            "an option after its ? with a value that does not fit (heartbeat): "
            "correct it or leave it out.",
        ),
    ],
)
def test_are_options_told_that_do_not_go_together(url: str, told: str) -> None:
    """They are bad use, whatever listens there."""
    with pytest.raises(BadUse) as caught:
        connect(url)
    assert str(caught.value) == f"The URL of h:{5671 if 'amqps' in url else 5672} has {told}"


@pytest.mark.usefixtures("here")
def test_do_the_options_of_pika_go_on() -> None:
    """Before those for TLS, and after them."""
    parameters = parameters_of("amqps://h/?heartbeat=17&cafile=ca.pem&frame_max=8192", 3)
    assert (parameters.heartbeat, parameters.frame_max) == (17, 8192)
    assert parameters.stack_timeout == 3 * CONNECTING


@pytest.mark.parametrize(
    ("url", "written"),
    [
        ("amqp://h/?heartbeat=17", "amqp://h/?heartbeat=17"),
        ("amqps://h/v?cafile=ca.pem", "amqps://h/v?ssl_options={'cafile':'ca.pem'}"),
        (
            "amqps://h?cafile=a+b%26c%2B.pem&heartbeat=17",
            "amqps://h?heartbeat=17&ssl_options={'cafile':'a%20b%26c%2B.pem'}",
        ),
    ],
)
def test_how_is_a_url_written_for_pika_alone(url: str, written: str) -> None:
    """So that it can be read."""
    assert for_pika(url) == written


def run(*words: str, url: str, cwd: Path) -> "subprocess.CompletedProcess[str]":
    """Run a program in a folder with certificates."""
    return subprocess.run(
        [sys.executable, *words],
        cwd=cwd,
        env={"AMQP_URL": url, "PYTHONPATH": str(PROJECT), "PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=False,
    )


def test_can_the_code_be_taken_home(both: dict[str, Listeners], here: Path) -> None:
    """The script names the file where pika reads it, and says where it has to lie."""
    url = both["newest"].url("asks", f"cafile=ca.pem{CLIENT}")
    code = run("-m", "routing", "code", "default", url=url, cwd=here)
    assert (
        "\n# A file that it names lies where this is run, if its path is relative.\n" in code.stdout
    )
    done = run("-c", f"import sys; sys.modules['routing'] = None\n{code.stdout}", url="", cwd=here)
    assert (done.returncode, done.stderr) == (0, "")
    assert "hello got: hello" in done.stdout


def test_does_a_demo_play(both: dict[str, Listeners], here: Path) -> None:
    """On a broker that has TLS alone; what cannot be used has the status of bad use."""
    url = both["newest"].url("server", "cafile=ca.pem")
    done = run("-m", "routing", "demo", "topic", url=url, cwd=here)
    assert (done.returncode, done.stderr) == (0, "")
    assert f"at 127.0.0.1:{both['newest'].ports['server']} (AMQP_URL)" in " ".join(
        done.stdout.split()
    )
    for query, status in (("cafile=none.pem", 2), ("cafile=other.pem", 3)):
        done = run(
            *("-m", "routing", "demo", "topic"), url=both["newest"].url("server", query), cwd=here
        )
        assert (done.returncode, done.stdout, done.stderr.count("\n")) == (status, "", 1)
