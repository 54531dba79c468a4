"""Does diff say what went elsewhere, so that people, programs and reviewers can use it?"""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
import warm

OLD = """\
queues = ["billing", "audit"]
[[exchanges]]
name = "orders"
type = "topic"
[[exchanges]]
name = "documents"
type = "headers"
[[bindings]]
source = "orders"
destination = "billing"
routing_key = "order.*.paid"
[[bindings]]
source = "orders"
destination = "audit"
routing_key = "order.#"
[[bindings]]
source = "documents"
destination = "audit"
arguments = { region = "eu", pages = 1 }
[arguments.billing]
x-dead-letter-exchange = "documents"
"""

TOPIC, ALTERNATE = '"topic"', '\narguments = { alternate-exchange = "documents" }'

DEAD = """\
queues = ["billing", "late"]
[[exchanges]]
name = "dead"
type = "direct"
[[bindings]]
source = "dead"
destination = "late"
routing_key = "late"
[arguments.billing]
x-dead-letter-exchange = "dead"
x-dead-letter-routing-key = "late"
"""

Told = Callable[..., tuple[int, str]]


@pytest.fixture
def told(tmp_path: Path) -> Told:
    """Give what writes both files, with some texts replaced in the new one, and compares them."""

    def run(*words: str, new: str = OLD, **texts: str) -> tuple[int, str]:
        (tmp_path / "old.toml").write_text(OLD)
        (tmp_path / "new.toml").write_text(new)
        for name, text in texts.items():
            (tmp_path / name).write_text(text)
        done = warm.run(["diff", *words], cwd=tmp_path, env={"PYTHONIOENCODING": "utf-8"})
        return done.returncode, done.stdout + done.stderr

    return run


BOTH = ("old.toml", "new.toml")
LESS = OLD.replace('"order.#"', '"order.*.#"')


def test_is_the_same_the_same(told: Told) -> None:
    """A line for each exchange, and status 0."""
    status, said = told(*BOTH)
    assert status == 0
    assert said.splitlines() == [
        "orders            the same",
        "documents         the same",
        "default exchange  the same",
    ]


def test_is_it_told_what_went_elsewhere_and_why(told: Told) -> None:
    """With a message, its queues, and the places of what made it."""
    status, said = told(*BOTH, new=LESS)
    assert status == 1
    lines = [line.rstrip() for line in said.splitlines()]
    assert lines[:5] == [
        "orders            takes less",
        "  such as  order",
        "  before   audit",
        "  after    nobody",
        "  because  - orders → audit: order.# (old.toml:12)",
    ]


def test_what_is_written_for_programs(told: Told) -> None:
    """The message in the form of recorded cases, and bindings with their places."""
    status, said = told(*BOTH, "--json", new=LESS)
    [orders, documents, _] = json.loads(said)["exchanges"]
    assert (status, orders["relation"], documents["changes"]) == (1, "takes less", [])
    [change] = orders["changes"]
    assert change["message"] == {"exchange": "orders", "routing_key": "order"}
    assert (change["before"], change["after"]) == (["audit"], [])
    assert change["removed"][0]["at"] == "old.toml:12"


def test_is_a_table_to_paste_harmless(told: Told) -> None:
    """What means something in a table is escaped."""
    new = LESS.replace('"audit"', '"a|<b>"')
    said = told(*BOTH, "--markdown", new=new)[1]
    assert said.startswith("| exchange | message | before | after | because of |\n|---|")
    assert "a\\|\\<b\\>" in said
    assert "<b>" not in said


@pytest.mark.parametrize(
    ("meant", "status", "word"),
    [
        (["order"], 0, "as meant  order"),
        (["order.*"], 1, "such as  order"),
        (["order", "order.#"], 0, "as meant  order"),
        (["order", "refund.#"], 1, "nothing of refund.# has changed"),
    ],
)
def test_may_what_was_meant_change(told: Told, meant: list[str], status: int, word: str) -> None:
    """Where nothing else did, all is well."""
    words = [word for each in meant for word in ("--except", each)]
    found, said = told(*BOTH, *words, new=LESS)
    assert (found, word in said) == (status, True)


