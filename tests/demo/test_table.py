"""Do the tables stay true, however narrow, long or odd?"""

import re
from collections.abc import Sequence
from dataclasses import replace

import pytest
from rich.console import Console

from routing.amqp.topology import Binding, Exchange, Message, Observation, Scenario, Topology
from routing.amqp.versions import NEWEST, Version
from routing.demo.screen import MOST_NOTES, show
from routing.rules.compare import Row, expected, unplayed
from routing.rules.life import as_consumed
from routing.rules.predict import predict
from routing.view.declared import Declared
from routing.view.routed import Routed
from scenarios import dead_letters


def render(scenario: Scenario, rows: Sequence[Row], width: int = 80) -> str:
    """Print to a string, without colour, as wide as told."""
    console = Console(width=width, highlight=False, color_system=None, force_terminal=False)
    with console.capture() as capture:
        console.print(
            show(Routed(scenario, rows), NEWEST, "RabbitMQ 9.9 at 127.0.0.1:5672 (a test)")
        )
    return "\n".join(line.rstrip() for line in capture.get().splitlines())


def played(scenario: Scenario) -> list[Row]:
    """Make rows in which the broker did all that was predicted."""
    return [
        Row(number, route, Observation(route.copies, int(route.returned)))
        for number, route in enumerate(predict(scenario), 1)
    ]


def topic(queues: Sequence[str], keys: Sequence[tuple[str, str]], sent: Sequence[str]) -> Scenario:
    """Make a topic scenario of queues, (queue, binding key) pairs, and routing keys."""
    return Scenario(
        name="shop",
        lesson="Anything.",
        exchanges=[Exchange("orders", type="topic")],
        queues=queues,
        bindings=[Binding("orders", queue, key) for queue, key in keys],
        messages=[Message("orders", key) for key in sent],
    )


SHOP = topic(
    ["billing", "europe", "audit"],
    [
        ("billing", "order.*.paid"),
        ("europe", "#.eu.#"),
        ("europe", "order.eu"),
        ("audit", "#.late"),
    ],
    ["order.us.paid", "order.eu", "refund"],
)


def test_what_does_a_run_look_like() -> None:
    """Lesson, declarations, marks with reasons, returns with the nearest miss, and the verdict."""
    assert (
        render(SHOP, played(SHOP))
        == """
shop
Anything.

exchange        bound with       queue
orders (topic)  order.*.paid  →  billing
                #.eu.#        →  europe
                order.eu      →  europe
                #.late        →  audit

    message        billing  europe  audit
────────────────────────────────────────────────────────────────────────────────
 1  order.us.paid     ●       ·       ·
    ●  billing  order.*.paid  * is us
 2  order.eu          ·       ●       ·
    ●  europe   #.eu.#        # is order, # is nothing
                order.eu      the same words; still one copy
 3  refund         returned
       nearest  order.*.paid  word 1: refund is not order

RabbitMQ 9.9 at 127.0.0.1:5672 (a test) routed 3 messages, 2 copies, 1 returned:
all as predicted."""
    )


def test_what_is_told_of_messages_that_die() -> None:
    """The queues in which a copy rests are marked, and each death is told below, line by line."""
    rows = [replace(row, observed=seen(row)) for row in expected(dead_letters.scenario)]
    shown = render(dead_letters.scenario, rows)
    assert (
        """
queue   dies there                    dead letters to
work    all: rejected, up to 3 times  exchange dead
brief   x-message-ttl=0               exchange dead
offers  x-message-ttl=0               exchange dead, with key late.once
latest  x-max-length=1                nowhere

"""
        in shown
    )
    told = shown.partition("────\n")[2].partition(" 6  offer")
    assert (
        told[0]
        == """\
 1  job.once       †      ·      ·       ·         ●
    †  work       job.*    * is once
    rejected in work → exchange dead, key job.once kept → graveyard
      x-death: work rejected, count 1
 2  job.scan       †      ·      ·       ·         ·
    †  work       job.*    * is scan
    rejected in work → exchange dead, key job.scan kept
      no queue takes it from dead: gone
 3  note.once      ·      †      ·       ·         ●
    †  brief      note.*   * is once
    expired in brief → exchange dead, key note.once kept → graveyard
      x-death: brief expired, count 1
 4  note.again     ·      †      ·       ·         ·
    †  brief      note.*   * is again
    expired in brief → exchange dead, key note.again kept
      queue brief has seen it already and nothing was rejected since: dropped
 5  job.again      ●      ·      ·       ·         ·
    ●  work       job.*    * is again
    rejected in work → exchange dead, key job.again kept → work
      x-death: work rejected, count 1, then 2, then 3
    back in work: at count 3 its consumer gives up and keeps it;
      without that it would go round for ever
"""
    )
    assert "    expired in offers → exchange dead, key now late.once → graveyard\n" in told[2]
    assert "    maxlen in latest: news.monday, the oldest, makes room\n" in told[2]
    assert told[2].endswith("6 copies, 0 returned:\nall as predicted.")


