"""How long does finding the bindings of one message take, among many of them?

The index of routing/rules/index.py against kombu's TopicExchange and the qlobber of Node.js, and
against itself with ten and a hundred times the bindings; before that a million keys, half of which
have a word that was never there before.  All in one run, taking turns; the random bindings are the
same ones each time.

    .venv/bin/python -m bench.lookup [ROUNDS]

qlobber is taken from the path that QLOBBER names, or from where node finds it by itself.
"""

import gc
import json
import resource
import shutil
import subprocess
import sys
import tracemalloc
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from statistics import mean, median
from time import perf_counter
from typing import Final

from kombu.transport.virtual.exchange import TopicExchange
from rich.console import Console
from rich.table import Table

from bench.drawn import CHOICE, KEYS, QUEUES, VOCABULARY, Case, random_key, topic_case
from routing.amqp.topology import Binding, Message
from routing.amqp.values import Value
from routing.rules.index import Index, index

STREAM: Final = 1_000_000
PASSES: Final = 20

REQUIRED: Final = 'const { Qlobber } = require(process.env.QLOBBER || "qlobber");'
QLOBBER: Final = """
const matcher = new Qlobber();
let keys, passes;
require("readline").createInterface({ input: process.stdin }).on("line", (line) => {
  if (!keys) {
    const [patterns, asked, often] = JSON.parse(line);
    patterns.forEach((pattern, number) => matcher.add(pattern, number));
    keys = asked;
    passes = often;
    console.log(JSON.stringify(keys.map((key) => matcher.match(key))));
    return;
  }
  const start = process.hrtime.bigint();
  for (let pass = 0; pass < passes; pass++) for (const key of keys) matcher.match(key);
  console.log(Number(process.hrtime.bigint() - start) / 1000 / passes / keys.length);
});
"""
"""Answers a line of patterns and keys with what matches, and each further line with microseconds.

It goes through the keys many times a line, which gives its compiler enough to work with.
"""

Row = tuple[str, str, str, str]


def headers_case(count: int) -> Case:
    """Make bindings of one to three criteria, all or any, and messages with five headers."""
    bindings = [
        Binding("x", f"q{number % QUEUES}", arguments=random_criteria()) for number in range(count)
    ]
    return Case(bindings, [Message("x", headers=random_headers(5)) for _ in range(KEYS)])


def random_criteria() -> dict[str, Value]:
    """Want a few headers, one in five times any of them, one in ten times with any value."""
    wanted = random_headers(CHOICE.randint(1, 3))
    if CHOICE.random() < 1 / 10:
        wanted[next(iter(wanted))] = None
    return {**wanted, "x-match": CHOICE.choice(["any", "all", "all", "all", "all"])}


def random_headers(count: int) -> dict[str, Value]:
    """Pick headers among twenty, each with a number or a text among a hundred."""
    values: list[Value] = [*range(50), *(f"text{number}" for number in range(50))]
    return {f"h{name}": CHOICE.choice(values) for name in CHOICE.sample(range(20), count)}


def microseconds(look_up: Callable[[Message], object], messages: Sequence[Message]) -> float:
    """Time the lookup of each message, and give what one of them takes."""
    start = perf_counter()
    for message in messages:
        look_up(message)
    return (perf_counter() - start) / len(messages) * 1_000_000


def held(found: Index, messages: Sequence[Message]) -> float:
    """Count how many bindings take a message, on average."""
    return mean(len(found.matching(message)) for message in messages)


def turns(rounds: int, *timed: Callable[[], float]) -> Iterator[list[float]]:
    """Give the times of each that is timed, after one round to warm up; they take turns."""
    warm = islice(([time() for time in timed] for _ in range(rounds + 1)), 1, None)
    return (list(times) for times in zip(*warm, strict=True))


def against_kombu(rounds: int) -> list[Row]:
    """Time the same lookups by both, on 10,000 bindings."""
    case = topic_case(10_000)
    found, kombu = index("topic", case.bindings), TopicExchange(None)
    known = [kombu.prepare_bind(each.queue, "x", each.binding_key, {}) for each in case.bindings]
    few = case.messages[:50]

    def by_kombu(message: Message) -> set[str]:
        queues: set[str] = kombu.lookup(known, "x", message.routing_key, None)
        return queues

    check_same(found, by_kombu, few)
    our, their = turns(
        rounds,
        lambda: microseconds(found.matching, case.messages),
        lambda: microseconds(by_kombu, few),
    )
    ratio = median(theirs / ours for ours, theirs in zip(our, their, strict=True))
    matches = f"{held(found, case.messages):.1f}"
    return [
        ("topic, 10,000, kombu", matches, f"{median(their):,.1f} µs", ""),
        (
            "topic, 10,000, index",
            matches,
            f"{median(our):,.1f} µs",
            f"{ratio:,.0f} times kombu's speed",
        ),
    ]


def check_same(
    found: Index, by_kombu: Callable[[Message], set[str]], messages: Sequence[Message]
) -> None:
    """See that both find the same queues, but for a `#`, that kombu lets take no zero words."""
    for message in messages:
        ours = found.matching(message)
        sure = {each.destination for each in ours if "#" not in each.binding_key}
        theirs = by_kombu(message)
        if not sure <= theirs <= {each.destination for each in ours}:
            raise SystemExit(f"kombu and the index differ on {message.routing_key}.")


