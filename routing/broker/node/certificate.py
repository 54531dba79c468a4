"""A certificate of a room's own, by the program openssl: the standard library makes none.

It vouches for itself, so that one file is all that the class has to have.
"""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from routing.broker.way import Unavailable

DAYS: Final = 30
"""For which it is valid; with each start of the node there is another one."""

PUBLIC: Final = "ca.pem"
"""The file that the class gets; a name that students type."""

KEY: Final = "room.key"

SETTINGS: Final = """\
[req]
prompt = no
distinguished_name = name
x509_extensions = extensions
[name]
CN = exchange-routing
[extensions]
basicConstraints = critical, CA:FALSE
extendedKeyUsage = serverAuth
subjectKeyIdentifier = hash
subjectAltName = {names}
"""

CURVE: Final = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-sha256")


@dataclass(frozen=True)
class Certificate:
    """A certificate, and its fingerprint; its key lies beside it, for nobody else to read."""

    public: Path
    fingerprint: str


def made_in(folder: Path, addresses: Sequence[str]) -> Certificate:
    """Make a certificate of IP addresses in a folder.

    Raises Unavailable where openssl does not.
    """
    import subprocess  # slow to import, and every run reads of rooms

    public, key, settings = folder / PUBLIC, folder / KEY, folder / "openssl.cnf"
    settings.write_text(SETTINGS.format(names=", ".join(f"IP:{each}" for each in addresses)))
    files = ("-config", settings, "-keyout", key, "-out", public)
    try:
        # The system's own settings of openssl could add anything.
        subprocess.run(
            ["openssl", "req", "-x509", *CURVE, "-days", str(DAYS), *files],
            env=os.environ | {"OPENSSL_CONF": os.devnull},
            capture_output=True,
            check=True,
            text=True,
            umask=0o077,
        )
    except (OSError, subprocess.CalledProcessError) as error:
        said = (getattr(error, "stderr", None) or str(error)).strip().splitlines()
        raise Unavailable(f"openssl made no certificate: {said[-1] if said else error}") from error
    return Certificate(public, fingerprint_of(public))


def fingerprint_of(certificate: Path) -> str:
    """Write the SHA-256 fingerprint of a certificate as openssl does, as in 0A:1B:..."""
    import hashlib  # as slow
    import ssl

    return (
        hashlib.sha256(ssl.PEM_cert_to_DER_cert(certificate.read_text())).digest().hex(":").upper()
    )