def seen(row: Row) -> Observation:
    """Observe what is predicted, to the last header."""
    resting = [(place, as_consumed(copy)) for place, copy in row.life.resting] if row.life else []
    return Observation(row.copies, int(row.route.returned), resting=resting)


def test_how_is_a_copy_told_that_rests_otherwise() -> None:
    """With key and headers, as the queue may be the same."""
    row = expected(dead_letters.scenario)[0]
    right = seen(row)
    [(place, copy)] = right.resting
    other = replace(right, resting=[(place, replace(copy, routing_key="other"))])
    shown = render(dead_letters.scenario, [replace(row, observed=other)])
    assert "      predicted: message 1 in graveyard, exchange dead, key job.once," in shown
    assert "      the broker: message 1 in graveyard, exchange dead, key other," in shown
    assert shown.endswith("message 1 NOT as predicted.")


def test_is_it_said_to_which_of_several_exchanges_a_message_goes() -> None:
    """Ahead of it, where not all go to one."""
    shown = render(SHOP, played(SHOP))
    assert "orders: " not in shown
    several = replace(SHOP, messages=[*SHOP.messages, Message("", "audit")])
    shown = render(several, played(several))
    assert " 1  orders: order.us.paid " in shown
    assert " 4  default exchange: audit " in shown


def test_what_does_a_difference_look_like() -> None:
    """In words and in place: missing, unexpected, twice; and again in full, and in the verdict."""
    routes = predict(SHOP)
    seen = [
        Observation({"audit": 1}, 0),
        Observation({"europe": 2}, 0),
        Observation({"billing": 1}, 0),
    ]
    rows = [
        Row(n, route, each) for n, (route, each) in enumerate(zip(routes, seen, strict=True), 1)
    ]
    assert (
        render(SHOP, rows).partition("────\n")[2]
        == """\
 1  order.us.paid   missing        ·       unexpected
    NOT AS PREDICTED  predicted: billing; the broker: audit
    missing  billing  order.*.paid  * is us
 2  order.eu           ·           ●2          ·
    NOT AS PREDICTED  predicted: europe; the broker: europe (2 copies)
    ●2  europe   #.eu.#        # is order, # is nothing
                 order.eu      the same words; still one copy
 3  refund         unexpected      ·           ·
    NOT AS PREDICTED  predicted: returned; the broker: billing
       nearest  order.*.paid  word 1: refund is not order

RabbitMQ 9.9 at 127.0.0.1:5672 (a test) routed 3 messages, 4 copies, 0 returned:
messages 1, 2, 3 NOT as predicted."""
    )


EVERYBODY = Scenario(
    name="news",
    lesson="Anything.",
    exchanges=[Exchange("news", type="fanout")],
    queues=["one", "two"],
    bindings=[Binding("news", "one"), Binding("news", "two"), Binding("news", "one", "again")],
    messages=[Message("news", "a"), Message("news", "b")],
)


def test_is_what_takes_every_message_told_once() -> None:
    """Above the messages, where each is taken for the same reason; the marks stay in each row."""
    assert (
        render(EVERYBODY, played(EVERYBODY)).partition("────\n")[2]
        == """\
    every message
    ●  one  (empty key)  takes every message
            again        takes every message; still one copy
    ●  two  (empty key)  takes every message
 1  a         ●    ●
 2  b         ●    ●

Note: binding 3 (news): fanout ignores its key again; leave it out.

RabbitMQ 9.9 at 127.0.0.1:5672 (a test) routed 2 messages, 4 copies, 0 returned:
all as predicted."""
    )


@pytest.mark.parametrize("sent", [[], ["a"]])
def test_is_there_nothing_to_tell_once_of_few(sent: list[str]) -> None:
    """Without a message, or with one alone, the table is as it is."""
    scenario = topic(["q"], [("q", "a")], sent)
    shown = render(scenario, played(scenario))
    assert "every message" not in shown
    assert shown.count("the same words") == len(sent)


