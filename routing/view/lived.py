"""What is told of a message that dies: each death in a sentence, and where what is left rests."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from rich.console import RenderableType
from rich.padding import Padding
from rich.text import Text

from routing.amqp.notation import write_exchange, write_key, write_message
from routing.amqp.topology import Observation, Resting
from routing.rules.dead_letters import Copy, Death
from routing.rules.hops import Hop
from routing.rules.life import PATIENCE, Life
from routing.rules.queue_arguments import place_of
from routing.view.marks import Marks


def life_lines(life: Life, marks: Marks) -> Iterator[str]:
    """Tell a life: a sentence for each death, below it what comes of that, and at last the end."""
    told = [
        (death_told(death, marks, older=place != life.place), death) for place, death in life.deaths
    ]
    for sentence, alike in groupby(told, lambda each: each[0]):
        yield sentence
        for line in ends_told([death for _, death in alike]):
            yield f"  {line}"
    if life.undecided:
        yield f"not decided: {life.undecided}"
    for queue in kept_in(life):
        yield f"back in {write_key(queue)}: at count {PATIENCE} its consumer gives up and keeps it;"
        yield "  without that it would go round for ever"


def kept_in(life: Life) -> list[str]:
    """List the queues in which a consumer had rejected a message, and gave up."""
    rejected = {each.copy.queue for _, each in life.deaths if each.reason == "rejected"}
    return [copy.queue for _, copy in life.resting if copy.queue in rejected]


def death_told(death: Death, marks: Marks, *, older: bool) -> str:
    """Tell one death: where and why, where to and with which key."""
    copy, into = death.copy, f" {marks.into} "
    whose = f": {write_message(copy.message, 'direct')}, the oldest, makes room" if older else ""
    began = f"{death.reason} in {write_key(copy.queue)}{whose}"
    if death.dead is None:
        return began
    there = f"{place_of(death.dead.exchange)}, {key_told(copy, death.dead)}"
    queues = ", ".join(write_key(each.queue) for each in death.copies)
    return into.join([began, there, *[queues] * bool(queues)])


def ends_told(alike: Sequence[Death]) -> Iterator[str]:
    """Tell what comes of a death, or of some that differ in nothing but the count in x-death."""
    death = alike[0]
    yield from death.cycles.values()
    yield from filter(None, [death.lost])
    if death.dead and death.copies:
        again = [f", then {each.dead.deaths[0]['count']}" for each in alike[1:] if each.dead]
        yield x_death_told(death.dead.deaths) + "".join(again)


def rests_otherwise(life: Life | None, observed: Observation) -> Iterator[str]:
    """Tell of each copy that rests otherwise than predicted, or is not there, how it does."""
    predicted = life.consumed if life else []
    seen = observed.resting
    yield from (f"predicted: {rest_told(each)}" for each in predicted if each not in seen)
    yield from (f"the broker: {rest_told(each)}" for each in seen if each not in predicted)


def rest_told(placed: tuple[int, Resting]) -> str:
    """Write how a copy rests: where, whose, with which key and headers."""
    place, copy = placed
    said = f"message {place + 1} in {write_key(copy.queue)}, {place_of(copy.exchange)}"
    return f"{said}, key {write_key(copy.routing_key)}, {json.dumps(copy.headers)}"


def x_death_told(entries: Iterable[Mapping[str, Any]]) -> str:
    """Write the header x-death: how often a message died where, and of what."""
    told = (
        f"{write_key(str(each.get('queue')))} {write_key(str(each.get('reason')))}, "
        f"count {int(each.get('count', 0))}"
        for each in entries
    )
    return f"x-death: {', '.join(told)}"


def key_told(before: Copy, after: Copy) -> str:
    """Tell with which key a copy goes on, and whether that is the one that it had."""
    key = write_key(after.routing_key)
    if after.keys == before.keys:
        return f"key {key} kept"
    return f"key now {key}"


def hop_line(hop: Hop) -> RenderableType:
    """Write one death that is possible, further in than those before it."""
    return Padding(Text(hop_told(hop)), (0, 0, 0, indent(hop)))


def indent(hop: Hop) -> int:
    """Tell how far in a death stands."""
    return 2 + 2 * hop.depth


def hop_told(hop: Hop) -> str:
    """Tell one death that is possible."""
    death = hop.death
    keys = {copy.routing_key for copy in death.copies}
    key = f" with {', '.join(map(write_key, sorted(keys)))}" if keys else ""
    over = f" over {write_exchange(death.copies[0].exchange)}" if death.copies else ""
    more = ", and so on" if hop.further else ""
    told = "; ".join(death.told) + over + key + more
    return f"{death.reason} in {write_key(death.copy.queue)}: {told}"
