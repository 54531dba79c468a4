"""A small case on which model and broker differ, ready to be looked into and to be recorded."""

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from routing.amqp.notation import write_sent
from routing.amqp.versions import Version
from routing.broker.advice import advice
from routing.check.screen import say_observed
from routing.verify.deaths import OtherEnd
from routing.verify.verify import Difference, Verified
from routing.view.colours import DIFFERS, STRONG
from routing.view.deadly import DeadlyQueues
from routing.view.declared import Declared
from routing.view.explained import Explained
from routing.view.routed import say_copies


def agreed(verified: Verified, played_on: str, seed: int) -> Text:
    """Say how much was played where, and that all of it was as predicted."""
    refused = f"{verified.refused} {'was' if verified.refused == 1 else 'were'}"
    undecided = f"{verified.undecided} not decided, " * bool(verified.undecided)
    return Text(
        f"{played_on} routed {verified.messages} messages through {verified.so_far} of routes, "
        f"all as predicted; {undecided}{refused} refused, and {verified.dead} died in queues, "
        f"as predicted too (seed {seed})."
    )


def difference(found: Difference) -> RenderableType:
    """Show the topology, the message, both answers, the model's reasons, and a line to paste."""
    return Group(
        Text(),
        Text.assemble(("NOT AS PREDICTED", DIFFERS), f"  on RabbitMQ {found.version}"),
        Declared(found.topology, [found.message]),
        Text(f"published to {write_sent(found.message)}", STRONG),
        answers(found),
        Explained(found.row.route, found.topology),
        Text(),
        Text(f"Again: {again(found.number, found.seed, found.version)}."),
        Text("As a line for a file of cases:"),
        Text(found.as_case),
    )


def other_end(found: OtherEnd, number: int, seed: int) -> RenderableType:
    """Show queues and message, and how the copies were to end and did."""
    dying = found.dying
    ended = (("the model predicts", found.predicted), ("the broker did", found.observed))
    return Group(
        Text(),
        Text.assemble(("NOT AS PREDICTED", DIFFERS), f"  on RabbitMQ {found.version}"),
        Declared(dying.topology, [dying.message]),
        DeadlyQueues(dying.topology),
        Text(f"published to {write_sent(dying.message)}, expiration {dying.expiration}", STRONG),
        *(Text(f"  {who}: {copy}") for who, copies in ended for copy in copies),
        *(Text(f"  {who}: nothing is left") for who, copies in ended if not copies),
        Text(),
        Text(f"Again: {again(number, seed, found.version)}."),
    )


def again(number: int, seed: int, version: Version) -> str:
    """Spell what leads to a difference again."""
    return advice(
        f"verify CASES={number} SEED={seed} RABBITMQ={version}",
        f"verify --cases {number} --seed {seed} --rabbitmq {version}",
    )


def answers(found: Difference) -> Table:
    """Put what the model predicts beside what the broker did."""
    route, observed = found.row.route, found.row.observed
    predicted = say_copies(route.copies, int(route.returned))
    if route.refusal:
        predicted = f"refused at {route.refusal.at} with {route.refusal.code}"
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_row("  the model predicts", Text(predicted))
    table.add_row("  the broker did", Text(say_observed(observed) if observed else "nothing"))
    return table
