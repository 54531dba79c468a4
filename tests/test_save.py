"""Is what a command prints saved as it is, in the form that the ending asks for, or not at all?"""

import json
import os
import re
import signal
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any
from xml.etree import ElementTree as ET

import pytest
import warm
from length import first

from routing.__main__ import ROOM_OF, command_called
from routing.view.saved_output import FORMS, as_markdown

ROOT = Path(__file__).parents[1]
NOWHERE = "amqp://127.0.0.1:1/"

OFFLINE = (
    ("demo", "topic", "--predict"),
    ("match", "topic", "order.*.paid", "order.eu.late"),
    ("route", "topic", "-x", "orders", "-k", "order.eu"),
    ("reach", "topic", "-q", "audit"),
    ("lint", "topic"),
    ("diff", "headers", "--rabbitmq", "3.10", "--rabbitmq", "4.3"),
    ("check", "topic"),
)

ON_BROKER = (("demo", "topic"), ("workers",), ("verify", "--cases", "2", "--seed", "7"))

COLOURED = {"FORCE_COLOR": "1", "TERM": "xterm-256color", "COLORTERM": "truecolor"}

CHANGES = re.compile(r"\d+(?= a second)|(?<=\"seconds\": )[\d.]+")
"""What is another each time that a command runs."""


def run(*words: str, url: str = NOWHERE, **more: str) -> CompletedProcess[str]:
    """Carry out a command, without a terminal."""
    return warm.run(words, env={"AMQP_URL": url, **more})


def bare(text: str) -> list[str]:
    """Give the lines of a text without what fills them up, and the empty ones around."""
    lines = [CHANGES.sub("0", line).rstrip() for line in text.replace("\xa0", " ").split("\n")]
    return "\n".join(lines).strip("\n").split("\n")


class Texts(HTMLParser):
    """Reads what a page shows."""

    def __init__(self) -> None:
        """Begin with nothing."""
        super().__init__()
        self.shown, self.tags = "", set[str]()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a tag, which leads nowhere."""
        self.tags.add(tag)
        assert not {name for name, _ in attrs} & {"href", "src", "onload", "onclick"}

    def handle_data(self, data: str) -> None:
        """Note a text within the page's one block."""
        if "pre" in self.tags:
            self.shown += data


def shown_in_svg(text: str) -> str:
    """Read what an image shows, line by line."""
    root = ET.fromstring(text)  # noqa: S314 - written by the test itself
    lines: dict[float, list[tuple[float, str]]] = {}
    for each in root.iter("{http://www.w3.org/2000/svg}text"):
        at = float(each.get("y", "")), float(each.get("x", ""))
        lines.setdefault(at[0], []).append((at[1], each.text or ""))
    letter = 20 * 0.61  # as rich places them
    said = []
    for _, parts in sorted(lines.items()):
        line = ""
        for x, part in sorted(parts):
            line = line.ljust(round(x / letter)) + part
        said.append(line)
    return "\n".join(said)


def read_back(ending: str, text: str) -> list[str]:
    """Give the lines that a saved file shows."""
    if ending == ".svg":
        return bare(shown_in_svg(text))
    if ending == ".html":
        page = Texts()
        page.feed(text)
        assert not page.tags & {"script", "link", "img", "a"}
        return bare(page.shown)
    if ending == ".md" and text.startswith("```"):
        first, *lines, last, _ = text.split("\n")
        assert (first, last) == ("```text", "```")
        return bare("\n".join(lines))
    return bare(text)


