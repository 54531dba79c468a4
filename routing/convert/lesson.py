"""A topology as the file of a lesson, laid out as those that are shipped."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import MISSING, fields
from pathlib import Path
from typing import Any, Final

from routing.amqp.errors import BadUse
from routing.amqp.notation import write_key
from routing.amqp.topology import Noun, Scenario
from routing.amqp.values import Repeated, Typed, Value, is_finite, typed
from routing.amqp.versions import NEWEST
from routing.convert.definitions import Note
from routing.files import scenario as playable
from routing.files.source import Source
from routing.rules.validity import validate, validate_queue

WIDTH: Final = 100

LESSON: Final = '''\
"""A topology, and messages to play with.

Edit what follows, and see it: exchange-routing demo FILE.
"""

from routing import {names}, play_file

{scenario}

if __name__ == "__main__":
    play_file(__file__)
'''

NAME: Final = re.compile("[A-Za-z][A-Za-z0-9_-]*")

PUBLIC: Final = ("Binding", "Exchange", "ExchangeBinding", "Message", "Repeated", "Scenario")
"""What a lesson may import; Typed comes after these."""


def lesson_text(source: Source, _: str, note: Note) -> str:
    """Write the file of a lesson."""
    scenario = scenario_of(source, note)
    text = "\n".join(lines("scenario = ", scenario, 0, ""))
    names = [name for name in (*PUBLIC, "Typed") if re.search(rf"\b{name}\(", text)]
    return LESSON.format(names=", ".join(names), scenario=text)


def scenario_of(source: Source, note: Note) -> Scenario:
    """Make a lesson of a source; what cannot be played of it is left out.

    Raises BadUse where the rest cannot be played, either.
    """
    topology = source.topology
    if source.policies or source.operator_policies:
        note("A lesson holds no policies.")
    if any(each.outcome for each in source.messages):
        note("A lesson does not hold which queues are expected.")
    stem = Path(source.shown).stem
    scenario = Scenario(
        name=getattr(topology, "name", stem if NAME.fullmatch(stem) else "mine"),
        lesson=getattr(topology, "lesson", "Which queues get which messages?"),
        exchanges=topology.exchanges,
        queues=topology.queues,
        bindings=topology.bindings,
        unbound=topology.unbound,
        queue_arguments=dict(arguments_held(source, note)),
        rejecting=topology.rejecting,
        messages=[each.message for each in source.messages],
    )
    try:
        validate(scenario)
    except BadUse:
        return what_can_be_played(source, note)
    except (ValueError, ArithmeticError, RecursionError) as error:
        raise BadUse(f"{source.shown} has a value that AMQP cannot carry: {error}.") from error
    return scenario


def arguments_held(source: Source, note: Note) -> Iterator[tuple[str, Mapping[str, Value]]]:
    """Give the arguments of those queues in which a lesson lets messages die as they say."""
    for queue, arguments in source.arguments.items():
        try:
            validate_queue(f"queue {write_key(queue)}", arguments)
        except BadUse as why:
            note(f"A lesson holds no such arguments: {why}")
        else:
            yield queue, arguments


def what_can_be_played(source: Source, note: Note) -> Scenario:
    """Make a lesson of the rest, and say what that is without.

    Raises BadUse where that cannot be played, either.
    """
    scenario = playable.scenario_of(source, NEWEST)
    validate(scenario)
    for said in scenario.lesson.splitlines()[1:]:
        note(said)
    return scenario


Parts = tuple[str, list[tuple[str, Any]], str]
"""What stands at the beginning, the members, each with what goes before it, and the end."""


def lines(before: str, value: Any, depth: int, after: str = ",") -> list[str]:
    """Write a value, over several lines where it is too long for one, and a lesson in any case."""
    (begin, members, end), margin = parts_of(value), " " * 4 * depth
    whole = f"{margin}{before}{flat(value)}{after}"
    if not members or (len(whole) <= WIDTH and not isinstance(value, Scenario)):
        return [whole]
    inner = [line for name, each in members for line in lines(name, each, depth + 1)]
    return [f"{margin}{before}{begin}", *inner, f"{margin}{end}{after}"]


def flat(value: Any) -> str:
    """Write a value in one line."""
    begin, members, end = parts_of(value)
    inner = ", ".join(f"{name}{flat(each)}" for name, each in members)
    return f"{begin}{inner}{end}"


def parts_of(value: Any) -> Parts:
    """Take a value apart as it is written in Python; what has no parts is its beginning."""
    match plain(value):
        case Noun() as noun:
            return f"{type(noun).__name__}(", arguments_of(noun), ")"
        case Repeated() as table:
            return "Repeated(", [("", list(table.pairs))], ")"
        case Typed() as field if field.type.startswith("float") and not is_finite(field):
            return f'Typed("{field.type}", float("{field.value}"))', [], ""
        case Typed() as field:
            return "Typed(", [("", field.type), ("", field.value)], ")"
        case Mapping() as table:
            return "{", [(f"{quoted(name)}: ", each) for name, each in table.items()], "}"
        case list() as items:
            return "[", [("", each) for each in items], "]"
        case tuple() as items:
            return "(", [("", each) for each in items], ",)" if len(items) == 1 else ")"
        case str() | bytes() as text:
            return quoted(text), [], ""
        case float() as number:
            return repr(number).replace("e+", "e"), [], ""
        case other:
            return repr(other), [], ""


def arguments_of(noun: Noun) -> list[tuple[str, Any]]:
    """List the fields of a noun that are not as they are without being named."""
    given = []
    first = ("name", "lesson")
    every = fields(noun)  # type: ignore[arg-type]  # every noun is a dataclass
    for field in sorted(every, key=lambda field: field.name not in first):
        value = getattr(noun, field.name)
        assumed = field.default if field.default_factory is MISSING else field.default_factory()
        by_place = type(noun).__name__ == "Exchange" and field.name == "name"
        if value != assumed:
            given.append(("" if by_place else f"{field.name}=", value))
    return given


def plain(value: Any) -> Any:
    """Give a value in Python's own type, where that stands for the same type of AMQP."""
    if isinstance(value, Noun | Repeated | list | tuple):
        return value
    field = typed(value)
    if field.type == "float64" and not is_finite(field):
        return field  # a lesson takes it only with its type
    if field.type == "table" and len(dict(field.value)) == len(field.value):
        return dict(field.value)
    same = field.type == "array" or typed(field.value) == field
    return field.value if same else field


def quoted(text: str | bytes) -> str:
    """Write text in double quotes, where it has none in it."""
    written = repr(text)
    return written if '"' in written else written.replace("'", '"')