def against_qlobber(rounds: int) -> list[Row]:
    """Time the same lookups by both, on 10,000 bindings."""
    case = topic_case(10_000)
    found = index("topic", case.bindings)
    matches = f"{held(found, case.messages):.1f}"
    if not is_qlobber_there():
        return [("topic, 10,000, qlobber", matches, "not there", "")]
    with qlobber(found, case) as by_qlobber:
        ours, theirs = turns(
            rounds, lambda: microseconds(found.matching, case.messages * PASSES), by_qlobber
        )
    ratio = median(their / our for our, their in zip(ours, theirs, strict=True))
    speed = f"{ratio:.2f} times qlobber's speed"
    return [
        ("topic, 10,000, qlobber", matches, f"{median(theirs):,.1f} µs", ""),
        ("topic, 10,000, index", matches, f"{median(ours):,.1f} µs", speed),
    ]


def is_qlobber_there() -> bool:
    """Tell whether Node.js is there and finds it."""
    node = shutil.which("node")
    return (
        bool(node)
        and not subprocess.run(
            [str(node), "-e", REQUIRED], stderr=subprocess.DEVNULL, check=False
        ).returncode
    )


@contextmanager
def qlobber(found: Index, case: Case) -> Iterator[Callable[[], float]]:
    """Start it, see that it finds what the index finds, and give what times a round of all keys."""
    patterns = [each.binding_key for each in case.bindings]
    keys = [each.routing_key for each in case.messages]
    pipe = subprocess.PIPE
    with subprocess.Popen(
        ["node", "-e", REQUIRED + QLOBBER], stdin=pipe, stdout=pipe, text=True
    ) as started:

        def ask(line: str) -> str:
            print(line, file=started.stdin, flush=True)
            return started.stdout.readline() if started.stdout else ""

        check_numbers(found, case, json.loads(ask(json.dumps([patterns, keys, PASSES]))))
        yield lambda: float(ask(""))


def check_numbers(found: Index, case: Case, told: Sequence[Sequence[int]]) -> None:
    """See that both find the same bindings."""
    for message, numbers in zip(case.messages, told, strict=True):
        if found.matching(message) != [case.bindings[number] for number in sorted(numbers)]:
            raise SystemExit(f"qlobber and the index differ on {message.routing_key}.")


def streaming(_rounds: int) -> list[Row]:
    """Time a million keys among 10,000 bindings; it comes first, to see how the program grows."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    seconds = streamed(index("topic", topic_case(10_000).bindings))
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1_000
    keys = f"topic, 10,000, {STREAM:,} keys"
    return [(keys, "", f"{seconds:.1f} of 15 s", f"{grown:,.0f} MB in all")]


def streamed(found: Index) -> float:
    """Look up the keys of a stream as they come, and give the seconds that the lookups took."""
    seconds = 0.0
    for first in range(0, STREAM, KEYS):
        keys = [random_key(VOCABULARY[10_000]) for _ in range(KEYS)]
        keys[::2] = [f"new{first + number}.{key}" for number, key in enumerate(keys[::2])]
        messages = [Message("x", key) for key in keys]
        seconds += microseconds(found.matching, messages) * KEYS / 1_000_000
    return seconds


def growing(rounds: int) -> list[Row]:
    """Time lookups among more and more bindings, of which about as many take a key."""
    cases = [topic_case(count) for count in VOCABULARY]
    indexes = [index("topic", case.bindings) for case in cases]
    times = turns(
        rounds,
        *(
            lambda found=found, case=case: microseconds(found.matching, case.messages)
            for found, case in zip(indexes, cases, strict=True)
        ),
    )
    rows, first = [], 0.0
    for case, found, each in zip(cases, indexes, times, strict=True):
        first = first or median(each)
        matches = f"{held(found, case.messages):.1f}"
        ratio = f"{median(each) / first:.2f} times the first time"
        rows.append((f"topic, {len(case.bindings):,}", matches, f"{median(each):,.1f} µs", ratio))
    return rows


def by_headers(rounds: int) -> list[Row]:
    """Time the lookup of one message among 10,000 bindings with criteria."""
    case = headers_case(10_000)
    found = index("headers", case.bindings)
    (times,) = turns(rounds, lambda: microseconds(found.matching, case.messages))
    matches = f"{held(found, case.messages):.1f}"
    share = f"{median(times) / 1000:.2f} of 1 ms"
    return [("headers, 10,000", matches, f"{median(times):,.1f} µs", share)]


def building(rounds: int) -> list[Row]:
    """Time building an index of 100,000 bindings, and weigh it in a run of its own."""
    bindings = topic_case(100_000).bindings
    (times,) = turns(min(rounds, 3), lambda: built(bindings))
    weight = f"{megabytes(bindings):,.0f} MB of 300"
    share = f"{median(times):.2f} of 2 s"
    return [("topic, building 100,000", "", share, weight)]


def built(bindings: Sequence[Binding]) -> float:
    """Build an index, and give the seconds that it took."""
    gc.collect()
    start = perf_counter()
    index("topic", bindings)
    return perf_counter() - start


def megabytes(bindings: Sequence[Binding]) -> float:
    """Build an index, and give the most memory that was held for it at once."""
    tracemalloc.start()
    index("topic", bindings)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak / 1_000_000


def main(rounds: int) -> None:
    """Measure, and print one table."""
    shown = Table(title="One message looked up")
    for name in ("bindings", "matches", "time", "ratio"):
        shown.add_column(name, justify="right" if name in ("matches", "time") else "left")
    for measure in (streaming, against_kombu, against_qlobber, growing, by_headers, building):
        for row in measure(rounds):
            shown.add_row(*row)
        shown.add_section()
    Console().print(shown)
    print(f"Medians of {rounds} rounds.  To reach: 100 times kombu's speed; 1 ms; 2 s and 300 MB.")


if __name__ == "__main__":
    main(int(sys.argv[1]) if sys.argv[1:] else 7)
