"""Is what was converted the same topology, with the same routes, once it is read again?"""

import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from routing.amqp.errors import BadUse
from routing.amqp.json_form import message_as_json, topology_as_json
from routing.amqp.names import as_kept
from routing.amqp.topology import Binding, Exchange, Message, Scenario, Topology
from routing.amqp.values import Repeated, Typed
from routing.amqp.versions import TRIED
from routing.convert.definitions import definitions
from routing.convert.lesson import lesson_text
from routing.convert.toml import toml
from routing.files.lesson import FIRST, lesson
from routing.files.reading import of_text, read_source
from routing.files.source import Expected, Source
from routing.play.together import Trial
from routing.rules.loaded import loaded
from routing.rules.predict import route_through
from routing.verify.draw import draw_round


def unsaid(_: str) -> None:
    """Take a note and do nothing with it."""


def drawn() -> Iterator[tuple[Trial, Source]]:
    """Draw topologies with their messages."""
    for seed in range(20):
        for trial in draw_round(f"there and back {seed}", 5, real=True):
            yield trial, Source("x", trial.topology, [Expected(each) for each in trial.messages])


def routes(topology: Topology, trial: Trial) -> list[object]:
    """Tell where all messages go on each version."""
    ready = [loaded(topology, version).ready for version in TRIED]
    told = [route_through(each, message) for each in ready for message in trial.messages]
    return [(each.queues, each.returned, each.undecided) for each in told]


def form(topology: Topology) -> dict[str, Any]:
    """Give a topology in a form in which values of one type are the same."""
    return topology_as_json(topology)


def sent(source: Source) -> list[dict[str, Any]]:
    """Give the messages of a source in such a form."""
    return [message_as_json(each.message) for each in source.messages]


def test_does_toml_hold_all_of_it() -> None:
    """Values of every type, names with line breaks, headers of one name; the messages, too."""
    for trial, source in drawn():
        back = of_text("x.toml", toml(source, "/", unsaid).encode(), None)
        assert form(back.topology) == form(replace(trial.topology, unbound=()))
        assert sent(back) == sent(source)
        assert routes(back.topology, trial) == routes(trial.topology, trial)


def in_the_end(topology: Topology) -> Topology:
    """Give what a broker has of a topology in the end, under the names that it keeps."""
    return as_kept(replace(topology, unbound=()))


def refused(source: Source, path: Path, notes: list[str]) -> str:
    """Save a lesson, or give the sentence with which none can be made of a source."""
    try:
        path.write_text(lesson_text(source, "/", notes.append))
    except BadUse as fault:
        return str(fault)
    return ""


def test_does_a_lesson_hold_all_that_can_be_played(tmp_path: Path) -> None:
    """What cannot is left out with a word, or all of it refused with the place."""
    path = tmp_path / "mine.py"
    ended: Counter[str] = Counter()
    for trial, source in drawn():
        notes: list[str] = []
        if refusal := refused(source, path, notes):
            assert refusal.startswith("Scenario x")
            ended["refused"] += 1
            continue
        back = read_source(str(path))
        ended["without" if notes else "whole"] += 1
        if not notes:
            assert form(in_the_end(back.topology)) == form(in_the_end(trial.topology))
            assert sent(back) == sent(source)
            assert routes(back.topology, trial) == routes(trial.topology, trial)
    assert ended["whole"] > 50
    assert ended["without"] > 20


def test_do_definitions_hold_what_they_do_not_tell_of() -> None:
    """Each binding is there, or its number is told; without those the routes are the same."""
    whole = without = 0
    for trial, source in drawn():
        notes: list[str] = []
        text = definitions(source, "/", notes.append)
        lost = {int(n) for each in notes for n in re.findall(r"left out, binding (\d+)", each)}
        kept = [b for n, b in enumerate(trial.topology.bindings, 1) if n not in lost]
        back = of_text("x.json", text.encode(), None)
        assert definitions(back, "/", unsaid) == text
        if not any(each.startswith("Left out of exchange") for each in notes):
            held = replace(trial.topology, bindings=kept)
            assert routes(back.topology, trial) == routes(held, trial)
        whole, without = whole + (not lost), without + bool(lost)
    assert min(whole, without) > 20


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (None, "definitions have no void"),
        (Typed("int8", 1), "no int8"),
        (b"b", "no bytes"),
        (Typed("timestamp", 1), "no timestamp"),
        (Decimal("1.5"), "no decimal"),
        (float("nan"), "no nan"),
        ([1], "no int32 within a list or table"),
        ({"b": True, "a": True}, "do not keep the order of names"),
        (Typed("table", [("a", True), ("a", True)]), "do not keep the order of names"),
        ({f"{n:02}": True for n in range(33)}, "do not keep the order of names"),
        (Typed("longstr", b"\xff"), "no text that is no Unicode"),
        ({"a": [Typed("float32", 1.5)]}, "no float32 within"),
    ],
)
def test_what_do_definitions_not_hold(value: Any, said: str) -> None:
    """The binding is left out, and why is told with its number; the others stay."""
    held: dict[str, Any] = {"b": {"B": "b", "a": {f"{n:02}": True for n in range(32)}, "é": -0.5}}
    bindings = [Binding("x", "q", "", {"a": value}), Binding("x", "q", "", held)]
    topology = Topology(exchanges=[Exchange("x", "headers")], queues=["q"], bindings=bindings)
    notes: list[str] = []
    whole = json.loads(definitions(Source("x", topology), "/", notes.append))
    assert [each["arguments"] for each in whole["bindings"]] == [held]
    [note] = notes
    assert note.startswith("left out, binding 1: a=")
    assert said in note


def test_are_shipped_lessons_written_as_they_are(tmp_path: Path) -> None:
    """But for their comments, and for what their layout says twice."""
    for name in FIRST:
        written = tmp_path / f"{name}.py"
        written.write_text(lesson_text(read_source(name), "/", unsaid))
        assert lesson(str(written)) == lesson(name)


def test_is_odd_text_of_a_lesson_kept(tmp_path: Path) -> None:
    """Quotes, signs that do not print, and values that Python has no sign for."""
    odd = 'a"b\'c\\\x1b[31m\n\u202e{x}"""'
    headers = Repeated([("n", Typed("float64", float("nan"))), ("n", odd), ("m", (odd,))])
    scenario = Scenario(
        name="x",
        lesson=odd,
        exchanges=[Exchange("x", "fanout")],
        queues=["q"],
        messages=[Message("x", odd, headers, odd)],
    )
    source = Source("x", scenario, [Expected(each) for each in scenario.messages])
    text = lesson_text(source, "/", unsaid)
    assert text.replace("\n", "").isprintable()
    (tmp_path / "x.py").write_text(text)
    back = lesson(str(tmp_path / "x.py"))
    assert (back.lesson, back.messages[0].body) == (odd, odd)
    assert message_as_json(back.messages[0]) == message_as_json(scenario.messages[0])
    again = of_text("x.toml", toml(source, "/", unsaid).encode(), None)
    assert sent(again) == sent(source)
    assert toml(source, "/", unsaid).replace("\n", "").isprintable()
