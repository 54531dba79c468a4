"""Every RabbitMQ is had from Debian, by an ordinary user, whole or not at all, and once."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from conftest import untold
from fetching import NOBODY, Fetched, look_fetched, needs_apt

from routing.amqp.errors import BadUse
from routing.broker.connection import closing, connect, server_of
from routing.broker.folder import PROJECT
from routing.broker.node.node import running_node
from routing.broker.programs import archive, debian
from routing.broker.programs.apt import configure, fault_in, packages_for, update
from routing.broker.programs.archive import address, source_of
from routing.broker.programs.debian import fetched, of_distribution, of_suite
from routing.broker.programs.installation import Installation
from routing.broker.programs.suites import SUITES, Suite, suites_for
from routing.broker.several import SERIES
from routing.broker.way import NotFetched, Progress, Unavailable


@needs_apt
@pytest.mark.parametrize("asked", SERIES)
def test_each_version(each_fetched: dict[str, list[Fetched]], asked: str) -> None:
    """An ordinary user has it in a home of its own, also after Ctrl-C or a kill."""
    for each in each_fetched[asked]:
        assert each.version.startswith(f"{asked}.")
        suite = suites_for(asked)[0].name
        names = {path.name for path in each.folder.iterdir()}
        locks = {f"fetching-{suite}.lock", "fetching-end.lock"}
        assert names == {f"rabbitmq-{each.version}", *locks}
        assert not list(each.folder.rglob("*.deb"))
        assert {path.stat().st_uid for path in each.folder.iterdir()} == {os.getuid() or NOBODY}


@needs_apt
def test_does_what_was_fetched_run(each_fetched: dict[str, list[Fetched]]) -> None:
    """From the folder where it came, as the version that its name says."""
    [newest] = each_fetched[SERIES[-1]]
    found = Installation(newest.home, newest.home.parents[4])
    with running_node(found) as node, closing(connect(node.url)) as connection:
        assert server_of(connection)[1] == newest.version


WAITING = "waiting for another fetch"
"""What is told while another one fetches, which may be one that is about to end."""


@needs_apt
def test_two_at_once(each_fetched: dict[str, list[Fetched]]) -> None:
    """Of two that fetch the same at once one does, and the other says that it waits."""
    one, other = sorted(each_fetched["3.8"], key=lambda each: len(set(each.steps)))
    assert set(one.steps) == {(WAITING, None)}
    assert len(set(other.steps)) > 5
    assert one.home == other.home


@needs_apt
@pytest.mark.parametrize("asked", SERIES)
def test_progress(each_fetched: dict[str, list[Fetched]], asked: str) -> None:
    """What is asked for and fetched is told with its size, and how far it has come."""
    told = max((each.steps for each in each_fetched[asked]), key=lambda steps: len(set(steps)))
    steps = list(dict.fromkeys(step for step, _ in told if step != WAITING))
    assert steps[0] == f"asking Debian {suites_for(asked)[0].name} for RabbitMQ"
    assert steps[1].startswith(f"fetching RabbitMQ {asked}.")
    size, unit = steps[1].rsplit(" ", 2)[-2:]
    assert (30 < int(size) < 80, unit, len(steps)) == (True, "MB", 2)
    for step in steps:
        fractions = [done or 0 for each, done in told if each == step]
        assert fractions == sorted(fractions)
    assert fractions[-1] == 1
    assert len({round(10 * fraction) for fraction in fractions}) > 5


def test_is_what_was_fetched_used_again(tmp_path: Path) -> None:
    """Without a word and without apt-get: by default the newest known, and the one asked for."""
    for version in ("4.3.6", "4.0.5"):
        look_fetched(tmp_path / f"rabbitmq-{version}", version)
    told: list[Progress] = []
    assert [each.version for each in fetched(tmp_path)] == ["4.3.6", "4.0.5"]
    assert of_suite(SUITES[0], None, told.append, tmp_path).version == "4.3.6"
    assert of_suite(suites_for("4.0")[0], "4.0", told.append, tmp_path).version == "4.0.5"
    assert of_distribution(told.append, tmp_path).version == "4.3.6"
    assert not told


def test_no_apt(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A system without apt-get is told as such, and nothing is left of the attempt."""
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(Unavailable, match="there is no apt-get") as caught:
        of_suite(SUITES[0], None, untold, tmp_path / "project")
    assert not isinstance(caught.value, NotFetched)
    assert left_in(tmp_path / "project") == ["fetching-forky.lock"]


