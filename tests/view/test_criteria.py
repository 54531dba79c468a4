"""Do criteria stand one beneath another, each with what was sent?"""

from rich.console import Console, RenderableType

from routing.amqp.topology import Binding, Exchange, Message, Topology
from routing.amqp.values import Value
from routing.rules.predict import Route, Verdict, route
from routing.view.criteria import Criteria, one_by_one
from routing.view.explained import Explained
from routing.view.marks import UNICODE


def scene(arguments: dict[str, Value], **headers: Value) -> tuple[Route, Topology]:
    """Hold headers against one binding."""
    topology = Topology(
        exchanges=[Exchange("x", "headers")],
        queues=["q"],
        bindings=[Binding("x", "q", arguments=arguments)],
    )
    return route(topology, Message("x", headers=headers)), topology


def verdict(arguments: dict[str, Value], **headers: Value) -> Verdict:
    """Give what the one binding does."""
    return scene(arguments, **headers)[0].verdicts[0]


def shown(body: RenderableType) -> list[str]:
    """Render for 80 columns."""
    console = Console(width=80, color_system=None)
    with console.capture() as capture:
        console.print(body)
    return [line.rstrip() for line in capture.get().splitlines()]


ASKED: dict[str, Value] = {"x-match": "any", "pages": 1, "urgent": None, "x-type": "a"}


def test_what_does_the_table_look_like() -> None:
    """Criterion, header, a mark where it is met or not, and a word; none where it is skipped."""
    assert shown(Criteria(verdict(ASKED, pages="1", urgent=True, more=2))) == [
        "   asked for, one is enough  sent",
        '✗  pages=1                   "1"         a string is not an integer',
        "✓  urgent is there           True",
        '   x-type="a"                (not sent)  skipped: the name begins with x-',
        "   not asked for: more=2",
    ]


def test_do_criteria_stand_below_their_binding() -> None:
    """In the whole reason for a route: what was sent stands where that is not what is asked for."""
    assert shown(Explained(*scene({"pages": 1, "type": "a"}, pages="1", type="a"))) == [
        "at x (headers)",
        '  ✗  all of:     →  q  pages: "1" is a string, 1 is an integer',
        '     ✗ pages=1         sent "1": a string is not an integer',
        '     ✓ type="a"',
    ]


def test_is_a_binding_whole_where_its_criteria_are_too_long() -> None:
    """One criterion needs no list, and a shortened one would hide what is asked for."""
    assert not [*one_by_one(verdict({"pages": 1}), UNICODE)]
    long: dict[str, Value] = {"type": "a" * 100, "pages": 1}
    assert not [*one_by_one(verdict(long), UNICODE)]
    assert "".join(shown(Explained(*scene(long)))).count("a") > 100
