"""A lesson walked through: its steps, what is guessed, how that is judged, and what was missed."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from string import ascii_uppercase

from routing.amqp.errors import BadUse
from routing.amqp.notation import shorten, write_key
from routing.amqp.topology import AnyBinding, Binding, ExchangeBinding, Topology, declarations
from routing.rules.compare import Row
from routing.rules.predict import Route, Verdict
from routing.rules.trace import trace

Guess = frozenset[str]
"""The queues that somebody expects a copy in; an empty one expects the message back."""

MOST_MISSED = 3
"""So many rules are repeated at the end."""


class Kind(Enum):
    """What a step does."""

    IDEA = auto()
    DECLARE = auto()
    ASK = auto()
    REVEAL = auto()
    RECAP = auto()


@dataclass(frozen=True)
class Step:
    """One screen; number: which declaration or which message it is about."""

    kind: Kind
    number: int = 0


class Move(Enum):
    """Where to go from a screen."""

    ON = auto()
    BACK = auto()
    WHY = auto()
    QUIT = auto()


KEYS = {"": Move.ON, "b": Move.BACK, "w": Move.WHY, "q": Move.QUIT}
NOBODY = {"none", "nobody", "0", "-"}


class Unclear(BadUse):
    """What was typed means nothing on this screen."""


def steps_of(topology: Topology, messages: Sequence[object]) -> list[Step]:
    """List the screens of a lesson: the idea, the declarations, the messages, the recap."""
    declared = [Step(Kind.DECLARE, number) for number in range(len(declarations(topology)))]
    told = [
        Step(kind, number) for number in range(len(messages)) for kind in (Kind.ASK, Kind.REVEAL)
    ]
    return [Step(Kind.IDEA), *declared, *told, Step(Kind.RECAP)]


def back(steps: Sequence[Step], at: int) -> int:
    """Find the screen before this one; among messages, the question about the one before."""
    here = steps[at]
    for earlier in range(at - 1, -1, -1):
        step = steps[earlier]
        same = here.kind is Kind.REVEAL and step == Step(Kind.ASK, here.number)
        if step.kind is not Kind.REVEAL and not same:
            return earlier
    return 0


def parse_reply(line: str, step: Step, queues: Sequence[str]) -> Move | Guess:
    """Read what was typed on a screen: a key, or where a question stands, a guess.

    Raises Unclear where it is neither.
    """
    text = line.strip()
    # B may be the second queue, b always goes back.
    key = text if step.kind is Kind.ASK and text in labels(queues) else text.lower()
    if KEYS.get(key) is Move.WHY and step.kind is not Kind.REVEAL:
        raise Unclear("The reasons come after a message: w is for then.")
    if key in KEYS:
        return KEYS[key]
    if step.kind is Kind.ASK:
        return parse_guess(text, queues)
    raise Unclear(f"{shortened(text)} is not one of the keys below.")


def parse_guess(text: str, queues: Sequence[str]) -> Guess:
    """Read the queues that a guess names by number, letter or name; raises Unclear."""
    if text in queues:
        return frozenset({text})
    if text.lower() in NOBODY:
        return frozenset()
    words = text.replace(",", " ").split()
    if not words:
        raise Unclear("That names no queue: type none if you expect the message back.")
    return frozenset(queue for word in words for queue in named_by(word, queues))


def named_by(word: str, queues: Sequence[str]) -> list[str]:
    """Find the queue of a number, a letter or a name, or those of several: `13` and `AC`."""
    known = labels(queues)
    if word in known:
        return [known[word]]
    named = [queue for queue in queues if queue.casefold() == word.casefold()]
    if named:
        return named[:1]
    signs = [sign.upper() for sign in word]
    if all(sign in known for sign in signs):
        return [known[sign] for sign in signs]
    raise Unclear(f"There is no queue {shortened(word)}: type numbers, letters or names.")


def labels(queues: Sequence[str]) -> dict[str, str]:
    """Give each queue a number, and as far as they go, a letter."""
    numbers = {str(number): queue for number, queue in enumerate(queues, 1)}
    return numbers | dict(zip(ascii_uppercase, queues, strict=False))


def shortened(text: str) -> str:
    """Write what was typed so that it fits into one line."""
    most = 20
    return write_key(text if len(text) <= most else text[:most] + "...")


@dataclass(frozen=True)
class Clue:
    """One thing that helps to tell why a queue got a message or not.

    verdict: what a binding on the way does; None where no binding is to be told of.
    """

    text: str
    verdict: Verdict | None = None

    @property
    def takes(self) -> bool:
        """Whether a binding takes the message."""
        return self.verdict is not None and self.verdict.takes


@dataclass(frozen=True)
class Judged:
    """What one queue got, what was guessed of it, and why.

    guessed: None where nobody guessed.
    """

    queue: str
    copies: int
    guessed: bool | None
    clues: Sequence[Clue]

    @property
    def right(self) -> bool:
        """Whether the guess, if there was one, holds for this queue."""
        return self.guessed in (None, self.copies > 0)

    @property
    def deciding(self) -> Clue:
        """The binding that brought the copy, or the one that came nearest to it."""
        direct = [clue for clue in self.clues if brings(clue, self.queue)]
        if self.copies:
            return next((clue for clue in direct if clue.takes), self.clues[0])
        return max(direct, key=nearness, default=self.clues[-1])

    @property
    def telling(self) -> Sequence[Clue]:
        """All that helps where the guess was wrong, elsewhere what decided."""
        if not self.right:
            return [clue for clue in self.clues if clue.takes or not (clue.verdict and self.copies)]
        hits = [clue for clue in self.clues if clue.takes and brings(clue, self.queue)]
        return hits if self.copies and hits else [self.deciding]


def brings(clue: Clue, queue: str) -> bool:
    """Tell whether a clue is about a binding that leads right to this queue."""
    binding = clue.verdict.binding if clue.verdict else None
    return isinstance(binding, Binding) and binding.queue == queue


def nearness(clue: Clue) -> float:
    """Measure how near a binding came to taking the message."""
    return clue.verdict.reason.nearness if clue.verdict else 0


def judge(row: Row, guess: Guess | None, topology: Topology) -> list[Judged]:
    """Hold a guess against what arrived, queue by queue."""
    copies = row.observed.copies if row.observed else row.copies
    return [
        Judged(
            queue,
            copies.get(queue, 0),
            None if guess is None else queue in guess,
            clues_of(queue, row, topology),
        )
        for queue in topology.queues
    ]


def clues_of(queue: str, row: Row, topology: Topology) -> list[Clue]:
    """Tell of one queue what was on the way to it, or where messages die, what happened in it."""
    if row.life is None:
        return clues(queue, row.route, topology)
    deaths = [death for place, death in row.life.deaths if place == row.life.place]
    there = dict.fromkeys(each.reason for each in deaths if each.copy.queue == queue)
    if there and not row.copies[queue]:
        return [Clue(f"it dies there: {reason}") for reason in there]
    onward = [each.route for each in deaths if each.route]
    led = [route for route in onward if queue in route.copies]
    way = way_to(queue, topology)
    along = led[-1:] or [row.route, *onward[-1:]]
    found = [clue for route in along for clue in clues_on(way, queue, route, topology)]
    return found or clues(queue, row.route, topology)


def clues(queue: str, route: Route, topology: Topology) -> list[Clue]:
    """Tell of one queue what every binding on the way to it does with the message."""
    way = way_to(queue, topology)
    return list(clues_on(way, queue, route, topology)) or [
        Clue(f"the message does not get to exchange {shorten(write_key(way[0]), 60)}")
        if way
        else Clue("no binding leads to this queue")
    ]


def clues_on(
    way: Sequence[str | None], queue: str, route: Route, topology: Topology
) -> Iterator[Clue]:
    """Go along a route, and tell what concerns one queue."""
    for station in trace(route, topology):
        for reasoned in station.reasons:
            binding = reasoned.verdict.binding
            ends = [queue] if isinstance(binding, Binding) else way
            if binding.destination in ends:
                yield Clue(reasoned.text, reasoned.verdict)
        if station.visit.exchange.alternate in way:
            yield from (Clue(note) for note in station.notes)


def way_to(queue: str, topology: Topology) -> list[str]:
    """List the exchanges over which a queue can be reached, the nearest first."""
    way = exchanges_bound_to(queue, topology)
    for name in way:
        before = [
            *(each.source for each in topology.bindings if leads_to_exchange(each, name)),
            *(each.name for each in topology.exchanges if each.alternate == name),
        ]
        way += [each for each in dict.fromkeys(before) if each not in way]
    return way


def exchanges_bound_to(queue: str, topology: Topology) -> list[str]:
    """List the exchanges with a binding to a queue."""
    bound = [each for each in topology.bindings if isinstance(each, Binding)]
    return list(dict.fromkeys(each.exchange for each in bound if each.queue == queue))


def leads_to_exchange(binding: AnyBinding, name: str) -> bool:
    """Tell whether a binding leads to the exchange of that name."""
    return isinstance(binding, ExchangeBinding) and binding.destination == name


@dataclass(frozen=True)
class Score:
    """How many messages were guessed, and how many of these in every queue."""

    right: int
    guessed: int


def score(told: Mapping[int, Sequence[Judged]]) -> Score:
    """Count the messages of which every queue was guessed right; those skipped do not count."""
    guessed = [each for each in told.values() if any(one.guessed is not None for one in each)]
    return Score(sum(all(one.right for one in each) for each in guessed), len(guessed))


@dataclass(frozen=True)
class Missed:
    """A rule that guesses overlooked: how often, and the first time.

    number: the message of that first time.
    """

    queue: str
    clue: Clue
    number: int
    times: int


def missed(told: Mapping[int, Sequence[Judged]]) -> list[Missed]:
    """List the rules that were overlooked most often, each with its first example."""
    slips: dict[str, list[tuple[int, Judged]]] = {}
    for number, judgements in told.items():
        for judged in judgements:
            if not judged.right:
                slips.setdefault(rule_of(judged), []).append((number, judged))
    found = [
        Missed(judged.queue, judged.deciding, number, len(same))
        for same in slips.values()
        for number, judged in same[:1]
    ]
    return sorted(found, key=lambda each: -each.times)[:MOST_MISSED]


def rule_of(judged: Judged) -> str:
    """Name the rule that decided, so that the same one is counted together."""
    verdict = judged.deciding.verdict
    return repr(verdict.binding) if verdict else f"{judged.queue}: {judged.deciding.text}"
