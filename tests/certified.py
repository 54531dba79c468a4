"""Certificates that openssl makes, and TLS listeners of a RabbitMQ that runs, which show them."""

import os
import socket
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path

from nodes import Node

EARLY = Path(__file__).parent / "files/certificates/early.pem"
"""Not valid before the year 2090: no option of openssl makes such a one."""

NEW = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")

SERVER = "subjectAltName=IP:127.0.0.1,DNS:broker.example\nextendedKeyUsage=serverAuth\n"
CLIENT = "extendedKeyUsage=clientAuth\n"


def openssl(folder: Path, *words: str) -> str:
    """Have openssl do something in a folder, and give what it prints."""
    environ = {"PATH": os.environ["PATH"], "OPENSSL_CONF": os.devnull}
    return subprocess.run(
        ["openssl", *words], cwd=folder, env=environ, capture_output=True, check=True, text=True
    ).stdout


def make_all(folder: Path) -> None:
    """Make two CAs and what they sign, each NAME.pem with NAME.key; some of it of no use."""
    for ca in ("ca", "other"):
        files = ("-keyout", f"{ca}.key", "-out", f"{ca}.pem")
        openssl(folder, "req", "-x509", *NEW, *files, "-subj", f"/CN={ca}")
    sign(folder, "server", "ca", SERVER)
    sign(folder, "expired", "ca", SERVER, days=-1)
    sign(folder, "client", "ca", CLIENT)
    sign(folder, "late", "ca", CLIENT, days=-1)
    sign(folder, "alien", "other", CLIENT)
    to = ("-out", "locked.key", "-aes128", "-passout", "pass:s3cr3t")
    openssl(folder, "pkey", "-in", "client.key", *to)
    (folder / "text.pem").write_text("no certificate")
    (folder / "loop.pem").symlink_to("loop.pem")


def sign(folder: Path, name: str, ca: str, extensions: str, days: int = 2) -> None:
    """Make a certificate that a CA vouches for; with negative days it has expired."""
    (folder / "extensions").write_text(f"basicConstraints=CA:FALSE\n{extensions}")
    request = ("-keyout", f"{name}.key", "-out", f"{name}.csr", "-subj", f"/CN={name}")
    openssl(folder, "req", "-new", *NEW, *request)
    by = ("-CA", f"{ca}.pem", "-CAkey", f"{ca}.key", "-CAcreateserial", "-days", str(days))
    of = ("-in", f"{name}.csr", "-out", f"{name}.pem", "-extfile", "extensions")
    openssl(folder, "x509", "-req", *of, *by)


def listening(node: Node, kinds: Mapping[str, Sequence[str]]) -> dict[str, int]:
    """Have a node listen with TLS, with other settings on each port; no node has to start for it.

    kinds: for each name, options of Erlang's ssl.
    """
    with ExitStack() as stack:
        held = [stack.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in kinds]
        ports = dict(zip(kinds, (each.getsockname()[1] for each in held), strict=True))
    calls = [
        f'rabbit_networking:start_ssl_listener({{"127.0.0.1", {ports[name]}}}, '
        f"[{','.join(options)}], 1)"
        for name, options in kinds.items()
    ]
    node.ctl("eval", f"rabbit_networking:ensure_ssl(), {', '.join(calls)}, ok.")
    return ports


def shown(certificate: Path, key: Path) -> list[str]:
    """Write as Erlang's options what a broker shows."""
    return [f'{{certfile, "{certificate}"}}', f'{{keyfile, "{key}"}}']