def require_saved(words: tuple[str, ...], ending: str, folder: Path, url: str = NOWHERE) -> None:
    """See that a command saves what it prints, and ends as it does."""
    path = folder / f"saved{ending}"
    form = {".json": ["--json"], ".md": ["--markdown"] * (words[0] == "diff")}.get(ending, [])
    printed = run(*words, *form, url=url)
    saved = run(*words, "--save", str(path), url=url)
    assert (saved.returncode, saved.stdout) == (printed.returncode, f"Saved as {path}.\n")
    assert sorted(saved.stderr.splitlines()) == sorted(printed.stderr.splitlines())
    text = path.read_text()
    assert ending not in (".txt", ".md") or not re.search(r" $", text, re.MULTILINE)
    shown: list[Any] = read_back(ending, text)
    expected: list[Any] = bare(printed.stdout)
    if ending == ".json":  # in which copies stand in the order in which they arrived
        shown, expected = [[json.loads(line) for line in each] for each in (shown, expected)]
    if ending == ".svg":  # which has no empty lines
        shown, expected = [[line for line in each if line] for each in (shown, expected)]
    assert shown == expected
    assert re.findall(r"https?://[^\"' <]+|url\((?!#)|@import|@font-face", text) in (
        [],
        ["http://www.w3.org/2000/svg"],
    )


@pytest.mark.parametrize("ending", FORMS)
@pytest.mark.parametrize("words", OFFLINE, ids=lambda words: words[0])
def test_is_it_saved_as_it_is_printed(words: tuple[str, ...], ending: str, tmp_path: Path) -> None:
    """The same lines, the same status, and one line that says so."""
    require_saved(words, ending, tmp_path)


@pytest.mark.parametrize("ending", first([".svg"], FORMS))
@pytest.mark.parametrize("words", ON_BROKER, ids=lambda words: words[0])
def test_is_it_saved_what_a_broker_did(
    words: tuple[str, ...], ending: str, broker_url: str, tmp_path: Path
) -> None:
    """What is played is saved just as well."""
    require_saved(words, ending, tmp_path, broker_url)


@pytest.mark.long
def test_is_it_saved_what_several_did(stocked: None, tmp_path: Path) -> None:  # noqa: ARG001 - had
    """Side by side, as an image."""
    words = ("versions", "topic", "--rabbitmq", "4.3", "--rabbitmq", "3.10")
    require_saved(words, ".svg", tmp_path)


def test_has_every_command_with_a_table_such_an_option() -> None:
    """Those that are told; draw, code and convert have their own."""
    tables = {name for name in ROOM_OF if command_called(name).table}
    assert tables == {*(w[0] for w in OFFLINE), *(w[0] for w in ON_BROKER), "versions"}
    for name in tables:
        assert "--save FILE" in run(name, "--help").stdout


def test_are_colours_saved_wherever_it_runs(tmp_path: Path) -> None:
    """In an image and in a page; in a text never, whatever variables say."""
    for number, more in enumerate(
        ({}, {"NO_COLOR": "1"}, {"FORCE_COLOR": "1", "TERM": "dumb"}, COLOURED)
    ):
        for ending in (".svg", ".html", ".txt", ".md"):
            path = tmp_path / f"{number}{ending}"
            run("route", "topic", "-x", "orders", "-k", "a", "--save", str(path), **more)
            text = path.read_text()
            assert ("#b35000" in text) is (ending in (".svg", ".html"))
            assert "\x1b" not in text
            assert path.read_text() == (tmp_path / f"0{ending}").read_text()


def test_is_what_is_reversed_told_apart_in_light_and_in_dark(tmp_path: Path) -> None:
    """A title is light on dark where the text is dark on light, and the other way round."""
    for ending in (".svg", ".html"):
        path = tmp_path / f"title{ending}"
        run("demo", "topic", "--predict", "--save", str(path))
        light, dark = path.read_text().split("@media (prefers-color-scheme: dark)")
        assert {"#1f2328", "#fefefe"} <= {*re.findall(r"#\w{6}", light)}
        assert not {"#1f2328", "#fefefe"} & {*re.findall(r"#\w{6}", dark)}
        assert {"#e6edf3", "#0d1117"} <= {*re.findall(r"#\w{6}", dark)}
    titled = re.search(r"\.(r\d+) \{color: #fefefe[^}]*background-color: #1f2328", light)
    assert titled
    assert f'<span class="{titled[1]}">topic</span>' in path.read_text()


