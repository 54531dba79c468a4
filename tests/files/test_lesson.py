"""Is what a person writes wrong in a lesson told in a sentence that leads to it?"""

import os
from pathlib import Path

import pytest

from routing.amqp.errors import BadUse
from routing.files import lesson as lessons
from routing.files.lesson import lesson

GOOD = """\
from routing import Binding, Exchange, ExchangeBinding, Message, Scenario

scenario = Scenario(
    name="mine",
    lesson="The one sentence.",
    exchanges=[
        Exchange("orders", type="topic"),
    ],
    queues=["billing", "audit"],
    bindings=[
        Binding(exchange="orders", queue="billing", binding_key="order.*.paid"),
        Binding(exchange="orders", queue="audit", binding_key="order.#"),
    ],
    messages=[
        Message(exchange="orders", routing_key="order.eu.paid"),
        Message(exchange="orders", routing_key="order.eu"),
    ],
)
"""


ONE = '[\n        Exchange("orders", type="topic"),\n    ]'
SECOND = 'Binding(exchange="orders", queue="audit", binding_key="order.#")'


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in an empty folder."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


WORDLESS = "class E(Exception):\n    def __str__(self):\n        "
"""An error whose own words go wrong; the lesson goes on in that line."""


def told(text: str | bytes) -> str:
    """Save a lesson in this folder, and give what is said of it."""
    content = text.encode() if isinstance(text, str) else text
    Path("mine.py").write_bytes(content)
    with pytest.raises(BadUse) as raised:
        lesson("mine.py")
    return str(raised.value)


def changed(old: str, new: str) -> str:
    """Write the good lesson in another way."""
    assert old in GOOD
    return GOOD.replace(old, new, 1)


@pytest.mark.parametrize(
    ("old", "new", "line", "sentence"),
    [
        (ONE, ONE[1:-7].strip(), 6, "exchanges of Scenario is Exchange(name='orders', "),
        ('["billing", "audit"]', '"a"', 9, "queues of Scenario is 'a', but must be a list, in squ"),
        ('["billing", "audit"]', '["a",\n7]', 10, "queues[1] of Scenario is 7, but must be the n"),
        (SECOND, "('a', 'b')", 12, "bindings[1] of Scenario is ('a', 'b'), but must be a Binding"),
        (
            'Message(exchange="orders", routing_key="order.eu")',
            "'a'",
            16,
            "messages[1] of Scenario",
        ),
        ('Exchange("orders", type="topic")', "'a'", 7, "exchanges[0] of Scenario is 'a', but mus"),
        ('"mine"', "None", 4, "name of Scenario is None, but must be text."),
        ('binding_key="order.#"', "\nbinding_key=7", 13, "binding_key of Binding is 7, but must "),
        ("lesson=", "\nleson=", 6, "Scenario has no leson; did you mean lesson?"),
        ("queues=", "colour=1,\nqueues=", 9, "Scenario has no colour; known: exchanges, queues,"),
        (
            'binding_key="order.#"',
            'routing_key=""',
            12,
            "Binding has no routing_key, but calls it b",
        ),
        (
            'routing_key="order.eu")',
            "binding_key='')",
            16,
            "Message has no binding_key, but calls i",
        ),
        (
            'exchange="orders", queue="audit"',
            "source=''",
            12,
            "Binding has no source, but calls it",
        ),
        ('queue="audit", ', "", 12, "Binding lacks queue: write queue=... in it."),
        ('exchange="orders", queue="audit", ', "", 12, "Binding lacks exchange and queue: write "),
        ('    name="mine",\n', "", 3, "Scenario lacks name: write name=... in it."),
        (
            'name="mine"',
            '"mine"',
            3,
            "Scenario takes nothing without a name, but has 1 values so: ",
        ),
        ('type="topic"', '"topic", {}, True, 1', 7, "Exchange takes name, type, arguments, inter"),
        (
            '"orders", type',
            '"a", name="a", type',
            7,
            "Exchange has name twice, by its place and by ",
        ),
    ],
)
def test_is_a_noun_that_is_made_wrong_told(old: str, new: str, line: int, sentence: str) -> None:
    """With the line of the field, or of the member of its list: what is there, and what must be."""
    assert told(changed(old, new)).startswith(f"mine.py, line {line}: {sentence}")


