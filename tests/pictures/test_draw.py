"""Does draw write a picture in every form, and say what it cannot do?"""

import json
import re
import time
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from subprocess import CompletedProcess

import pytest
import warm
from pictured import HOSTILE, LESSONS, hostile, seen_in

from routing.amqp.notation import write_key
from routing.amqp.versions import NEWEST
from routing.pictures.draw.command import COMMANDS, FORMS
from routing.pictures.draw.drawn import drawn
from routing.pictures.draw.mermaid import mermaid, plain
from routing.pictures.draw.picture import Picture
from routing.view.command_line import parser_of

ROOT = Path(__file__).parents[2]
NOWHERE = {"AMQP_URL": "amqp://127.0.0.1:1/"}
ENDINGS = [*FORMS]


def draw(*words: str) -> CompletedProcess[str]:
    """Call the command."""
    return warm.run(("draw", *words), env=NOWHERE)


@pytest.fixture(scope="module")
def picture() -> Picture:
    """Draw the hostile topology."""
    return drawn(hostile(), NEWEST)


@pytest.mark.parametrize("lesson", LESSONS)
def test_is_every_lesson_drawn(lesson: str, tmp_path: Path) -> None:
    """In the terminal and in each form, with every queue in it."""
    shown = draw(lesson)
    assert (shown.returncode, shown.stderr) == (0, "")
    assert max(map(len, shown.stdout.splitlines())) <= 80
    for ending in ENDINGS:
        path = tmp_path / f"drawn{ending}"
        done = draw(lesson, "--save", str(path))
        assert (done.returncode, done.stdout, done.stderr) == (0, f"Saved as {path}.\n", "")
        text = path.read_text()
        assert all(each in text for each in queues_of(shown.stdout))
    assert (tmp_path / "drawn.txt").read_text().split() == shown.stdout.split()
    assert (tmp_path / "drawn.json").read_text() == draw(lesson, "--json").stdout


def queues_of(shown: str) -> set[str]:
    """Name the queues to which bindings lead."""
    return {each for each in re.findall(r"→ +(\S+)$", shown, re.MULTILINE) if each != "exchange"}


def test_what_does_it_look_like() -> None:
    """By exchange; what is lit has a sign and the reason, and below stands what becomes of it."""
    shown = draw("journey", "-x", "scans", "-k", "home.express").stdout
    assert [line.rstrip() for line in shown.splitlines()] == [
        "published to scans with home.express",
        "scans (topic)",
        "  ●  home.#     →  exchange home    # is express",
        "  ·  abroad.#   →  exchange abroad",
        "  ●  *.express  →  audit            * is home",
        "  ·  alternate  ⇢  exchange strays",
        "home (direct)",
        "  ·  home.city     →  city",
        "  ●  home.express  →  audit  the same key",
        "abroad (topic)",
        "  ·  abroad.europe  →  customs",
        "strays (fanout)",
        "  ·  (empty key)  →  lost",
        "● arrives in audit",
    ]


def test_what_does_it_look_like_without_a_message() -> None:
    """Nothing stands before a binding, and a queue without one is told."""
    assert [line.rstrip() for line in draw("fanout").stdout.splitlines()] == [
        "scores (fanout)",
        "  (empty key)                                →  website",
        "  football.*                                 →  app",
        '  (empty key)  x-match="all"  round="final"  →  archive',
        "queue radio",
        "  (no binding)",
    ]


def test_are_hostile_names_texts_and_nothing_else_in_svg(picture: Picture) -> None:
    """It is well-formed, has no element but its own, leads nowhere, and no name loses a sign."""
    text = FORMS[".svg"](picture)
    root = seen_in(text).root
    names = {each.tag.partition("}")[2] for each in root.iter()}
    assert names == {"svg", "title", "desc", "style", "rect", "g", "path", "text"}
    given = {name for each in root.iter() for name in each.attrib}
    assert not [each for each in given if each.startswith("on") or each.endswith("href")]
    assert re.findall("https?://[^\"' ]+|url\\(|@import|@font", text) == [
        "http://www.w3.org/2000/svg"
    ]
    shown = "".join(each.text or "" for each in root.iter() if each.tag.endswith("text"))
    described = next(each.text or "" for each in root.iter() if each.tag.endswith("desc"))
    for name in HOSTILE:
        written = write_key(name.replace("\n", ""))
        assert "".join(written.split()) in "".join(shown.split())
        assert written in described