def test_are_queues_named_in_each_row_where_none_has_a_column() -> None:
    """What is told above is not repeated, but whose copy it is."""
    queues = [f"department-{n}" for n in range(6)]
    scenario = topic(queues, [(queue, "a.b") for queue in queues], ["a.b", "a.b"])
    shown = render(scenario, played(scenario))
    assert shown.count("the same words") == 6
    assert shown.count("as above") == 12
    assert all(shown.count(f"●  {queue}") == 3 for queue in queues)


def test_is_all_told_where_the_broker_did_something_else() -> None:
    """Nothing is said of every message then: each row tells its own."""
    (first, second) = played(EVERYBODY)
    shown = render(EVERYBODY, [first, Row(2, second.route, Observation({"two": 1}, 0))])
    assert "    every message\n" not in shown
    assert shown.count("takes every message; still one copy") == 2
    assert "missing  one" in shown


def test_does_a_legend_tell_the_signs_that_are_there() -> None:
    """Of a copy and of none; of bindings, where they are shown; of none, where it has no column."""
    console = Console(width=80, color_system=None)
    with console.capture() as capture:
        rows = played(SHOP)
        console.print(Routed(SHOP, rows, legend=True), Routed(SHOP, rows, why=True, legend=True))
        console.print(Routed(SHOP, unplayed(predict(SHOP)), legend=True), width=30)
    told = [line for line in capture.get().splitlines() if "cop" in line and "   " in line[1:]]
    assert [" ".join(line.split()) for line in told if line[0] in "●○"] == [
        "● a copy · none",
        "● a copy · none ✓ fits ✗ does not fit",
    ]
    assert capture.get().splitlines()[-1].strip() == "○ a predicted copy"


def test_does_the_legend_tell_the_sign_of_a_death() -> None:
    """Where a message died in a queue on its way."""
    console = Console(width=80, color_system=None)
    rows = [replace(row, observed=seen(row)) for row in expected(dead_letters.scenario)]
    with console.capture() as capture:
        console.print(Routed(dead_letters.scenario, rows, legend=True))
    legend = capture.get().splitlines()[-1]
    assert " ".join(legend.split()) == "● a copy · none † died there"


def test_is_a_prediction_alone_titled_as_such() -> None:
    """Other marks, other words: nothing looks as if it had arrived."""
    shown = render_alone(SHOP)
    assert "shop  PREDICTION ONLY, no broker was asked" in shown
    assert "○" in shown
    assert "●" not in shown
    assert "would be returned" in shown
    assert shown.endswith("For RabbitMQ 4.3.6: 3 messages, 2 copies, 1 returned.")
    newer = render_alone(SHOP, Version(4, 4, 0))
    assert "For RabbitMQ 4.4.0 (predicted as 4.3.6, the newest that was tried): 3" in newer


def render_alone(scenario: Scenario, version: Version = NEWEST) -> str:
    """Render a prediction that no broker was asked about."""
    console = Console(width=80, highlight=False, color_system=None)
    with console.capture() as capture:
        console.print(show(Routed(scenario, unplayed(predict(scenario))), version, routed_by=None))
    return capture.get().rstrip()


NINE = [f"department-number-{n}" for n in range(1, 10)]


@pytest.mark.parametrize("width", [40, 60, 80, 120])
def test_are_nine_queues_all_named_in_full(width: int) -> None:
    """Where the columns do not fit, each row names its queues, and none is cut."""
    scenario = topic(NINE, [(queue, "#") for queue in NINE], ["order.eu"])
    shown = render(scenario, played(scenario), width)
    lines = [line for line in shown.splitlines() if "●" in line]
    assert len(lines) == 9
    assert all(queue in re.sub(r"\n +", "", shown) for queue in NINE)
    assert "…" not in shown


def test_are_more_than_five_queues_listed_where_they_would_fit() -> None:
    """Six narrow columns of dots are harder to read than a list of names."""
    queues = ["a", "b", "c", "d", "e", "f"]
    scenario = topic(queues, [(queue, "#") for queue in queues], ["order.eu"])
    assert "a  b  c" not in render(scenario, played(scenario))
    five = topic(queues[:5], [(queue, "#") for queue in queues[:5]], ["order.eu"])
    assert "a  b  c  d  e" in render(five, played(five))


