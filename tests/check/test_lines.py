"""Is each line of a file that others wrote a case, or a fault that names it, and nothing else?"""

import json
from pathlib import Path
from random import Random
from typing import Any

import pytest

from routing.amqp.errors import BadUse
from routing.amqp.json_value import MOST_NESTED
from routing.amqp.versions import NEWEST
from routing.check.check import check
from routing.files.cases import Case, Place, write_case
from routing.files.lines import Fault, only_cases, read_file, read_lines

VECTORS = Path(__file__).parents[1] / "vectors/versions.jsonl"
LINE = next(line for line in VECTORS.open(encoding="utf-8") if '"CC"' in line).strip()
MOST = 400
"""The letters that the report of a line has at the most."""


def read(line: str | bytes) -> Case | Fault:
    """Read one line."""
    [found] = read_lines([line if isinstance(line, bytes) else line.encode()], "mine.jsonl")
    return found


def case_with(**changes: object) -> str:
    """Write a good line with some of its entries changed, or with None taken out."""
    entries = json.loads(LINE) | changes
    return json.dumps({name: value for name, value in entries.items() if value is not None})


def with_header(value: object) -> str:
    """Write a good line with one header."""
    return case_with(publish={"exchange": "x", "routing_key": "", "headers": {"a": value}})


def with_binding(**changes: object) -> str:
    """Write a good line with two bindings, of which the second has some entries changed."""
    good = {
        "source": "x",
        "destination": "q",
        "destination_type": "queue",
        "routing_key": "",
        "arguments": {},
    }
    return case_with(bindings=[good, good | changes])


def with_outcome(**entries: object) -> str:
    """Write a good line with one outcome."""
    return case_with(outcome={"4.3.6": entries})


def typed(kind: str, depth: int) -> dict[str, Any]:
    """Put so many arrays or tables into each other, with their type written out."""
    inner = [typed(kind, depth - 1)] if depth > 1 else []
    return {"!type": kind, "value": inner if kind == "array" else [["a", each] for each in inner]}


