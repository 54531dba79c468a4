"""Criteria that read the same, and are not."""

from collections import defaultdict
from collections.abc import Iterator

from routing.amqp.notation import write_exchange, write_key, write_value
from routing.amqp.topology import AnyBinding
from routing.amqp.values import Value, text_of, typed
from routing.analysis.lint.finding import Finding
from routing.analysis.lint.subject import Subject
from routing.analysis.net import place_of
from routing.convert.refused import named
from routing.rules.matching import criteria


def near_misses(subject: Subject) -> Iterator[Finding]:
    """List criteria that ask for a text where another binding asks for what reads the same."""
    asked: defaultdict[tuple[str, str, str], list[tuple[AnyBinding, Value]]] = defaultdict(list)
    for binding in subject.bindings:
        if subject.type_of(binding) == "headers":
            for name, value in criteria(binding).items():
                if reads := reading(value):
                    asked[binding.source, name, reads].append((binding, value))
    for (exchange, name, _), found in asked.items():
        texts = [each for each in found if typed(each[1]).type == "longstr"]
        others = [each for each in found if typed(each[1]).type != "longstr"]
        for binding, value in texts:
            elsewhere = [each for each in others if place_of(each[0]) != place_of(binding)]
            if not elsewhere:
                continue
            other, wanted = elsewhere[0]
            where = subject.source.aside(other)
            said = f"{write_key(name)} is to be {write_value(value)} here, and "
            said += f"{write_value(wanted)} elsewhere on {write_exchange(exchange)}{where}"
            yield Finding("type-near-miss", named(binding), said, subject.spot(binding))


def reading(value: Value) -> str | None:
    """Give how a value reads to people, if it may be taken for one of another type."""
    field = typed(value)
    if field.type == "longstr":
        return as_number(text_of(field))
    if field.type == "bool":
        return "true" if field.value else "false"
    return as_number(str(field.value)) if isinstance(field.value, int | float) else None


def as_number(text: str) -> str:
    """Write a text that is a number as such, and another one in small letters."""
    try:
        return f"{float(text):g}"
    except ValueError:
        return text.lower()