class Tags(HTMLParser):
    """Notes the tags and the texts of a page."""

    def __init__(self) -> None:
        """Begin with none."""
        super().__init__()
        self.tags: set[str] = set()
        self.texts: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a tag; none may do anything."""
        self.tags.add(tag)
        assert not [name for name, _ in attrs if name.startswith("on") or name in ("href", "src")]

    def handle_data(self, data: str) -> None:
        """Note a text."""
        self.texts.append(data)


def test_are_hostile_names_texts_and_nothing_else_in_a_page(picture: Picture) -> None:
    """No script, no link; each name stands in the table as it is."""
    page = Tags()
    page.feed(FORMS[".html"](picture))
    assert not page.tags & {"script", "link", "img", "iframe", "object", "a", "base"}
    assert {"svg", "table", "title"} <= page.tags
    assert {write_key(name.replace("\n", "")) for name in HOSTILE} <= {*page.texts}


def test_are_hostile_names_texts_and_nothing_else_in_mermaid(picture: Picture) -> None:
    """Each line is one box or one arrow; what is escaped reads as before."""
    lines = mermaid(picture).splitlines()
    text = r"(?:[^\W_]|[ .-]|#\d+;|<br>)*"
    box = rf'  \w+(?:\("{text}"\)|\[\["{text}"\]\]|\["{text}"\])(?::::\w+)?'
    arrow = rf'  \w+ (?:-->|==>|-\.->)\|"{text}"\| \w+'
    known = rf"flowchart LR|  accTitle: {text}|{box}|{arrow}|  classDef [\w ,:;#-]+"
    assert [line for line in lines if not re.fullmatch(known, line)] == []
    assert sum("-->|" in line for line in lines) == len(picture.arrows)
    for name in HOSTILE:
        assert re.sub(r"#(\d+);", lambda found: chr(int(found[1])), plain(name)) == name
        assert not re.match(r"\d+\.|[-+*>]", plain(name))


def test_is_nothing_in_markdown_but_one_block(picture: Picture) -> None:
    """It begins and ends the file, and nothing within it ends it."""
    first, *lines, last = FORMS[".md"](picture).splitlines()
    assert (first, last) == ("```mermaid", "```")
    assert "\n".join(lines) + "\n" == mermaid(picture)
    assert not [line for line in lines if "`" in line]


def test_are_hostile_names_texts_and_nothing_else_in_dot(picture: Picture) -> None:
    """Without its quoted texts only its own words are left; and each text reads as before."""
    text = FORMS[".dot"](picture)
    quoted = re.findall(r'"((?:[^"\\]|\\.)*)"', text, re.DOTALL)
    rest = re.sub(r'"(?:[^"\\]|\\.)*"', "T", text, flags=re.DOTALL)
    node = r"  \w+ \[label=T, shape=box, (style=rounded|peripheries=2)\];"
    edge = r"  \w+ -> \w+ \[label=T, style=\w+\];"
    known = rf"digraph routing \{{|\}}|  rankdir=LR; .*|  node .*|{node}|{edge}"
    assert [line for line in rest.splitlines() if not re.fullmatch(known, line)] == []
    lines = {line for each in quoted for line in as_graphviz_reads(each).split("\n")}
    assert {write_key(name.replace("\n", "")) for name in HOSTILE} <= lines


def as_graphviz_reads(text: str) -> str:
    """Read what stands between quotes: escapes first, and then what HTML has names for."""
    plain = re.sub(r"\\(.)", lambda found: "\n" if found[1] == "n" else found[1], text)
    return unescape(plain)


def test_does_a_terminal_get_nothing_but_text(tmp_path: Path) -> None:
    """Names fold at 80 columns, and lose nothing."""
    source = tmp_path / "x.json"
    long = "x" * 255
    source.write_text(
        json.dumps(
            {
                "exchanges": [{"name": "\u001b[31m", "vhost": "/", "type": "fanout"}],
                "queues": [{"name": long, "vhost": "/"}],
                "bindings": [],
                "vhosts": [{"name": "/"}],
            }
        )
    )
    shown = draw(str(source)).stdout
    assert max(map(len, shown.splitlines())) <= 80
    assert long in shown.replace("\n", "").replace(" ", "")
    assert "\\u001b[31m" in shown
    assert shown.replace("\n", "").isprintable()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["topic", "--save", "x.png"], "x.png does not end as a picture does: end it in .svg, .ht"),
        (["topic", "--save", "x"], "x does not end as a picture does"),
        (["topic", "--save", "no/where/x.svg"], "cannot be written (No such file or directory)"),
        (["topic", "--save", "scenarios/x/../../README.md"], "cannot be written"),
        (["topic", "--save", "README.md"], "README.md is there already"),
        (["topic", "--around", "bilin"], "there is no queue or exchange bilin; did you mean bill"),
        (["topik"], "did you mean topic?"),
        (["topic", "-H", "x:int=y"], "x"),
        (["topic", "--rabbitmq", "x"], "is not a RabbitMQ version"),
    ],
)
def test_is_bad_use_told_in_a_sentence(words: list[str], said: str) -> None:
    """Status 2, one line, and no file."""
    before = (ROOT / "README.md").read_bytes()
    done = draw(*words)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert said in done.stderr
    assert (ROOT / "README.md").read_bytes() == before


def test_is_it_told_that_there_is_nothing(tmp_path: Path) -> None:
    """An empty topology is drawn in each form, too."""
    path = tmp_path / "empty.json"
    path.write_text('{"vhosts": [{"name": "/"}], "exchanges": [], "queues": [], "bindings": []}')
    assert draw(str(path)).stdout == "nothing is declared\n"
    for ending in ENDINGS:
        assert draw(str(path), "--save", str(tmp_path / f"x{ending}")).returncode == 0
        assert "nothing" in (tmp_path / f"x{ending}").read_text()


def test_is_3_where_no_broker_is() -> None:
    """A management page that does not answer is told."""
    assert draw("http://127.0.0.1:1").returncode == 3


def test_is_a_message_that_nobody_takes_drawn_too() -> None:
    """Status 0: it is drawn; and where the exchange is not there, the near one is named."""
    done = draw("topic", "-x", "order", "-k", "a")
    assert done.returncode == 0
    assert "did you mean orders?" in done.stdout
    done = draw("surprises", "-x", "events", "-k", "refund")
    assert done.returncode == 0
    assert "! dropped, no queue takes it" in done.stdout


def test_are_ten_thousand_bindings_drawn_at_once(tmp_path: Path) -> None:
    """Counted, and within three seconds of this process's time."""
    queues = [f"q{n}" for n in range(2000)]
    bindings = [(f"x{n % 5}", queues[n % 2000], f"a.{n}") for n in range(10_000)]
    here = {"vhost": "/"}
    given = {
        "vhosts": [{"name": "/"}],
        "exchanges": [{"name": f"x{n}", "type": "topic", **here} for n in range(5)],
        "queues": [{"name": queue, **here} for queue in queues],
        "bindings": [
            {
                "source": source,
                "destination": queue,
                "destination_type": "queue",
                "routing_key": key,
                "arguments": {},
                **here,
            }
            for source, queue, key in bindings
        ],
    }
    path = tmp_path / "large.json"
    path.write_text(json.dumps(given))
    words = [str(path), "--save", str(tmp_path / "large.svg")]
    begun = time.process_time()
    assert COMMANDS["draw"].run(parser_of("draw", COMMANDS["draw"]).read(words)) == 0
    assert time.process_time() - begun < 3
    assert (tmp_path / "large.svg").read_text().count("2,000 bindings") == 10  # and in its words