def test_is_it_told_that_what_was_meant_did_not_change(told: Told) -> None:
    """That is no success."""
    status, said = told(*BOTH, "--except", "region=eu")
    assert (status, "nothing of region=eu has changed" in said) == (1, True)


def test_what_does_an_upgrade_change(told: Told) -> None:
    """Two versions and one source: numbers of another type are not the same from 3.13 on."""
    status, said = told("old.toml", "--rabbitmq", "3.10", "--rabbitmq", "4.3")
    assert status == 1
    assert 'region="eu"  pages=1.0' in said


def test_are_real_messages_counted(told: Told) -> None:
    """By the queues that get them before and after."""
    keys = "order\norder\norder.eu.paid\nother"
    said = told(*BOTH, "-x", "orders", "--messages", "keys", new=LESS, keys=keys)[1]
    assert "2 of 4 messages go elsewhere" in said
    assert "2: audit → nobody" in said
    assert "0 of 0 messages go" in told(*BOTH, "-x", "orders", "--messages", "none", none="")[1]


def test_is_a_queue_told_that_is_new(told: Told) -> None:
    """The default exchange leads to it by its name."""
    status, said = told(*BOTH, new=OLD.replace('"audit"]', '"audit", "more"]'))
    assert status == 1
    assert "because  + default exchange → more: more" in said


def test_are_dead_letters_told_and_what_is_refused(told: Told) -> None:
    """They are no routes, and yet no less lost."""
    new = OLD.replace('x-dead-letter-exchange = "documents"', 'x-dead-letter-exchange = "orders"')
    status, said = told(*BOTH, new=new)
    assert status == 1
    assert "queue billing: dead letters went to exchange documents, and now to" in said
    status, said = told(*BOTH, new=OLD.replace('"order.#"', '"#.a.#.b.#"'))
    assert (status, "refused now: " in said) == (1, True)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('"topic"', '"direct"', "exchange orders: topic → direct"),
        ('"topic"', f"{TOPIC}{ALTERNATE}", "orders: alternate none → documents"),
    ],
)
def test_is_it_told_what_became_of_an_exchange(told: Told, old: str, new: str, said: str) -> None:
    """Its type, or its alternate."""
    assert said in told(*BOTH, new=OLD.replace(old, new))[1]


def test_is_a_new_exchange_told_on_the_way(told: Told) -> None:
    """It is new, and the binding that leads there is told, too."""
    more = """
[[exchanges]]
name = "more"
type = "fanout"
[[bindings]]
source = "orders"
destination = "more"
destination_type = "exchange"
routing_key = "refund"
[[bindings]]
source = "more"
destination = "billing"
"""
    new = OLD.replace("[arguments.billing]", f"{more}[arguments.billing]")
    said = told(*BOTH, new=new)[1]
    assert "exchange more is new" in said
    (old_way, status) = told("new.toml", "old.toml", new=new)[::-1]
    assert "exchange more is gone" in old_way
    assert status == 1


def test_is_it_told_where_dead_letters_end(told: Told) -> None:
    """Those that are handed on with a key, also where that stays and what takes it does not."""
    new = DEAD.replace('routing_key = "late"\n[', 'routing_key = "other"\n[')
    said = told("dead.toml", "new.toml", new=new, **{"dead.toml": DEAD})[1]
    words = " ".join(said.split())
    assert "went to exchange dead, with key late (late), and now to" in words
    assert "with key late (nobody)." in words


def test_is_bad_use_told(told: Told) -> None:
    """In a sentence."""
    for words in (["old.toml"], [*BOTH, "--rabbitmq", "3.10", "--rabbitmq", "4.3"]):
        status, said = told(*words)
        assert (status, said.count("\n")) == (2, 1)
        assert said.startswith("Name two sources, or one and two versions")
    status, said = told(*BOTH, "--except", "")
    assert (status, said.startswith("--except names nothing: ")) == (2, True)
    status, said = told(*BOTH, "--except", "x-tenant=eu")
    assert (status, "asks for nothing, as names that begin with x- are" in said) == (2, True)
    status, said = told(*BOTH, "--except", "x-match=foo")
    assert (status, 'x-match is "foo"' in said) == (2, True)
    status, said = told(*BOTH, "--messages", "nowhere")
    assert (status, said.endswith("name a file of messages, one a line.\n")) == (2, True)