def left_in(folder: Path) -> list[str]:
    """List what is in a folder."""
    return sorted(path.name for path in folder.iterdir())


def configured(folder: Path, *lines: str) -> str:
    """Write lines of a configuration of apt-get, and give its path."""
    (folder / "apt.conf").write_text("\n".join(lines))
    return str(folder / "apt.conf")


LAX = (
    'APT::Get::AllowUnauthenticated "true";',
    'Acquire::AllowInsecureRepositories "true";',
    'Acquire::AllowWeakRepositories "true";',
)
"""What a system may permit, and no fetch makes use of."""

OTHER_KEYS = (Path("/usr/share/keyrings/debian-archive-removed-keys.gpg"),)

Break = Callable[[pytest.MonkeyPatch, Path], Suite]


def unreachable(monkeypatch: pytest.MonkeyPatch, _: Path) -> Suite:
    """Name an archive where nothing listens."""
    monkeypatch.setenv("DEBIAN_ARCHIVE", "http://127.0.0.1:9/debian")
    return SUITES[0]


def without_keys(monkeypatch: pytest.MonkeyPatch, folder: Path) -> Suite:
    """Let Debian's keys not be there."""
    monkeypatch.setattr(archive, "KEYRINGS", (folder / "no-keyring.gpg",))
    return SUITES[0]


def with_other_keys(monkeypatch: pytest.MonkeyPatch, folder: Path) -> Suite:
    """Trust other keys than the archive is signed by, on a system that would take it anyway."""
    monkeypatch.setattr(archive, "KEYRINGS", OTHER_KEYS)
    monkeypatch.setenv("APT_CONFIG", configured(folder, *LAX))
    return SUITES[0]


def without_suite(_: pytest.MonkeyPatch, __: Path) -> Suite:
    """Ask for a suite that the archive does not have."""
    return Suite("gone", SUITES[0].version)


def on_another_processor(monkeypatch: pytest.MonkeyPatch, folder: Path) -> Suite:
    """Be a processor for which nothing is built."""
    lines = ('APT::Architecture "m68k";', 'APT::Architectures "m68k";')
    monkeypatch.setenv("APT_CONFIG", configured(folder, *lines))
    return SUITES[0]


@needs_apt
@pytest.mark.parametrize(
    ("fault", "told"),
    [
        (unreachable, "it cannot be reached"),
        (without_keys, "install the package debian-archive-keyring"),
        (with_other_keys, "its signature is by none of the keys that are trusted here"),
        (without_suite, "it is not there any longer"),
        (on_another_processor, "it has no RabbitMQ for this processor"),
    ],
)
def test_what_can_be_wrong(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fault: Break, told: str
) -> None:
    """Is told in a sentence each, and nothing is left of the attempt."""
    suite = fault(monkeypatch, tmp_path)
    with pytest.raises(NotFetched, match=told):
        of_suite(suite, None, untold, tmp_path / "project")
    assert left_in(tmp_path / "project") == [f"fetching-{suite.name}.lock"]


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("E: Failed to fetch http://h:40404/x  404  File not found [IP: ::1 80]", "not there"),
        ("E: Failed to fetch http://h:40404/x  Hash Sum mismatch\n   - SHA256:a404b", "not what"),
    ],
)
def test_is_404_an_answer_only_where_it_stands_alone(said: str, told: str) -> None:
    """A port or a hash may have these digits, too."""
    assert told in (fault_in(said) or "")


