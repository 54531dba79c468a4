"""A page as plain tables: messages, queues and reasons, where neither script nor style works."""

from collections.abc import Iterator
from html import escape

from routing.amqp.notation import write_binding, write_exchange, write_key, write_sent
from routing.amqp.topology import Binding
from routing.files.cases import seen_in
from routing.pictures.page.lessons import Lesson, paragraphs
from routing.rules.compare import Row
from routing.rules.predict import Route


def plain(lesson: Lesson) -> str:
    """Write a source: what is declared, and each message with its queues and the reasons."""
    said = "".join(f"<p>{escape(each)}</p>" for each in paragraphs(lesson.scenario.lesson))
    return (
        f"<h2>{text(lesson.scenario.name)}</h2>{said}"
        + table(("exchange", "bound with", "to"), declared(lesson))
        + table(("message", "queues", "why"), (told(lesson, row) for row in lesson.rows))
    )


def text(written: str) -> str:
    """Write a name or a key so that it is shown as it is."""
    return escape(write_key(written))


def table(headings: tuple[str, ...], rows: Iterator[tuple[str, ...]]) -> str:
    """Write a table of cells that are HTML."""
    head = "".join(f'<th scope="col">{each}</th>' for each in headings)
    body = "".join(f"<tr>{''.join(f'<td>{each}</td>' for each in row)}</tr>" for row in rows)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def declared(lesson: Lesson) -> Iterator[tuple[str, ...]]:
    """Give a row for each binding, and for each alternate."""
    topology = lesson.source.topology
    types = {each.name: each.type for each in topology.exchanges}
    for each in topology.bindings:
        kind = types.get(each.source, "")
        noun = "queue" if isinstance(each, Binding) else "exchange"
        name = escape(f"{write_exchange(each.source)} {kind}")
        yield name, escape(write_binding(each, kind)), f"{noun} {text(each.destination)}"
    for exchange in topology.exchanges:
        if exchange.alternate is not None:
            yield (
                text(exchange.name),
                "what no binding takes",
                f"exchange {text(exchange.alternate)}",
            )


def told(lesson: Lesson, row: Row) -> tuple[str, ...]:
    """Give what becomes of a message, and why, and whether a broker was seen to do so."""
    sent = write_sent(lesson.scenario.messages[row.number - 1])
    if row.observed:
        got = [*seen_in(row.observed).queues]
        seen = f"seen on RabbitMQ {lesson.version}{'' if row.agrees else ', NOT as predicted'}"
    else:
        got, seen = [*row.copies], "not decided" if row.route.undecided else "predicted"
    queues = ", ".join(map(write_key, sorted(got))) or "none"
    reasons = [*why(row.route), *deaths(row)]
    return escape(sent), escape(f"{queues} ({seen})"), "<br>".join(map(escape, reasons))


def deaths(row: Row) -> Iterator[str]:
    """Tell where the message dies, and what comes of that."""
    for death in row.life.own_deaths if row.life else ():
        yield f"{death.reason} in {write_key(death.copy.queue)}: {'; '.join(death.told)}"


def why(route: Route) -> list[str]:
    """List what takes a message, or what came nearest to it, or what is in the way."""
    if route.refusal or route.unknown:
        return route.why
    taking = [str(verdict) for verdict in route.verdicts if verdict.takes]
    return taking or [
        f"nearest: {route.nearest_miss}" if route.nearest_miss else "nothing is bound"
    ]
