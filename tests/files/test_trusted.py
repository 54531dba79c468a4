"""Is it told why a page with TLS is not trusted, and does what is said then help?"""

import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import ClassVar

import pytest

from routing.amqp.errors import NoBroker
from routing.files import management
from routing.files.reading import read_source

CERTIFICATES = Path(__file__).parent / "certificates"
LASTING, EXPIRED, EARLY = (CERTIFICATES / f"{n}.pem" for n in ("lasting", "expired", "early"))


class Page(BaseHTTPRequestHandler):
    """Answers every question with the definitions of one queue."""

    def do_GET(self) -> None:
        """Answer."""
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b'{"queues": [{"name": "audit"}]}')

    def log_message(self, *_: object) -> None:
        """Write nothing."""


@contextmanager
def served(
    certificate: Path, host: str = "127.0.0.1", *, asks_for_one: bool = False
) -> Iterator[int]:
    """Serve a page with TLS on loopback, and give its port.

    asks_for_one: whether who connects needs a certificate as well.
    """
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    if asks_for_one:
        context.verify_mode = ssl.CERT_REQUIRED
    with HTTPServer((host, 0), Page) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield server.server_address[1]
        finally:
            server.shutdown()
            thread.join()


def said_of(url: str) -> str:
    """Ask for definitions, and give what is said where there are none."""
    with pytest.raises(NoBroker) as caught:
        read_source(url)
    return str(caught.value)


def trust(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have a certificate trusted, as a user is told to."""
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))


def test_what_is_said_where_nobody_vouches(monkeypatch: pytest.MonkeyPatch) -> None:
    """With what to do, which helps."""
    with served(LASTING) as port:
        assert said_of(f"https://u:SECRET@127.0.0.1:{port}") == (
            f"https://127.0.0.1:{port}: nobody vouches for its certificate (self-signed "
            "certificate): set SSL_CERT_FILE to the file of the CA that does, or of a certificate "
            "that vouches for itself."
        )
        trust(LASTING, monkeypatch)
        source = read_source(f"https://u:SECRET@127.0.0.1:{port}")
        assert [*source.topology.queues] == ["audit"]


@pytest.mark.parametrize(
    ("certificate", "host", "said"),
    [
        (LASTING, "localhost", "is not for this name of the host: write the one that it is for."),
        (LASTING, "127.0.0.2", "is not for this address: write the host by the name that it is "),
        (EXPIRED, "127.0.0.1", "has expired: have it renewed."),
        (EARLY, "127.0.0.1", "is not valid yet: set the clock, there or here."),
    ],
)
def test_what_is_said_of_a_trusted_one(
    monkeypatch: pytest.MonkeyPatch, certificate: Path, host: str, said: str
) -> None:
    """It may be for another host, or another time."""
    trust(certificate, monkeypatch)
    with served(certificate, "127.0.0.2" if host == "127.0.0.2" else "127.0.0.1") as port:
        told = said_of(f"https://u:SECRET@{host}:{port}")
    assert told.startswith(f"https://{host}:{port}: its certificate {said}")


def test_what_is_said_where_a_certificate_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ours has none, but the page is no plain one either."""
    trust(LASTING, monkeypatch)
    with served(LASTING, asks_for_one=True) as port:
        said = said_of(f"https://u:SECRET@127.0.0.1:{port}")
        assert said.startswith(f"https://127.0.0.1:{port}: it ends the connection: 5671 is AMQP's")
        assert said.endswith(
            "or it asks for a certificate: have rabbitmqctl export_definitions write a file there, "
            "and name that."
        )


def test_what_is_said_where_tls_is_spoken_and_not_asked_for() -> None:
    """It may be that, or another port."""
    with served(LASTING) as port:
        assert said_of(f"http://u:SECRET@127.0.0.1:{port}").endswith(
            "or it speaks TLS: try https://."
        )


def test_what_is_said_where_the_connection_ends_at_once() -> None:
    """Somebody takes it, and does not know what TLS is."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        ending = Thread(target=end_one, args=(server,))
        ending.start()
        said = said_of(f"https://u:SECRET@127.0.0.1:{server.getsockname()[1]}")
        ending.join()
    assert said.endswith(": it does not speak TLS there: try http://.")


@pytest.mark.parametrize("kind", [ssl.SSLEOFError, ssl.SSLSyscallError, ssl.SSLZeroReturnError])
def test_is_it_the_same_whenever_it_ends(kind: type[ssl.SSLError]) -> None:
    """Python has an error for each moment, and words for none of them."""
    error = kind()
    error.reason = None  # type: ignore[assignment]
    assert management.distrust(error) == "it does not speak TLS there: try http://"


def end_one(server: socket.socket) -> None:
    """Take a connection, hear what is said, and end it."""
    connection, _ = server.accept()
    with connection:
        connection.recv(65536)


class Elsewhere(Page):
    """Leads everybody to another page, and counts who came."""

    came: ClassVar[list[str]] = []

    def do_GET(self) -> None:
        """Answer."""
        self.came.append(self.path)
        self.send_response(302)
        self.send_header("Location", "/elsewhere")
        self.end_headers()


def test_is_a_page_followed_that_leads_elsewhere() -> None:
    """The password is for nobody else."""
    with HTTPServer(("127.0.0.1", 0), Elsewhere) as server:
        thread = Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        said = said_of(f"http://u:SECRET@127.0.0.1:{server.server_address[1]}")
        server.shutdown()
        thread.join()
    assert "it answers 302 Found: have rabbitmqctl export_definitions write a file" in said
    assert Elsewhere.came == ["/api/definitions"]