def nested(depth: int) -> dict[str, Any]:
    """Put so many tables into each other."""
    return {"a": nested(depth - 1)} if depth > 1 else {}


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("{", "this is no JSON (Expecting property name enclosed in double quotes, column 2)"),
        (b'{"id": "\xff"}', "its byte 9 is not UTF-8"),
        ("[]", "a case must be an object, not []"),
        ("{}", "id is missing"),
        ("[" * 3000 + "]" * 3000, "it is nested too deep"),
        ("[" * 100_000, "it is nested too deep"),
        (case_with(queues=None), "queues is missing"),
        (case_with(queues=["q", 1]), "a queue must be text, not 1"),
        (case_with(queues=["q" * 256]), "a queue has 256 bytes, but 255 are the most"),
        (case_with(outcome={}), "outcome names no version"),
        (case_with(outcome={"new": {"queues": []}}), "'new' is not a RabbitMQ version"),
        (
            case_with(outcome={"4.3": {"queues": []}, "4.3.0": {"queues": []}}),
            "outcome names 4.3.0 twice",
        ),
        (case_with(outcome={"9" * 5000: {"queues": []}}), f'"{"9" * 59}... is not a RabbitMQ'),
        (with_outcome(queues=[], returned=1), 'outcome 4.3.6: an outcome has no entry "returned"'),
        (
            with_outcome(queues=[], error={"at": "bnd", "code": 404}),
            'outcome 4.3.6: at is "bnd", not declare, bind, publish',
        ),
        (with_outcome(queues=[], error={"at": "bind", "code": True}), "code must be a number"),
        (
            with_outcome(queues=[], error={"at": "bind", "code": 404, "why": ""}),
            'an error has no entry "why"',
        ),
        (case_with(publish={"exchange": "x"}), "publish: routing_key is missing"),
        (
            case_with(publish={"exchange": "x", "routing_key": "é" * 128}),
            "publish: routing_key has 256 bytes, but 255 are the most",
        ),
        (
            case_with(publish={"exchange": "x", "routing_key": "", "header": {}}),
            'publish: a message has no entry "header" (did you mean headers?)',
        ),
        (
            case_with(exchanges=[{"name": "x", "type": "topic", "alternate": "y"}]),
            'exchange 1: an exchange has no entry "alternate" (known: name, type, arguments',
        ),
        (case_with(exchanges=[{"name": "x", "type": "t" * 256}]), "exchange 1: type has 256 bytes"),
        (
            with_binding(argments={}),
            'binding 2: a binding has no entry "argments" (did you mean arguments?)',
        ),
        (with_binding(destination="q" * 256), "binding 2: destination has 256 bytes"),
        (with_binding(arguments={"n" * 256: 1}), "binding 2: the name of a value has 256 bytes"),
        (
            with_binding(destination_type="topic"),
            'binding 2: destination_type is "topic", not queue or exchange',
        ),
        (case_with(queus=[]), 'a case has no entry "queus" (did you mean queues?)'),
        (LINE[:-1] + ', "id": "again"}', '"id" comes twice in one object'),
        (LINE.replace('"id": "', '"id": "\\ud800'), '"\\ud800" is half of a surrogate pair'),
        (with_header(0).replace('"a": 0', '"a": 1' + "0" * 5000), "a number of too many digits"),
        (with_header(2**63), "9223372036854775808 is no int64"),
        (with_header(nested(MOST_NESTED + 1)), "a value lies in more than 100 lists and tables"),
        (with_header(nested(400)), "a value lies in more than 100 lists and tables"),
        (with_header(typed("array", MOST_NESTED + 2)), "a value lies in more than 100 lists"),
        (with_header(typed("table", MOST_NESTED + 2)), "a value lies in more than 100 lists"),
        (with_header(1.5), "1.5 could be a float32 or a float64"),
        (with_header({"!type": "int8", "value": 300}), "300 is no int8"),
        (with_header({"!type": "int8", "value": True}), "true is no int8"),
        (with_header({"!type": "int9", "value": 3}), 'there is no field type "int9"'),
        (with_header({"!type": "int8", "valu": 3}), 'has no entry "valu" (did you mean value?)'),
        (with_header({"!type": "longstr", "value": 3}), "3 is no longstr"),
        (with_header({"!type": "bool", "value": "no"}), '"no" is no bool'),
        (with_header({"!type": "decimal", "value": [1]}), "[1] is no decimal"),
        (with_header({"!type": "array", "value": "ab"}), '"ab" is no array'),
        (with_header({"!type": "table", "value": ["ab"]}), 'an entry must be a list, not "ab"'),
        (with_header({"!type": "table", "value": [["a"]]}), '[["a"]] is no table'),
        (case_with(**{"\x1b[2J\n" * 99: 1}), 'a case has no entry "\\u001b[2J\\n\\u001b[2J'),
    ],
)
def test_is_the_fault_of_a_line_told(line: str | bytes, said: str) -> None:
    """In a short sentence with file and number; it quotes nothing that a terminal would obey."""
    good = LINE.encode()
    lines = [good, b"", line if isinstance(line, bytes) else line.encode(), good]
    before, fault, after = read_lines(lines, "mine.jsonl")
    assert isinstance(before, Case)
    assert isinstance(after, Case)
    assert isinstance(fault, Fault)
    assert fault.place == Place("mine.jsonl", 3)
    assert str(fault).startswith("mine.jsonl, line 3: ")
    assert said in fault.text
    assert len(fault.text) < MOST
    assert fault.text.isprintable()


@pytest.mark.parametrize(
    "line",
    [
        case_with(note="mine", why=["a"], predicted={}, observed=None, agrees=True, changes=False),
        "\ufeff" + LINE + "\r",
        case_with(note=nested(300)),
        with_header(nested(MOST_NESTED)),
        with_header(typed("array", MOST_NESTED)),
        with_header(-(2**63)),
        with_header({"!type": "float32", "value": 1}),
        with_header({"!type": "table", "value": [["b", 1], ["b", 2]]}),
        case_with(queues=["é" * 127], publish={"exchange": "", "routing_key": "k" * 255}),
    ],
)
def test_is_a_case_a_case(line: str) -> None:
    """With remarks, with what commands write beside it, and with the most that fits."""
    found = read(line)
    assert isinstance(found, Case), found
    assert found.place == Place("mine.jsonl", 1)
    again = read(write_case(found))
    assert isinstance(again, Case)
    assert write_case(again) == write_case(found)