@pytest.mark.parametrize("length", range(20, 57))
def test_is_a_message_that_comes_back_told_in_a_whole_word(length: int) -> None:
    """Beside its key or below it, whatever the width that is left by key and queues."""
    for queues in (["q"], ["q", "r"]):
        scenario = topic(queues, [("q", "a")], ["k" * length])
        shown = render(scenario, played(scenario), 60)
        assert "k" * length in shown
        assert "returned\n" in shown


@pytest.mark.parametrize("width", [60, 80])
def test_is_a_long_key_shown_to_its_last_letter(width: int) -> None:
    """A key of 255 bytes is folded over lines, and nothing of it is lost."""
    key = ".".join(f"w{n:04}" for n in range(43))[:255]
    scenario = topic(["billing"], [("billing", key)], [key])
    shown = render(scenario, played(scenario), width)
    assert re.sub(r"[^a-z0-9.]", "", shown).count(key) >= 1
    assert "…" not in shown
    assert max(map(len, shown.splitlines())) <= width


@pytest.mark.parametrize("key", ["order.[eu].#", "[bold]", "[/]", ":smile:", "a\\[b]"])
def test_is_foreign_text_taken_to_the_letter(key: str) -> None:
    """Brackets in keys, names and headers are not markup."""
    scenario = Scenario(
        name="shop",
        lesson=key,
        exchanges=[Exchange(key, type="direct")],
        queues=[key],
        bindings=[Binding(key, key, key, {key: key})],
        messages=[Message(key, key, {key: key})],
    )
    shown = render(scenario, played(scenario), 200)
    assert shown.count(key) >= 9


@pytest.mark.parametrize(
    ("key", "written"),
    [("", "(empty key)"), ("a\x1b[31mb", '"a\\u001b[31mb"'), (" a", '" a"'), ("a\nb", '"a\\nb"')],
)
def test_is_an_odd_key_made_visible(key: str, written: str) -> None:
    """Empty keys, spaces at the ends and control characters are written, not sent to the screen."""
    scenario = topic(["billing"], [("billing", "#")], [key])
    shown = render(scenario, played(scenario))
    assert f" 1  {written}" in shown
    assert "\x1b" not in shown


def test_do_header_values_of_other_types_look_different() -> None:
    """1, "1", True and "True" route differently, and so they are written differently."""
    scenario = Scenario(
        name="docs",
        lesson="Anything.",
        exchanges=[Exchange("docs", type="headers")],
        queues=["one"],
        bindings=[Binding("docs", "one", arguments={"pages": 1, "of": None})],
        messages=[
            Message("docs", headers={"pages": value}) for value in (1, "1", True, "True", None)
        ],
    )
    shown = render(scenario, played(scenario))
    assert "pages=1  of=None" in shown
    for number, written in enumerate(("1", '"1"', "True", '"True"', "None"), 1):
        assert f" {number}  pages={written} " in shown


def test_is_what_is_always_there_or_taken_away_again_declared_too() -> None:
    """An exchange of the broker's own where it is used, and each binding with what became of it."""
    topology = Topology(
        exchanges=[Exchange("x\n", "direct")],
        queues=["q"],
        bindings=[Binding("amq.topic", "q", "a.#"), Binding("x", "q", "k")],
        unbound=[Binding("x", "q", "j")],
    )
    console = Console(width=80, color_system=None)
    with console.capture() as capture:
        console.print(Declared(topology, [Message("amq.fanout")]))
    assert [line.split() for line in capture.get().splitlines()[1:]] == [
        ["amq.fanout", "(fanout)", "(no", "binding)"],
        ["amq.topic", "(topic)", "a.#", "→", "q"],
        ['"x\\n"', "(direct)", "k", "→", "q"],
        ["j,", "taken", "away", "again", "→", "q"],
    ]


def test_is_what_is_suspicious_noted_under_the_table() -> None:
    """Before the verdict, a line each; where there are too many, how many more."""
    scenario = topic(["q"], [("q", "a#"), ("q", "b*")], ["a#"])
    shown = render(scenario, played(scenario)).splitlines()
    assert shown[-5:-3] == [
        "Note: binding 1 (orders): # in a# is a plain letter; put a dot between.",
        "Note: binding 2 (orders): * in b* is a plain letter; put a dot between.",
    ]
    scenario = topic(["q"], [("q", f"a{number}#") for number in range(MOST_NOTES + 2)], [])
    shown = render(scenario, []).splitlines()
    assert sum(line.startswith("Note: ") for line in shown) == MOST_NOTES
    assert "And 2 more of this kind." in shown
