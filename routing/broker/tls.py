"""TLS with a broker: the files that a URL names for it, and why it does not come about.

Why is asked of the broker once more, in a connection of its own that says nothing after the
handshake: in one that goes on at once, what the broker says last can be lost.
"""

import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from socket import create_connection
from typing import Final, NoReturn

from routing.amqp.errors import BadUse
from routing.amqp.notation import write_key
from routing.broker.address import files_of, without_password

LIMIT: Final = 1.5
"""Seconds within which each step of a handshake has to be done where only the reason is asked."""

NAMES: Final = 5
"""How many names of a certificate are told."""

PLAIN: Final = ("WRONG_VERSION_NUMBER", "RECORD_LAYER_FAILURE")
"""What OpenSSL calls an answer without TLS; no answer at all is an SSLEOFError."""

MISMATCH: Final = ("KEY_VALUES_MISMATCH", "KEY_TYPE_MISMATCH")
"""What it calls a key that is not that of the certificate."""

ANOTHER_NAME: Final = (62, 64)
UNTRUSTED: Final = (18, 19, 20, 21)
UNTIMELY: Final = {
    9: "its certificate is not valid yet: set the clock, there or here",
    10: "its certificate has expired: have it renewed there, or set the clock here",
}
"""What the codes of OpenSSL mean (x509_vfy.h)."""


@dataclass(frozen=True)
class Attempt:
    """What TLS was tried with.

    name: the host as its certificate must have it.
    context: None where the connection was to be without TLS.
    files: those that the URL names, each by its option.
    """

    host: str
    port: int
    name: str
    context: ssl.SSLContext | None
    files: Mapping[str, str]


def require_files(url: str) -> None:
    """Require that each file for TLS that a URL names is what it should be.

    Raises BadUse where one is not, or the URL is not well written.
    """
    files, address = files_of(url), without_password(url)
    told = {name: f"The {name} of {address}, {write_key(path)}," for name, path in files.items()}
    for name, path in files.items():
        require_readable(told[name], path)
    for name in files.keys() - {"keyfile"}:
        require_certificate(told[name], files[name])
    if "certfile" in files:
        require_key(files, told)


def require_readable(told: str, path: str) -> None:
    """Raise BadUse where a file cannot be read.

    told: how the file is called in a sentence.
    """
    try:
        Path(path).open("rb").close()
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "no path"
        raise BadUse(
            f"{told} cannot be read ({reason}): correct its path, "
            "which counts from the folder that you are in."
        ) from error


def require_certificate(told: str, path: str) -> None:
    """Raise BadUse where a file holds no certificate."""
    try:
        ssl.create_default_context(cafile=path)
    except (ssl.SSLError, OSError) as error:
        raise BadUse(
            f"{told} holds no certificate in PEM, which begins with -----BEGIN CERTIFICATE-----: "
            "name another file."
        ) from error


def require_key(files: Mapping[str, str], told: Mapping[str, str]) -> None:
    """Raise BadUse where one's own certificate has no key that can be used."""
    key = told.get("keyfile", told["certfile"])

    def refuse() -> NoReturn:
        raise BadUse(
            f"{key} holds an encrypted key, and its password is not asked for: "
            "name a copy without one, which openssl pkey makes."
        )

    try:
        trying = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        trying.load_cert_chain(files["certfile"], files.get("keyfile"), refuse)
    except ssl.SSLError as error:
        if error.reason in MISMATCH:
            raise BadUse(
                f"{key} holds the key of another certificate than that in "
                f"{write_key(files['certfile'])}: name its own."
            ) from error
        raise BadUse(f"{key} holds no key in PEM: name the file of the key as keyfile.") from error


def why_not(attempt: Attempt) -> str | None:
    """Tell what stands in the way of TLS, and what to do; None where nothing is seen.

    Neither user nor password is sent.
    """
    if attempt.context is None:
        return "it speaks TLS there: write amqps://" if speaks_tls(attempt) else None
    try:
        with handshake(attempt, attempt.context) as connection:
            connection.recv(1)
    except ssl.SSLCertVerificationError as error:
        return distrust(error, attempt)
    except ssl.SSLError as error:
        return alert(error, attempt)
    except OSError:
        pass
    return None


