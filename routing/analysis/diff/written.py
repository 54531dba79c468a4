"""What differs, as JSON for programs, and as a table to paste into a pull request."""

from collections.abc import Iterator, Sequence, Set
from typing import Any

from routing.amqp.json_form import binding_as_json, exchange_as_json, message_as_json
from routing.amqp.notation import write_exchange, write_key, write_table
from routing.amqp.topology import AnyBinding, Exchange, Message
from routing.analysis.diff.differences import Change, Difference
from routing.files.source import Source

Sources = tuple[Source, Source]
"""The old one and the new one, in which bindings have their places."""


def as_json(found: Difference, sources: Sources) -> dict[str, Any]:
    """Write what differs for one exchange."""
    return {
        "exchange": found.exchange,
        "relation": found.relation,
        "changes": [change_as_json(each, sources) for each in found.changes],
        "undecided": [*found.undecided],
    }


def change_as_json(change: Change, sources: Sources) -> dict[str, Any]:
    """Write one kind of message."""
    return {
        "message": message_as_json(change.message),
        "before": sorted(change.before),
        "after": sorted(change.after),
        "meant": bool(change.meant),
        "removed": [placed(each, sources[0]) for each in change.removed],
        "added": [placed(each, sources[1]) for each in change.added],
        "exchanges": [
            {
                "before": before and exchange_as_json(before),
                "after": after and exchange_as_json(after),
            }
            for before, after in change.exchanges
        ],
    }


def placed(binding: AnyBinding, source: Source) -> dict[str, Any]:
    """Write a binding and where it stands."""
    spot = source.spot(binding)
    return binding_as_json(binding) | {"at": None if spot is None else str(spot)}


def markdown(found: Sequence[Difference], sources: Sources) -> Iterator[str]:
    """Write a table, line by line."""
    yield "| exchange | message | before | after | because of |"
    yield "|---|---|---|---|---|"
    for each in found:
        name = write_exchange(each.exchange)
        if not each.changes:
            yield row(name, "*", each.relation, "", "; ".join(each.undecided))
        for change in each.changes:
            told = "; ".join(because(change, sources))
            yield row(
                name, written(change.message), queues(change.before), queues(change.after), told
            )


def row(*cells: str) -> str:
    """Write a row; what means something in a table, or in HTML, is escaped."""
    return f"| {' | '.join(map(escaped, cells))} |"


def escaped(text: str) -> str:
    """Write text so that a reader sees it as it is."""
    return "".join(f"\\{each}" if each in "\\|`*_<>[]#&~$" else each for each in text)


def written(message: Message) -> str:
    """Write what a message is routed by."""
    headers = f"  {write_table(message.headers)}" if message.headers else ""
    return f"{write_key(message.routing_key)}{headers}"


def queues(names: Set[str]) -> str:
    """Write queues, or that there are none."""
    return ", ".join(map(write_key, sorted(names))) or "nobody"


def because(change: Change, sources: Sources) -> Iterator[str]:
    """Say which bindings, or exchanges, made the difference."""
    for sign, bindings, source in (
        ("-", change.removed, sources[0]),
        ("+", change.added, sources[1]),
    ):
        yield from (f"{sign} {told(each, source)}" for each in bindings)
    yield from (exchange(*each) for each in change.exchanges)


def exchange(before: Exchange | None, after: Exchange | None) -> str:
    """Say what has become of an exchange."""
    is_ = after or before
    name = f"exchange {write_key(is_.name)}" if is_ else ""
    if before is None or after is None:
        return f"{name} is {'new' if after else 'gone'}"
    changes = []
    if before.type != after.type:
        changes.append(f"{before.type} → {after.type}")
    if before.alternate != after.alternate:
        alternates = before.alternate, after.alternate
        named = " → ".join(write_key(each) if each else "none" for each in alternates)
        changes.append(f"alternate {named}")
    if before.internal != after.internal:
        changes.append("internal now" if after.internal else "internal no longer")
    return f"{name}: {', '.join(changes)}"


def told(binding: AnyBinding, source: Source) -> str:
    """Write a binding, and where it stands."""
    asked = [write_key(binding.binding_key)] if binding.binding_key else []
    asked += [write_table(binding.arguments)] if binding.arguments else []
    ends = f"{write_exchange(binding.source)} → {write_key(binding.destination)}"
    return f"{ends}: {'  '.join(asked) or write_key('')}{source.aside(binding)}"
