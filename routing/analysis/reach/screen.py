"""What reaches a queue, for people: a line for each way, with an example beneath."""

from collections.abc import Iterator, Sequence

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from routing.amqp.notation import write_binding, write_exchange, write_key, write_table
from routing.amqp.topology import Binding, Message
from routing.analysis.net import Net
from routing.analysis.reach.reached import Alternative, Reached, Step, Way
from routing.files.source import Source
from routing.view.colours import BAD, GOOD, QUIET, STRONG


def shown(found: Sequence[Reached], net: Net, source: Source) -> RenderableType:
    """Show what reaches each queue from each exchange."""
    return Group(*(part for each in found for part in of_one(each, net, source)))


def of_one(each: Reached, net: Net, source: Source) -> Iterator[RenderableType]:
    """Show what reaches one queue from one exchange."""
    queue, entry = write_key(each.queue), write_exchange(each.entry)
    yield Text(f"queue {queue}, from {'' if not each.entry else 'exchange '}{entry}", STRONG)
    if each.undecided:
        yield Text(f"  not decided: {each.undecided}", BAD)
    elif not each.alternatives:
        yield Text("  nothing with one key reaches it", BAD)
    for way in each.alternatives:
        yield Padding(one_way(way, net, source), (0, 0, 0, 2))


def one_way(each: Alternative, net: Net, source: Source) -> Table:
    """Show a way: what it asks for, step by step, and beneath that what does and does not."""
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column()
    table.add_column(overflow="fold")
    for step in each.way:
        spot = source.spot(step.binding) if step.binding else None
        table.add_row(Text(asked(step, net)), Text(f"{spot or ''}", QUIET))
    table.add_row(Text(f"  such as {sent(each.example, each.way, net)}", GOOD), "")
    if each.counter_example:
        table.add_row(Text(f"  but not {sent(each.counter_example, each.way, net)}", QUIET), "")
    return table


def asked(step: Step, net: Net) -> str:
    """Write what a step asks for, and where it leads if that is an exchange."""
    exchange = net.ready.exchanges[step.exchange]
    if step.binding is None:
        alternate = write_key(exchange.alternate or "")
        return f"what nothing takes at {write_exchange(step.exchange)} → {alternate}"
    said = write_binding(step.binding, exchange.type)
    said = "everything" if exchange.type == "fanout" else said
    to_queue = isinstance(step.binding, Binding)
    return said if to_queue else f"{said} → {write_key(step.binding.destination)}"


def sent(message: Message, way: Way, net: Net) -> str:
    """Write what counts of a message: its key, its headers, or both."""
    kinds = {net.ready.exchanges[step.exchange].type for step in way}
    key = [write_key(message.routing_key)] if kinds & {"topic", "direct"} else []
    headers = [write_table(message.headers or {}) or "no headers"] if "headers" in kinds else []
    return "  ".join(key + headers) or "any message"
