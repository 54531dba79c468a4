"""What is asked of every version, and what one RabbitMQ answers."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from routing.amqp.errors import BadUse
from routing.amqp.topology import Observation, Scenario
from routing.amqp.versions import Version
from routing.broker import Broker, reopened
from routing.broker.several import Alive
from routing.check.check import by_topology
from routing.check.playable import obstacle
from routing.files.cases import Case
from routing.play.play import play_refusable
from routing.rules.compare import Row, beside, rows_of
from routing.rules.predict import route
from routing.view.routed import entry_of, say_copies, sent_by


@dataclass(frozen=True)
class Act:
    """What a client does beside publishing.

    perform: does it, and says in a word or two what the broker did.
    before, after: what it does up to a version, and since that one.
    """

    perform: Callable[[Broker], str]
    before: str
    since: Version
    after: str

    def predicted(self, version: Version) -> str:
        """Say what a broker of this version does."""
        return self.after if version >= self.since else self.before


@dataclass(frozen=True)
class Question:
    """One thing that is asked of every version.

    why: what changed, from which version on; source: where RabbitMQ's own sources say so.
    """

    title: str
    ask: Case | Act
    why: str = ""
    source: str = ""


@dataclass(frozen=True)
class Answer:
    """What one RabbitMQ did, in a few words, and what was predicted.

    row: the message with its route and what came of it; None for an act.
    """

    did: str
    predicted: str
    agrees: bool
    row: Row | None = field(default=None, repr=False)


def questions_of(scenario: Scenario) -> list[Question]:
    """Ask for each message of a lesson."""
    cases = [
        Case(f"{scenario.name}-{n}", scenario, m, {}) for n, m in enumerate(scenario.messages, 1)
    ]
    rows = [Row(1, route(scenario, case.message)) for case in cases]
    several = len({each.exchange for each in scenario.messages}) > 1
    titles = [entry_of(row) * several + sent_by(row) for row in rows]
    return [Question(title, case) for title, case in zip(titles, cases, strict=True)]


def require_playable(questions: Sequence[Question]) -> None:
    """Raise BadUse where a message cannot be played as it is, or not within seconds."""
    for case in (each.ask for each in questions if isinstance(each.ask, Case)):
        if reason := obstacle(case, own=True):
            where = case.place if case.place.file else case.title
            raise BadUse(f"{where} cannot be played: {reason}.")


def answers(questions: Sequence[Question], broker: Broker, alive: Alive) -> list[Answer]:
    """Ask one RabbitMQ everything.

    Raises NoBroker where it goes away, Cancelled where the answers are no longer wanted.
    """
    found: dict[int, Answer] = {}
    published = [
        (place, each.ask) for place, each in enumerate(questions) if isinstance(each.ask, Case)
    ]
    for group in by_topology([case for _, case in published]):
        alive()
        places, cases = zip(*(published[number] for number in group), strict=True)
        found |= dict(zip(places, routed(cases, broker), strict=True))
    for place, question in enumerate(questions):
        if isinstance(question.ask, Act):
            alive()
            found[place] = acted(question.ask, broker)
    return [found[place] for place in range(len(questions))]


def routed(cases: Sequence[Case], broker: Broker) -> list[Answer]:
    """Publish the messages of cases with the same declarations."""
    topology, messages = cases[0].topology, [case.message for case in cases]
    observed = play_refusable(broker, topology, messages)
    rows = beside(rows_of(topology, messages, broker.followed), observed)
    few = len(topology.queues) == 1
    return [
        Answer(say_observed(row.observed, few=few), say_predicted(row, few=few), row.agrees, row)
        for row in rows
    ]


def acted(act: Act, broker: Broker) -> Answer:
    """Perform an act."""
    with reopened(broker) as opened:
        did = act.perform(opened)
    predicted = act.predicted(broker.followed)
    return Answer(did, predicted, did == predicted)


def why_changed(before: Answer, after: Answer, version: str) -> str:
    """Say why the same message is predicted to go elsewhere on a later version."""
    if before.row is None or after.row is None:
        return ""
    old, new = before.row.route, after.row.route
    if new.refusal:
        return f"{version}: {new.refusal.why}"
    if old.refusal:
        return f"before {version}: {old.refusal.why}"
    took = {id(verdict.binding): verdict.takes for verdict in old.verdicts}
    changed = (
        verdict for verdict in new.verdicts if verdict.takes != took.get(id(verdict.binding))
    )
    return next((f"{version}: {verdict}" for verdict in changed), "")


def say_predicted(row: Row, *, few: bool) -> str:
    """Say in a few words where a message is predicted to go."""
    if row.undecided:
        return "not decided"
    refused = row.route.refusal
    refusal = (refused.at, refused.code) if refused else None
    seen = Observation(row.copies, int(row.route.returned), refusal)
    return say_observed(seen, few=few)


def say_observed(observed: Observation | None, *, few: bool) -> str:
    """Say in a few words what a broker did with a message.

    few: whether there is but one queue, which need not be named.
    """
    if observed is None:
        return ""
    if observed.refusal:
        return str(observed.refusal[1])
    if few and list(observed.copies.values()) == [1] and not observed.returned:
        return "arrives"
    return say_copies(observed.copies, observed.returned)
