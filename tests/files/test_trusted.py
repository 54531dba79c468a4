"""Is it told why a page with TLS is not trusted, and does what is said then help?"""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest

from routing.amqp.errors import NoBroker
from routing.files.reading import read_source

CERTIFICATES = Path(__file__).parent / "certificates"
LASTING, EXPIRED = CERTIFICATES / "lasting.pem", CERTIFICATES / "expired.pem"


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
def served(certificate: Path, *, asks_for_one: bool = False) -> Iterator[int]:
    """Serve a page with TLS on loopback, and give its port.

    asks_for_one: whether who connects needs a certificate as well.
    """
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    if asks_for_one:
        context.verify_mode = ssl.CERT_REQUIRED
    with HTTPServer(("127.0.0.1", 0), Page) as server:
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


def test_what_is_said_of_another_name(monkeypatch: pytest.MonkeyPatch) -> None:
    """The certificate is for an address, and the URL names the host."""
    trust(LASTING, monkeypatch)
    with served(LASTING) as port:
        assert said_of(f"https://u:SECRET@localhost:{port}") == (
            f"https://localhost:{port}: its certificate is not for this name of the host: write "
            "the one that it is for."
        )


def test_what_is_said_of_one_that_has_expired(monkeypatch: pytest.MonkeyPatch) -> None:
    """Even where it is trusted."""
    trust(EXPIRED, monkeypatch)
    with served(EXPIRED) as port:
        assert said_of(f"https://u:SECRET@127.0.0.1:{port}") == (
            f"https://127.0.0.1:{port}: its certificate has expired: have it renewed."
        )


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