def test_can_what_is_nested_most_be_checked() -> None:
    """It is compared, written and shown."""
    found = read(with_header(typed("table", MOST_NESTED)))
    assert isinstance(found, Case), found
    [checked] = check([found], NEWEST)
    assert str(checked.route)
    assert checked.route.why


def test_what_does_a_command_that_needs_every_line_say_of_a_bad_one() -> None:
    """It names the first, and how many there are besides."""
    good, bad = LINE.encode(), b"{}"
    assert only_cases(read_lines([good, good], "f"))
    with pytest.raises(BadUse, match=r"^f, line 2: id is missing; correct that line\.$"):
        only_cases(read_lines([good, bad], "f"))
    with pytest.raises(BadUse, match=r"correct that line; 2 more cannot be read, either\.$"):
        only_cases(read_lines([bad, good, bad, bad], "f"))


def test_is_a_file_named_without_commanding_the_terminal(tmp_path: Path) -> None:
    """Its name may have any letter."""
    file = tmp_path / "a\x1b[2J\nb"
    file.write_text("{}\n")
    [fault] = read_file(str(file))
    assert str(fault) == f'"{tmp_path}/a\\u001b[2J\\nb", line 1: id is missing'


def parts_of(value: Any) -> list[Any]:
    """List the objects and lists in a JSON value, and itself."""
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    found = [part for each in inner for part in parts_of(each)]
    return [value, *found] if isinstance(value, dict | list) else found


ODD: tuple[Any, ...] = (
    None,
    True,
    -1,
    1.5,
    2**70,
    "",
    "#",
    "\x1b[2J",
    "é" * 200,
    [],
    {},
    [[]],
    {"!type": 1},
)


def mutated(random: Random, line: str) -> bytes:
    """Drop, double, exchange or wrap one part of a line, or cut or spoil its bytes."""
    whole = json.loads(line)
    part = random.choice([each for each in parts_of(whole) if each])
    key = random.choice(list(part) if isinstance(part, dict) else range(len(part)))
    match random.randrange(6):
        case 0:
            del part[key]
        case 1 if isinstance(part, list):
            part.append(part[key])
        case 1:
            part[f"{key}s"] = part[key]
        case 2:
            part[key] = random.choice(ODD)
        case 3:
            part[key] = random.choice(([part[key]], {"a": part[key]}, nested(200)))
        case 4:
            return line.encode()[: random.randrange(1, len(line))]
        case 5:
            place = random.randrange(len(line))
            return line.encode()[:place] + random.randbytes(2) + line.encode()[place + 1 :]
    return json.dumps(whole).encode()


def test_does_any_line_lead_to_a_case_or_a_fault() -> None:
    """Of 300 lines with something changed at random none hinders the others, or what is checked."""
    random = Random(4)  # noqa: S311 - the same on every run
    lines = VECTORS.read_text(encoding="utf-8").splitlines()
    changed = [mutated(random, random.choice(lines)).replace(b"\n", b" ") for _ in range(300)]
    mixed = [each for line in changed for each in (line, LINE.encode())]
    found = list(read_lines(mixed, "mine.jsonl"))
    assert [each.place.line for each in found] == [
        number for number, line in enumerate(mixed, 1) if line.strip()
    ]
    faults = [each for each in found if isinstance(each, Fault)]
    assert 100 < len(faults) < 280
    assert all(each.text.isprintable() and len(each.text) < MOST for each in faults)
    results = check([each for each in found if isinstance(each, Case)], NEWEST)
    assert len(results) + len(faults) == len(found)
    assert all(each.route.why is not None and str(each.route) for each in results)
