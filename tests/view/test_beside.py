"""Does every reason keep to two lines of a screen of 80 columns?"""

from collections.abc import Iterator
from random import Random

from rich.console import Console, RenderableType
from rich.text import Text

from routing.amqp.topology import (
    AnyBinding,
    Binding,
    Exchange,
    ExchangeBinding,
    Message,
    Scenario,
)
from routing.amqp.values import Value
from routing.rules.compare import unplayed
from routing.rules.predict import Route, predict
from routing.rules.trace import told, trace
from routing.view.beside import Beside
from routing.view.routed import Routed

ODD = ("a", "b", "order", "x" * 60, "日本" * 20, "two words", "", "*", "é" * 40, "w" * 120)

VALUES: tuple[Value, ...] = (1, "1", True, None, "pdf", "y" * 300, ["a", {"b": 1}] * 30, 2.5)


def made_up(random: Random) -> Scenario:
    """Make up a lesson in which keys, names and values may be long, and much of it many."""
    names = [f"{kind}{random.choice(['', 'n' * 60])}" for kind in ("direct", "topic", "headers")]
    last = {"alternate-exchange": random.choice([*names, "gone" * 20])}
    queues = ["q", "queue-" + "q" * random.choice([1, 60])]
    return Scenario(
        name="long",
        lesson="Anything.",
        exchanges=[
            Exchange(name, name.rstrip("n") if name[0] != "d" else "direct", last) for name in names
        ],
        queues=queues,
        bindings=[binding(random, names, queues) for _ in range(8)],
        messages=[
            Message(random.choice(names), key(random), table(random, 3) | {"CC": [key(random)]})
            for _ in range(3)
        ],
    )


def binding(random: Random, names: list[str], queues: list[str]) -> AnyBinding:
    """Make up a binding to a queue or an exchange."""
    asked = key(random), table(random, random.choice([1, 3, 40]))
    if random.random() < 0.3:
        return ExchangeBinding(random.choice(names), random.choice(names), *asked)
    return Binding(random.choice(names), random.choice(queues), *asked)


def key(random: Random) -> str:
    """Make up a key."""
    return ".".join(random.choices([*ODD, "#"], k=random.randrange(1, 4)))


def table(random: Random, most: int) -> dict[str, Value]:
    """Make up headers or criteria."""
    return {
        f"{random.choice(['', 'x-', 'h' * 50])}{number}": random.choice(VALUES)
        for number in range(random.randrange(most))
    }


def test_does_every_reason_keep_to_two_lines() -> None:
    """Beside its binding or below, in a lesson's table and in the whole reason for a route."""
    random = Random(3)  # noqa: S311
    for _ in range(40):
        scenario = made_up(random)
        routes = predict(scenario)
        shown = rendered(Routed(scenario, unplayed(routes)))
        whole = rendered(Routed(scenario, unplayed(routes), why=True))
        for route in routes:
            assert all(keeps_to_two(said, shown) for said in said_of(route))
            assert all(keeps_to_two(said, whole) for said in all_said_of(route, scenario))


def test_is_no_word_broken_where_there_is_room_for_it() -> None:
    """A column gives way to reasons, but not so far that a word of it is broken."""
    word, reason = "w" * 40, "because of this and that"
    for width in range(40, 90):
        console = Console(width=width, color_system=None)
        with console.capture() as capture:
            console.print(Beside([[Text("q"), Text(f"a {word}"), Text(reason)]]))
        assert {word, *reason.split()} <= {*capture.get().split()}


def rendered(body: RenderableType) -> list[str]:
    """Write a body as a pipe of 80 columns gets it."""
    console = Console(width=80, highlight=False, color_system=None)
    with console.capture() as capture:
        console.print(body)
    return [line.rstrip() for line in capture.get().splitlines()]


def said_of(route: Route) -> Iterator[str]:
    """List the reasons that a table shows."""
    miss, named = route.nearest_miss, set()
    for hit in route.hits:
        again = "still one copy" if hit.binding.destination in named else ""
        named.add(hit.binding.destination)
        yield told(hit, route, again)
    if route.returned and miss:
        yield told(miss, route)


def all_said_of(route: Route, scenario: Scenario) -> Iterator[str]:
    """List all reasons and notes for a route."""
    for station in trace(route, scenario):
        yield from (reasoned.text for reasoned in station.reasons)
        yield from station.notes


def keeps_to_two(said: str, lines: list[str]) -> bool:
    """Tell whether a text stands in one line, or in two, one below the other."""
    words = said.split(" ")
    parts = [(" ".join(words[:n]), " ".join(words[n:])) for n in range(1, len(words) + 1)]
    return any(
        line.endswith(f" {first}") and (not rest or below.endswith(f" {rest}"))
        for first, rest in parts
        for line, below in zip(lines, [*lines[1:], ""], strict=True)
    )
