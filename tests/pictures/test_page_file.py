"""Is the file of a page written whole, over nothing but a page, and in one sentence if not?"""

import json
import os
import shlex
import stat
from pathlib import Path

import pytest
import warm

from routing.pictures.page.command import COMMANDS

ENVIRON = {"LANG": "C.UTF-8"}


def page(folder: Path, *words: str) -> tuple[int, str]:
    """Write a page without a broker, and give what is said."""
    done = warm.run(["page", "topic", "--predict", *words], env=ENVIRON, cwd=folder)
    return done.returncode, (done.stdout + done.stderr).strip()


def test_is_it_written_over_a_page_alone(tmp_path: Path) -> None:
    """A page is made anew, with the rights that it had; whatever else is there stays as it is."""
    path = tmp_path / "page.html"
    assert page(tmp_path) == (0, path.as_uri())
    path.chmod(0o600)
    first = path.read_bytes()
    assert page(tmp_path) == (0, path.as_uri())
    assert (path.read_bytes(), stat.S_IMODE(path.stat().st_mode)) == (first, 0o600)
    (tmp_path / "mine.html").write_text("mine")
    assert page(tmp_path, "--save", "mine.html") == (
        2,
        "mine.html is there already, and no page: name another file.",
    )
    assert (tmp_path / "mine.html").read_text() == "mine"
    assert sorted(each.name for each in tmp_path.iterdir()) == ["mine.html", "page.html"]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("no/page.html", "no/page.html cannot be written (No such file or directory)"),
        (".", ". is there already, and no page: name another file."),
        ("pipe", "pipe is there already, and no page: name another file."),
        ("/dev/full", "/dev/full is there already, and no page: name another file."),
        ("x" * 300, "cannot be written (File name too long): name another file."),
        ("", ". is there already, and no page: name another file."),
    ],
)
def test_is_it_told_where_it_cannot_be(tmp_path: Path, name: str, said: str) -> None:
    """In a sentence, before anything is made, and nothing waits for a reader."""
    os.mkfifo(tmp_path / "pipe")
    status, told = page(tmp_path, "--save", name)
    assert (status, said in told) == (2, True), told


@pytest.mark.parametrize("example", COMMANDS["page"].examples)
def test_do_its_examples_run(broker_url: str, example: str, tmp_path: Path) -> None:
    """Each as it stands in the help: status 0, and one file."""
    done = warm.run(shlex.split(example), env=ENVIRON | {"AMQP_URL": broker_url}, cwd=tmp_path)
    assert (done.returncode, len([*tmp_path.iterdir()])) == (0, 1), done.stderr


def test_does_a_link_stay_one(tmp_path: Path) -> None:
    """What it leads to is written."""
    (tmp_path / "link.html").symlink_to("there.html")
    page(tmp_path, "--save", "there.html")
    before = (tmp_path / "there.html").stat().st_ino
    assert page(tmp_path, "--save", "link.html")[0] == 0
    assert (tmp_path / "link.html").is_symlink()
    assert (tmp_path / "there.html").stat().st_ino != before


ODD = {"!type": "x", "10": 1, "2": "x"}


def test_is_every_name_of_an_argument_written(tmp_path: Path) -> None:
    """Also what says a type elsewhere, and numbers, in their order."""
    binding = {"source": "x", "destination": "q", "destination_type": "queue", "routing_key": ""}
    source = {
        "exchanges": [{"name": "x", "type": "headers"}],
        "queues": [{"name": "q"}],
        "bindings": [binding | {"arguments": ODD}],
    }
    (tmp_path / "odd.json").write_text(json.dumps(source))
    words = ["page", "odd.json", "--predict"]
    assert warm.run(words, env=ENVIRON, cwd=tmp_path).returncode == 0
    text = (tmp_path / "page.html").read_text()
    data = json.loads(text.partition('id="data">')[2].partition("</script>")[0])
    written = data["lessons"][0]["bindings"][0]["arguments"]
    assert written == {"!type": "table", "value": [["!type", "x"], ["10", 1], ["2", "x"]]}


def test_is_a_death_told_of_who_dies(tmp_path: Path) -> None:
    """A message that a newer one crowds out is no death of the newer one."""
    words = ["page", "dead-letters", "--predict"]
    assert warm.run(words, env=ENVIRON, cwd=tmp_path).returncode == 0
    text = (tmp_path / "page.html").read_text()
    data = json.loads(text.partition('id="data">')[2].partition("</script>")[0])
    died = {
        (each["publish"]["routing_key"], death["reason"])
        for each in data["lessons"][0]["messages"]
        for death in each["deaths"]
    }
    assert {reason for key, reason in died if key.startswith("news")} == set()
    assert ("job.once", "rejected") in died