@pytest.mark.parametrize(
    ("old", "new", "line", "sentence"),
    [
        (
            'queue="billing"',
            'queue="biling"',
            11,
            "Scenario mine, binding 1: there is no queue ",
        ),
        ('queue="billing"', 'queue="billing", arguments={"x-match": "a"}', 11, "Scenario mine, b"),
        ('"orders", routing_key="order.eu")', '"order")', 16, "Scenario mine, message 2: there is"),
        (
            'type="topic"',
            'type="Topic"',
            7,
            "Scenario mine, exchange orders: there is no ",
        ),
        ('"audit"]', '"billing"]', 9, "Scenario mine: queue billing is declared twice; keep one."),
        ('name="mine"', 'name=""', 4, "A scenario has an empty name; give it one."),
    ],
)
def test_is_what_does_not_fit_together_told(old: str, new: str, line: int, sentence: str) -> None:
    """With its line as well."""
    assert told(changed(old, new)).startswith(f"mine.py, line {line}: {sentence}")


def test_is_a_part_found_that_stands_by_itself() -> None:
    """In a list that has a name, too; where a program makes a list up, with the line of that."""
    text = changed("    bindings=[\n", "    bindings=ways,\n    unbound=[\n")
    ways = 'ways = [\n    Binding("orders", "audit"),\n    Binding("orders", "adit"),\n]\n'
    text = text.replace("scenario = ", f"{ways}scenario = ")
    assert told(text).startswith("mine.py, line 5: Scenario mine, binding 2: there is no queue ad")
    text = GOOD.replace("bindings=[", "bindings=[Binding('orders', each) for each in 'ab'] and [")
    text = text.replace('queue="billing"', 'queue="biling"')
    assert told(text).startswith("mine.py, line 10: Scenario mine, binding 1: there is no queue bi")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", " has no scenario: write `scenario = Scenario(...)` in it, as exchange-routing new "),
        (changed("scenario =", "Mine ="), ", line 3: Mine must be called scenario, and be one Sc"),
        (changed("scenario =", "scenarios ="), ", line 3: scenarios must be called scenario, and"),
        (GOOD + "mine = [scenario]\ndel scenario\n", ", line 19: mine must be called scenario, "),
        ("scenario = [1]", ", line 1: scenario is of type list, but must be a Scenario(...)."),
        ("def scenario(): ...", ": scenario is of type function, but must be a Scenario(...)."),
        (f"{GOOD.rstrip()},\n", ", line 3: a comma behind the Scenario makes a list of it; take "),
        ("a = (\n", ", line 1: this is no Python ('(' was never closed): `a = (`; correct that."),
        (GOOD.replace("sent", "s\xe4").encode("latin-1"), ", line 5: this is not UTF-8: save the "),
        (GOOD.encode("utf-16"), ": this is no text in UTF-8: save it as that, or name another "),
        (b"\x89PNG\r\n\0", ": this is no text in UTF-8: save it as that, or name another file."),
        ("\n1 / 0", ", line 2: ZeroDivisionError: division by zero."),
        ("\neval('1 +')", ", line 2: SyntaxError: invalid syntax (<string>, line 1)."),
        ("raise ValueError", ", line 1: ValueError."),
        ("raise ValueError('a' * 10**7)", f", line 1: ValueError: {'a' * 300}...."),
        (f"{WORDLESS}1 / 0\nraise E", ", line 4: E."),
        (f"{WORDLESS}raise SystemExit(0)\nraise E", ", line 4: E."),
        ("raise NameError('a')", ", line 1: NameError: a."),
        ("raise ModuleNotFoundError('a')", ", line 1: ModuleNotFoundError: a."),
        ("import sys\nsys.exit()", ", line 2: the program would end here, but a lesson is only "),
        ("a = 1\nb = input('? ')", ", line 2: nobody types anything in while a lesson is read: "),
        ("Exchange('a', 'topic')", ", line 1: Exchange is not imported: write it behind `from rou"),
        ("from routing import Bindng", ", line 1: routing has no Bindng; did you mean Binding?"),
        ("from json import lods", ", line 1: json has no lods; did you mean loads?"),
        ("import no_such_module", ", line 1: there is no module no_such_module: install it, or "),
        (changed('"topic"', "topic"), ", line 7: there is no name topic: put text in quotes, and "),
        (changed('"order.#"', "true"), ", line 12: there is no name true; did you mean True?"),
        (changed('"order.#"', "null"), ", line 12: there is no name null; did you mean None?"),
        (changed("Exchange(", "Exchnage("), ", line 7: there is no name Exchnage; did you mean "),
    ],
)
def test_is_a_file_that_is_no_lesson_told(text: str | bytes, sentence: str) -> None:
    """What there is, and what must be there instead."""
    assert told(text).startswith(f"mine.py{sentence}")