@pytest.mark.long
@needs_apt
def test_a_suite_that_has_moved_on(tmp_path: Path) -> None:
    """Before anything large is fetched, the version that the suite has by now is told."""
    told: list[Progress] = []
    with pytest.raises(NotFetched, match=r"it has RabbitMQ 3\.8\.\d+ now"):
        of_suite(Suite("bullseye", SUITES[0].version), "4.3", told.append, tmp_path)
    assert {each.step for each in told} == {"asking Debian bullseye for RabbitMQ"}


class Quiet(SimpleHTTPRequestHandler):
    """Serves files, and says nothing of it."""

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """Serve a folder on the loopback address, and give the URL."""
    handler = partial(Quiet, directory=str(folder))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.mark.long
@needs_apt
def test_a_broken_archive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A list that is not the signed one is told as such, and nothing of it is taken."""
    work = tmp_path / "work"
    configure(work, source_of("bullseye", tmp_path / "asked"))
    update(work, lambda _: None)
    suite = tmp_path / "archive/dists/bullseye"
    for kind in ("amd64", "arm64", "all"):
        (suite / f"main/binary-{kind}").mkdir(parents=True)
        (suite / f"main/binary-{kind}/Packages.xz").write_bytes(b"Package: rabbitmq-server\n")
    signed = next((work / "state/lists").glob("*_InRelease"))
    shutil.copy(signed, suite / "InRelease")
    with served(tmp_path / "archive") as url:
        monkeypatch.setenv("DEBIAN_ARCHIVE", url)
        with pytest.raises(NotFetched, match="what came is not what its list says"):
            of_suite(suites_for("3.8")[0], "3.8", untold, tmp_path / "project")
    assert left_in(tmp_path / "project") == ["fetching-bullseye.lock"]


def test_a_broken_package(tmp_path: Path) -> None:
    """A package that cannot be unpacked is named."""
    (tmp_path / "erlang-base_1_all.deb").write_text("not a package")
    with pytest.raises(NotFetched, match=r"erlang-base_1_all\.deb could not be unpacked"):
        debian.unpack_all([tmp_path / "erlang-base_1_all.deb"], tmp_path / "root", untold_part)


def untold_part(_: float) -> None:
    """Take how much is done, and do nothing with it."""


ON_A_SMALL_DISK = """
mount -t tmpfs -o size={size} small "$1" || exit 9
exec {python} -c '
import sys
from pathlib import Path
from routing.broker.programs.debian import of_suite
from routing.broker.programs.suites import SUITES
from routing.broker.way import NotFetched

folder = Path(sys.argv[1])
try:
    of_suite(SUITES[0], None, lambda _: None, folder)
except NotFetched as error:
    print(error, [path.name for path in folder.iterdir()])
' "$1"
"""


@needs_apt
@pytest.mark.parametrize("size", ["4m", pytest.param("160m", marks=pytest.mark.long)])
def test_a_full_disk(tmp_path: Path, size: str) -> None:
    """Is told, whether the lists or the programs do not fit on it, and nothing is left there."""
    script = ON_A_SMALL_DISK.format(python=sys.executable, size=size)
    namespace = ["unshare", "--mount", *(["--user", "--map-root-user"] if os.getuid() else [])]
    done = subprocess.run(
        [*namespace, "sh", "-c", script, "sh", str(tmp_path)],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "the disk is full" in done.stdout
    assert done.stdout.endswith("['fetching-forky.lock']\n")


@needs_apt
def test_where_the_archive_is(tmp_path: Path) -> None:
    """DEBIAN_ARCHIVE says it, or else Debian's own source, and not one that looks like it."""
    assert address(tmp_path, {"DEBIAN_ARCHIVE": "http://mirror/debian"}) == "http://mirror/debian"
    lines = (
        "deb http://first.example/apt stable main",
        "deb http://mirror.example/debian-security bookworm-security main",
        "deb http://mirror.example/debian bookworm main",
        "deb http://last.example/apt bookworm main",
    )
    assert asked_of(lines, tmp_path / "debian") == "http://mirror.example/debian"
    elsewhere = (
        "deb http://mirror.example/ubuntu jammy main",
        "deb http://browser.example/chrome/deb stable main",
    )
    with pytest.raises(NotFetched, match="name a mirror of it by DEBIAN_ARCHIVE="):
        asked_of(elsewhere, tmp_path / "ubuntu")