def test_does_a_wish_for_a_form_win(tmp_path: Path) -> None:
    """SARIF stays SARIF in a file that ends in .json, and JSON is JSON in a text."""
    run("lint", "topic", "--sarif", "--save", str(tmp_path / "x.json"))
    assert "runs" in json.loads((tmp_path / "x.json").read_text())
    run("match", "topic", "a", "a", "--json", "--save", str(tmp_path / "x.txt"))
    assert json.loads((tmp_path / "x.txt").read_text())["takes"] is True


@pytest.mark.parametrize("text", ["a\n", "```\n", "x ````` y\n```\n"])
def test_can_nothing_end_a_fence(text: str) -> None:
    """It is longer than any in the text."""
    first, *lines, last, _ = as_markdown(text).split("\n")
    assert first == f"{last}text"
    assert "\n".join(lines) + "\n" == text
    assert last not in text


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["route", "topic", "-k", "a", "--save", "x.png"], "end it in .svg, .html, .md, .txt or ."),
        (["route", "topic", "-k", "a", "--save", "x"], "x does not end as what can be saved"),
        (["route", "topic", "-k", "a", "--save", "no/x.md"], "cannot be written (No such file or"),
        (["route", "topik", "-k", "a", "--save", "x.md"], "did you mean topic?"),
        (["demo", "topic", "--follow", "--save", "x.md"], "--follow is for a terminal: leave it"),
        (["workers", "--walk", "--save", "x.md"], "--walk is for a terminal: leave it out, or --"),
        (["walk", "topic", "--save", "x.md"], "there is no option --save"),
    ],
)
def test_is_bad_use_told_in_a_sentence(words: list[str], said: str, tmp_path: Path) -> None:
    """Status 2, one line, nothing printed, and no file."""
    *others, file = words
    done = run(*others, str(tmp_path / file))
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert said in done.stderr
    assert not [*tmp_path.iterdir()]


def test_does_what_is_there_stay(tmp_path: Path) -> None:
    """It is told before anything is done: here a broker would be asked, and there is none."""
    path = tmp_path / "x.svg"
    path.write_text("mine")
    done = run("verify", "--save", str(path))
    assert (done.returncode, done.stdout) == (2, "")
    assert "x.svg is there already: name another file, or remove it." in done.stderr
    assert path.read_text() == "mine"


def test_is_no_file_left_where_no_broker_is(tmp_path: Path) -> None:
    """An error ends it as without --save."""
    done = run("workers", "--save", str(tmp_path / "x.svg"))
    assert (done.returncode, done.stdout) == (3, "")
    assert not [*tmp_path.iterdir()]


def test_is_no_half_of_a_file_left_on_a_full_disk(tmp_path: Path) -> None:
    """Where no more than a kilobyte can be written, there is no file at all."""
    command = f'ulimit -f 1; exec "{sys.executable}" -m routing demo topic --predict --save x.svg'
    done = subprocess.run(
        ["sh", "-c", command],
        cwd=tmp_path,
        env={"PYTHONPATH": str(ROOT), "PATH": os.environ["PATH"], "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert "x.svg cannot be written (File too large): name another file." in done.stderr
    assert not [*tmp_path.iterdir()]


def test_is_no_file_left_after_ctrl_c(broker_url: str, tmp_path: Path) -> None:
    """Status 130, and what was printed until then is gone with it."""
    words = ("verify", "--minutes", "10", "--save", str(tmp_path / "x.txt"))
    running = warm.started(words, env={"AMQP_URL": broker_url}, stderr=subprocess.PIPE)
    assert running.stderr
    next(iter(running.stderr))  # it has begun
    running.send_signal(signal.SIGINT)
    running.communicate(timeout=30)
    assert running.returncode == 130
    assert not [*tmp_path.iterdir()]