def test_is_it_told_where_a_file_beside_it_is_wrong(folder: Path) -> None:
    """The one that a lesson imports has the line, and nothing is left of it: it can be mended."""
    (folder / "words.py").write_text("from routing import Binding\n\nB = Binding('a')\n")
    text = f"from words import KEY\n{GOOD}".replace('"order.#"', "KEY")
    assert told(text) == "words.py, line 3: Binding lacks queue: write queue=... in it."
    (folder / "words.py").write_text("KEY = (")
    assert told(text).startswith("words.py, line 1: this is no Python ('(' was never closed)")
    for key in ("a", "b"):
        (folder / "words.py").write_text(f"KEY = '{key}'")
        assert lesson("mine.py").bindings[1].binding_key == key
    assert not [*folder.glob("__pycache__")]


def test_is_a_lesson_read_as_it_was_saved(folder: Path) -> None:
    """As often as it is, in one second and with as many letters."""
    for key in "ab":
        (folder / "mine.py").write_text(GOOD.replace("order.#", key))
        assert lesson("mine.py").bindings[1].binding_key == key


@pytest.mark.parametrize(
    ("word", "sentence"),
    [
        ("notes", "notes is a folder: name a file in it."),
        ("notes.py", "notes.py is a folder: name a file in it."),
        (
            "mine.txt",
            "mine.txt is no lesson: its file ends in .py; another source is a .toml or a .json.",
        ),
    ],
)
def test_is_a_word_told_that_is_there_but_no_lesson(folder: Path, word: str, sentence: str) -> None:
    """A folder, or a file by another name."""
    for name in ("notes", "notes.py"):
        (folder / name).mkdir()
    (folder / "mine.txt").write_text(GOOD)
    with pytest.raises(BadUse) as raised:
        lesson(word)
    assert str(raised.value) == sentence


def test_is_a_copy_told_that_kept_its_name(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In the folder of the lessons; anywhere else there is no other of that name."""
    monkeypatch.setattr(lessons, "FOLDER", folder)
    (folder / "topic.py").write_text(GOOD.replace('"mine"', '"topic"'))
    (folder / "copy.py").write_text(GOOD.replace('"mine"', '"topic"'))
    with pytest.raises(BadUse) as raised:
        lesson("copy")
    assert str(raised.value) == (
        "scenarios/copy.py, line 4: the lesson in scenarios/topic.py is called topic, too, and "
        'terminals would meet by that name: write name="copy".'
    )
    (folder / "deep").mkdir()
    (folder / "copy.py").rename(folder / "deep/copy.py")
    assert lesson(f"deep{os.sep}copy.py").name == lesson("topic").name == "topic"