@pytest.mark.parametrize(
    "named", ["http://127.0.0.1:9/debian\nTrusted: yes", "mirror", "http://a b", "http://\x1b["]
)
def test_what_is_no_address(tmp_path: Path, named: str) -> None:
    """A text that would be more than an address in apt-get's settings, or less, is bad use."""
    with pytest.raises(BadUse, match=r"DEBIAN_ARCHIVE is .*: write it like http://HOST/debian"):
        address(tmp_path, {"DEBIAN_ARCHIVE": named})


@pytest.mark.long
@needs_apt
def test_do_the_settings_of_a_system_not_matter(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What it prefers for itself, a release say, does not keep a suite from being asked."""
    (tmp_path / "preferences").write_text("Package: *\nPin: release n=bullseye\nPin-Priority: -1\n")
    lines = (
        'APT::Default-Release "bookworm";',
        f'Dir::Etc::preferences "{tmp_path}/preferences";',
    )
    monkeypatch.setenv("APT_CONFIG", configured(tmp_path, *lines))
    (tmp_path / "asked").mkdir()
    configure(tmp_path / "work", source_of("bullseye", tmp_path / "asked"))
    update(tmp_path / "work", untold_part)
    listed, complaints = packages_for(tmp_path / "work", "rabbitmq-server")
    assert "rabbitmq-server" in {each.name for each in listed}, complaints


@needs_apt
def test_two_suites_with_one_version(tmp_path: Path) -> None:
    """Who comes second takes what is there, under which a node may run already."""
    unpacked = [look_fetched(tmp_path / name, "4.3.6") for name in ("one", "other")]
    placed = [debian.put_in_place(each, tmp_path) for each in unpacked]
    assert placed[0] == placed[1]
    assert left_in(tmp_path) == ["fetching-end.lock", "other", "rabbitmq-4.3.6"]


def asked_of(lines: Sequence[str], work: Path) -> str:
    """Ask where Debian's archive is, of a system with these sources."""
    work.mkdir()
    (work / "sources.list").write_text("\n".join(lines) + "\n")
    settings = f'Dir::Etc::sourcelist "{work}/sources.list"; Dir::Etc::sourceparts "/dev/null";'
    with pytest.MonkeyPatch.context() as environ:
        environ.setenv("APT_CONFIG", configured(work, settings))
        return address(work / "work", {})


@pytest.mark.long
@needs_apt
def test_one_dead_source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """For the distribution a source that is dead does not matter where another has the packages."""
    parts = subprocess.run(
        ["apt-config", "shell", "PARTS", "Dir::Etc::sourceparts/d"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split("'")[1]
    dead = "deb [trusted=yes] http://127.0.0.1:9/debian stable main\n"
    (tmp_path / "sources.list").write_text(dead)
    settings = f'Dir::Etc::sourcelist "{tmp_path}/sources.list"; Dir::Etc::sourceparts "{parts}";'
    monkeypatch.setenv("APT_CONFIG", configured(tmp_path, settings))
    configure(tmp_path / "work")
    assert any("Connection refused" in each for each in update(tmp_path / "work", untold_part))
    listed, _ = packages_for(tmp_path / "work", "rabbitmq-server")
    needed = {each.name for each in listed if debian.is_needed(each.name)}
    assert {"rabbitmq-server", "erlang-base", "erlang-mnesia", "libc6"} <= needed