@contextmanager
def handshake(attempt: Attempt, context: ssl.SSLContext) -> Iterator[ssl.SSLSocket]:
    """Yield a connection that has TLS, for as long as nothing takes longer than the limit."""
    with (
        create_connection((attempt.host, attempt.port), LIMIT) as plain,
        context.wrap_socket(plain, server_hostname=attempt.name) as connection,
    ):
        yield connection


def speaks_tls(attempt: Attempt) -> bool:
    """Tell whether what listens there speaks TLS, whoever it is."""
    anybody = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    anybody.check_hostname = False
    anybody.verify_mode = ssl.CERT_NONE
    try:
        with handshake(attempt, anybody):
            return True
    except ssl.SSLError as error:
        return "_ALERT_" in (error.reason or "")
    except OSError:
        return False


def distrust(error: ssl.SSLCertVerificationError, attempt: Attempt) -> str:
    """Say why a broker's certificate is not trusted."""
    said = error.verify_message.rstrip(".")
    if error.verify_code in UNTIMELY:
        return UNTIMELY[error.verify_code]
    if error.verify_code in ANOTHER_NAME:
        names = names_of(attempt)
        for_whom = f", but for {', '.join(names)}" if names else ""
        return f"its certificate is not for {attempt.name}{for_whom}: write the host as it is there"
    if error.verify_code not in UNTRUSTED:
        return f"its certificate is not accepted ({said}): have it replaced"
    if "cafile" in attempt.files:
        cafile = write_key(attempt.files["cafile"])
        return f"{cafile} does not vouch for its certificate ({said}): get the file of its CA"
    return (
        f"nobody whom this machine trusts vouches for its certificate ({said}): "
        "name the file of its CA in the URL, ?cafile=FILE"
    )


def names_of(attempt: Attempt) -> list[str]:
    """List the names that a certificate has, which is trusted but for them."""
    assert attempt.context  # noqa: S101 - without one, nothing was mistrusted
    attempt.context.check_hostname = False  # only here: nothing is sent
    try:
        with suppress(OSError), handshake(attempt, attempt.context) as connection:
            certificate = connection.getpeercert() or {}
            found = [str(each[1]) for each in certificate.get("subjectAltName", ())]
            return [write_key(each) for each in found[:NAMES]] + ["..."] * (len(found) > NAMES)
    finally:
        attempt.context.check_hostname = True
    return []


def is_plain(error: ssl.SSLError) -> bool:
    """Tell whether what answers speaks no TLS, or hangs up on it."""
    return isinstance(error, ssl.SSLEOFError) or error.reason in PLAIN


def alert(error: ssl.SSLError, attempt: Attempt) -> str:
    """Say why a broker, or OpenSSL here, has ended a handshake."""
    reason = error.reason or "it ended"
    if is_plain(error):
        return "it does not speak TLS there: take its port for TLS, usually 5671, or write amqp://"
    kind = reason.partition("_ALERT_")[2]
    own = write_key(attempt.files["certfile"]) if "certfile" in attempt.files else None
    if own is None and kind in ("CERTIFICATE_REQUIRED", "HANDSHAKE_FAILURE"):
        wants = "wants" if kind == "CERTIFICATE_REQUIRED" else "wants, most likely,"
        return f"it {wants} a certificate of yours: name it in the URL, certfile=FILE&keyfile=FILE"
    if own and kind == "UNKNOWN_CA":
        return f"it does not know the CA of your certificate, {own}: have one of its own CA"
    if own and kind == "CERTIFICATE_EXPIRED":
        return f"your certificate, {own}, has expired: have it renewed"
    if own and (kind == "HANDSHAKE_FAILURE" or "CERTIFICATE" in kind):
        return f"it does not accept TLS with your certificate, {own} ({reason}): see its log"
    return f"TLS does not come about ({reason}): see its log"
