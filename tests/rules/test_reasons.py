"""Is every reason true?  Each is read back from its sentence, and held against all that could be.

Nothing here knows how reasons are found: a pattern is tried in every way, a criterion alone, a
type with every value of it.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from functools import cache
from itertools import combinations, pairwise, zip_longest
from random import Random
from textwrap import wrap
from unicodedata import normalize

import pytest

from routing.amqp.notation import write_value
from routing.amqp.topology import (
    AnyBinding,
    Binding,
    Exchange,
    ExchangeBinding,
    Message,
    Topology,
)
from routing.amqp.values import Repeated, Typed, Value
from routing.amqp.versions import EXACT_NUMBERS, TRIED, Version
from routing.rules import matching
from routing.rules.predict import route
from routing.rules.why import explain

Words = tuple[str, ...]

SEED = 5
"""Any other finds nothing either; this one makes a failure come again."""

PAIRS = {"topic": 64_000, "direct": 18_000, "headers": 20_000}
"""So many pairs of a binding and a message are made up; over 100,000 of them are held."""

ONE_OF = pytest.mark.parametrize("one_of", [5, pytest.param(1, marks=pytest.mark.long)])
"""All of them, or at first one of five."""


def told(exchange_type: str, binding: AnyBinding, message: Message, version: Version) -> str:
    """Give the reason, and see that its nearness says whether the rule takes the message."""
    reason = explain(exchange_type, binding, message, version)
    takes = matching.RULES[exchange_type](binding, message, version)
    assert (reason.nearness == 1) is takes
    return reason.text


# Topic

WORDS = ("a", "b", "c", "a", "b", "A", "", "*", "#", "nothing")
WANTED = (*WORDS[:8], "*", "#", "#", "#")


@ONE_OF
def test_is_what_is_said_of_a_pattern_true(one_of: int) -> None:
    """What wildcards take is one way to fit; a miss names what no way gets round."""
    random = Random(SEED)  # noqa: S311
    for _ in range(PAIRS["topic"] // one_of):
        pattern = tuple(random.choices(WANTED, k=random.randrange(7)))
        words = tuple(random.choices(WORDS, k=random.randrange(6)))
        if pattern == ("",) or words == ("",):
            continue  # the empty key has no word
        said = told("topic", bound(".".join(pattern)), published(".".join(words)), TRIED[0])
        assert is_true_of(said, pattern, words), (pattern, words, said)


@cache
def bound(key: str) -> Binding:
    """Bind a queue by a key."""
    return Binding("x", "q", key)


@cache
def published(key: str) -> Message:
    """Publish by a key."""
    return Message("x", key)


def is_true_of(said: str, pattern: Words, words: Words) -> bool:
    """Hold what is said of a pattern and a key against every way to lay the one on the other."""
    fits = next(ways(pattern, words), None) is not None
    if said == "the same words":
        return pattern == words and not {"*", "#"} & {*pattern}
    if re.match(r"[*#] is ", said):
        return read_taken(said) in [taken(pattern, way) for way in ways(pattern, words)]
    for form, holds in OBSTACLES:
        if found := re.fullmatch(form, said):
            return not fits and holds(found, pattern, words)
    return False


def ways(pattern: Words, words: Words) -> Iterator[tuple[Words, ...]]:
    """List every way in which a pattern fits: the words that each of its words takes."""
    if not pattern:
        if not words:
            yield ()
        return
    first, rest = pattern[0], pattern[1:]
    if first == "#":
        ends: Sequence[int] = range(len(words) + 1)
    else:
        ends = [1] if words and first in ("*", words[0]) else []
    for end in ends:
        for way in ways(rest, words[end:]):
            yield (words[:end], *way)


def taken(pattern: Words, way: tuple[Words, ...]) -> list[tuple[str, Words]]:
    """Give what each wildcard takes in one way."""
    return [pair for pair in zip(pattern, way, strict=True) if pair[0] in ("*", "#")]


def read_taken(said: str) -> list[tuple[str, Words]]:
    """Read back what each wildcard takes."""
    return [(each[0], read_words(each[5:])) for each in re.split(r", (?=[*#] is )", said)]


def read_words(written: str) -> Words:
    """Read back some words that follow one another."""
    return () if written == "nothing" else tuple(map(read_word, written.split(".")))


def read_word(written: str) -> str:
    """Read back one word."""
    if written == "(an empty word)":
        return ""
    return str(json.loads(written)) if written[:1] == '"' else written


def wrong_word(found: re.Match[str], pattern: Words, words: Words) -> bool:
    """See that it is the first word, from this end, whose place is fixed, and which differs."""
    named, sent, wanted, capitals = found.groups()
    if re.fullmatch(r"word \d+", named):
        beginning = pattern[: pattern.index("#")] if "#" in pattern else pattern
        place = int(named[5:])
    else:
        beginning, words = pattern[::-1][: pattern[::-1].index("#")], words[::-1]
        nth = re.fullmatch(r"word (\d+) from the end", named)
        place = int(nth[1]) if nth else {"last word": 1, "last word but one": 2}[named]
    differing = [
        (at, word, each)
        for at, (word, each) in enumerate(zip(words, beginning, strict=False), 1)
        if each not in ("*", word)
    ]
    pair = read_word(sent), read_word(wanted)
    return differing[0] == (place, *pair) and bool(capitals) is (pair[0].lower() == pair[1].lower())


def no_word_left(found: re.Match[str], pattern: Words, words: Words) -> bool:
    """See that the words before it in the pattern fit the whole key, or that this has none."""
    at = next(
        place
        for place, each in enumerate(pattern)
        if each != "#" and len([w for w in pattern[:place] if w != "#"]) == len(words)
    )
    fits = next(ways(pattern[:at], words), None) is not None and "#" not in pattern[:at]
    return pattern[at] == read_word(found[1]) and (fits or not words)


def too_few(found: re.Match[str], pattern: Words, words: Words) -> bool:
    """See that the numbers are those of the key and of the pattern."""
    needed = len(pattern) - pattern.count("#")
    return read_number(found[1]) == len(words) < needed == int(found[2]) and "#" in pattern


def too_many(found: re.Match[str], pattern: Words, words: Words) -> bool:
    """See that the whole pattern fits what stands before the words that are left."""
    left = read_words(found[2])
    before = words[: len(words) - len(left)]
    fits = next(ways(pattern, before), None) is not None
    return fits and words == before + left and read_number(found[1]) == len(left) > 0


def read_number(written: str) -> int:
    """Read back a number of words."""
    return 1 if written == "one word" else int(written.partition(" ")[0])


def nowhere(found: re.Match[str], pattern: Words, words: Words) -> bool:
    """See that it is missing there, and that it could be nowhere else."""
    what, part, capitals = found.groups()
    segment = read_words(re.sub(r"(\d+ )?words? (left for )?| in a row", "", what))
    if ("left for" in what) != (set(segment) == {"*"}):
        return False
    begins, ends = read_part(part, len(words))
    stands_alike = [
        all(w == "*" or w.lower() == s.lower() for w, s in zip(segment, shown, strict=True))
        for shown in windows(words[begins:ends], len(segment))
    ]
    return (
        not any(fits_words(segment, shown) for shown in windows(words[begins:ends], len(segment)))
        and any(stands_alike) is bool(capitals)
        and any(
            (begins, ends) in ((0, len(words)), (earliest, latest))
            for earliest, latest in parts_for(segment, pattern, words)
        )
    )


def read_part(part: str, words: int) -> tuple[int, int]:
    """Read back a part of a key: how many words stand before it, and where it ends."""
    after = re.search(r"(?:after|between) word (\d+)", part)
    before = re.search(r"(?:before|and) word (\d+)", part)
    return int(after[1]) if after else 0, int(before[1]) - 1 if before else words


def windows(words: Words, size: int) -> list[Words]:
    """List so many words that follow one another, wherever they begin."""
    return [words[at : at + size] for at in range(len(words) - size + 1)]


def fits_words(segment: Words, shown: Words) -> bool:
    """Tell whether words fit part of a pattern that has no `#`."""
    return next(ways(segment, shown), None) is not None


def parts_for(segment: Words, pattern: Words, words: Words) -> Iterator[tuple[int, int]]:
    """Give the part of a key in which a part of a pattern between two `#` must stand."""
    hashes = [place for place, word in enumerate(pattern) if word == "#"]
    latest = len(words) - len(pattern[hashes[-1] + 1 :])
    for one, other in pairwise(hashes):
        if pattern[one + 1 : other] == segment:
            reach = (n for n in range(latest + 1) if fits_words(pattern[:one], words[:n]))
            yield next(reach, -1), latest


Holds = Callable[["re.Match[str]", Words, Words], bool]

OBSTACLES: Sequence[tuple[str, Holds]] = [
    (r"((?:last )?word[^:]*): (.+) is not (.+?)( \(capitals count\))?", wrong_word),
    (r"no word left for ([^ ]+|\(an empty word\))", no_word_left),
    (r"(one word|\d+ words), but (\d+) are needed", too_few),
    (r"(one word|\d+ words) too many: (.+)", too_many),
    (
        r"no ((?:\d+ )?words? .+?)"
        r"( after word \d+| before word \d+| between word \d+ and word \d+|)"
        r"( \(capitals count\))?",
        nowhere,
    ),
]


# Direct

UNUSUAL = ("\u0430", "e\u0301", "\u03c2", "\u03c3", "\u212a")
"""A Cyrillic a, an e and its accent, both small sigmas of one capital, and the sign for kelvin."""

LETTERS = ("a", "b", "A", ".", "*", "#", '"', "K", "é", "ß", "ss", *UNUSUAL)


@ONE_OF
def test_is_what_is_said_of_two_keys_true(one_of: int) -> None:
    """The same, or not: then both are written, and look different."""
    random = Random(SEED)  # noqa: S311
    for _ in range(PAIRS["direct"] // one_of):
        wanted, sent = ("".join(random.choices(LETTERS, k=random.randrange(4))) for _ in "ab")
        default = random.random() < 0.2
        binding = Binding("" if default else "x", "q", wanted)
        said = told("direct", binding, published(sent), TRIED[0])
        if wanted == sent:
            assert said == ("the key is the queue's name" if default else "the same key")
        elif said == "no wildcards here: only the very same key":
            assert matching.topic(binding, published(sent))
            assert not default
        else:
            assert default or not matching.topic(binding, published(sent))
            assert_told_apart(said, sent, wanted)


def assert_told_apart(said: str, sent: str, wanted: str) -> None:
    """See that two keys are written so that each can be read, and not as the same."""
    found = re.fullmatch(r"(.*) is not (.*?)( \(capitals count\))?", said)
    assert found
    assert [read_key(found[1]), read_key(found[2])] == [sent, wanted]
    letters = [*zip_longest(sent, wanted, fillvalue="")]
    capitals = all(a == b or {a, b} == {a.lower(), a.upper()} for a, b in letters)
    assert bool(found[3]) is capitals
    assert looks(found[1]) != looks(found[2])


def looks(written: str) -> str:
    """Give what the eye sees: accents as part of a letter, and a Cyrillic a as a Latin one."""
    return normalize("NFC", written).replace("\u0430", "a")


def read_key(written: str) -> str:
    """Read back a key, whether in quotes or not, with numbers for letters or not."""
    if written == "(empty key)":
        return ""
    plain = re.sub(r"\\(?:x(..)|u(....))", lambda code: chr(int(code[1] or code[2], 16)), written)
    return str(json.loads(plain)) if plain[0] == '"' else plain


# Headers

SEVEN = Typed("timestamp", 7)

KINDS: Mapping[str, Sequence[Value]] = {
    "a boolean": [True, False, Typed("bool", value=True)],
    "no value": [None],
    "a string": ["", "1", "a", "A", b"a", b"\xff", Typed("longstr", "a"), "e\u0301", "é"],
    "an integer": [0, 1, 7, 2**31, 7000, Typed("int8", 1), Typed("int64L", 7)],
    "a float": [0.0, -0.0, 1.0, 0.1, 1.5, 7.0, 7000.0, 2.0**31, Typed("float32", 0.1)],
    "a timestamp": [SEVEN, Typed("timestamp", 0), Typed("timestamp", 1), Typed("timestamp", 7000)],
    "a decimal": [Decimal("1.0"), Typed("decimal", (1, 10)), Typed("decimal", (2, 100))],
    "a list": [[], [1], [True], [Typed("int64", 1)], [b"a"], ["a"], [SEVEN], [["a"]]],
    "a table": [{}, {"a": 1}, {"a": "1"}, {"a": 1, "b": 2}, {"b": 2, "a": 1}, {"a": [1]}],
}
"""Values of every type; numbers of one type have their like in every other."""

MORE: Mapping[str, Sequence[Value]] = {
    **KINDS,
    "a timestamp": [*KINDS["a timestamp"], *(Typed("timestamp", n * 1000) for n in (1, 7, 7000))],
    "an integer": [*KINDS["an integer"], *(n * 1000 for n in (1, 7, 7000))],
}
"""The same, with what a timestamp is as milliseconds."""

KIND_BY_ID = {id(value): kind for kind, values in KINDS.items() for value in values}

BY_ID = {id(each): each for values in MORE.values() for each in values}

MODES: Sequence[Mapping[str, Value]] = [
    {},
    *({"x-match": mode} for mode in ("all", "any", "all-with-x", "any-with-x")),
]

NAMES = ("a", "A", "b", "x-a", "x-b", "X-a", "")


def table(random: Random, most: int) -> dict[str, Value]:
    """Make up headers or criteria; None often, and of all types of value each as often."""
    names = random.sample(NAMES, random.randrange(most))
    return {
        name: random.choice(KINDS[random.choice([*KINDS, "an integer", "a float"])])
        for name in names
    }


def near(random: Random, wanted: Mapping[str, Value]) -> dict[str, Value]:
    """Make up headers of which some are those of a table, or of its type."""
    sent = table(random, 4)
    for name, value in wanted.items():
        if random.random() < 0.6:
            sent[name] = value if random.random() < 0.5 else random.choice(KINDS[kind_of(value)])
    return sent


@ONE_OF
def test_is_what_is_said_of_headers_true(one_of: int) -> None:
    """On every version: a criterion that is named as met is met alone, as not met fails alone."""
    random = Random(SEED)  # noqa: S311
    for _ in range(PAIRS["headers"] // one_of):
        version = random.choice(TRIED)
        wanted = table(random, 4)
        binding = Binding("x", "q", arguments={**random.choice(MODES), **wanted})
        sent = None if random.random() < 0.05 else near(random, wanted)
        said = told("headers", binding, Message("x", headers=sent), version)
        hold_headers(said, binding, sent or {}, version)


def hold_headers(said: str, binding: Binding, sent: Mapping[str, Value], version: Version) -> None:
    """Hold what is said of headers against each criterion alone."""
    mode = str(binding.arguments.get("x-match", "all"))
    judged = {
        name: value
        for name, value in binding.arguments.items()
        if name != "x-match" and (mode in ("all-with-x", "any-with-x") or name[:2] != "x-")
    }
    met = [name for name in judged if meets_alone(judged[name], sent, name, version)]
    said = without_skipped(said, [*binding.arguments.keys() - judged.keys() - {"x-match"}])
    if not judged:
        assert said == ("nothing is asked for" if "all" in mode else "nothing that could be met")
    elif met and ("any" in mode or len(met) == len(judged)):
        listed = [shown(name) + " is there" * (judged[name] is None) for name in met]
        assert said == f"{'one is enough' if 'any' in mode else 'all met'}: {', '.join(listed)}"
    else:
        missed = [name for name in judged if name not in met]
        named, more = read_list(said, "; ")
        assert len(named) + more == len(missed)
        for name, each in zip(missed, named, strict=False):
            assert lacks(each, name, judged[name], sent, version), (each, version)


def read_list(said: str, separator: str) -> tuple[list[str], int]:
    """Read back a list, which can end with how many more there are."""
    listed, more = re.subn(r";? and \d+ more$", "", said)
    return listed.split(separator), int(said.split()[-2]) if more else 0


def without_skipped(said: str, skipped: Sequence[str]) -> str:
    """Take off what is said of arguments that are skipped, and see that it is just that."""
    found = re.fullmatch(r"(.*) \((.*) (is|are) skipped\)", said)
    assert sorted(found[2].split(", ") if found else []) == sorted(skipped)
    if not found:
        return said
    assert found[3] == ("is" if len(skipped) == 1 else "are")
    return found[1]


def shown(name: str) -> str:
    """Write the name of a header."""
    return name or "(empty key)"


def meets_alone(wanted: Value, sent: Mapping[str, Value], name: str, version: Version) -> bool:
    """Tell whether a criterion is met where it is the only one, by this header alone."""
    return name in sent and alone(id(wanted), id(sent[name]), version)


@cache
def alone(wanted: int, sent: int, version: Version) -> bool:
    """Tell the same of two of the values, which live as long as this file."""
    binding = Binding("x", "q", arguments={"x-match": "all-with-x", "h": BY_ID[wanted]})
    return matching.headers(binding, Message("x", headers={"h": BY_ID[sent]}), version)


def lacks(said: str, name: str, wanted: Value, sent: Mapping[str, Value], version: Version) -> bool:
    """Hold what is said of one criterion against every value of the types in question."""
    if said == f"no header {shown(name)}":
        return name not in sent
    if said == "no header BCC (RabbitMQ removes it)":
        return name == "BCC" and name not in sent
    found = re.fullmatch(r"(.*?): (.*)", said)
    if not found or found[1] != shown(name) or name not in sent:
        return False
    value, written = sent[name], found[2]
    if counts := re.fullmatch(r"it counts (\d+) ms, and not (.*)", written):
        stamp = isinstance(value, Typed) and value.type == "timestamp" and value.value * 1000
        return (
            int(counts[1]) == stamp
            and counts[2] == write_value(wanted)
            and version >= EXACT_NUMBERS
            and not by_type(value, wanted, version)
        )
    same_type = re.fullmatch(r"(.*) is not (.*)", written)
    for sides in [(write_value(value), write_value(wanted)), (by_number(value), by_number(wanted))]:
        if looks(sides[0]) == looks(sides[1]):
            continue
        if same_type:
            return same_type.groups() == sides and not by_type(value, wanted, version)
        kinds = f"{sides[0]} is {kind_of(value)}, {sides[1]} is {kind_of(wanted)}"
        return written == kinds and by_type(value, wanted, version)
    return False


def by_number(value: Value) -> str:
    """Write a value with numbers for all letters beyond ASCII."""
    return write_value(value).encode("ascii", "backslashreplace").decode()


def kind_of(value: Value) -> str:
    """Name the type of one of the values."""
    return KIND_BY_ID[id(value)]


def by_type(sent: Value, wanted: Value, version: Version) -> bool:
    """Tell whether the type alone is in the way: no value of one is the other, either way."""
    return not any(
        [
            *(meets_alone(wanted, {"h": each}, "h", version) for each in MORE[kind_of(sent)]),
            *(meets_alone(each, {"h": sent}, "h", version) for each in MORE[kind_of(wanted)]),
        ]
    )


@pytest.mark.parametrize("version", TRIED, ids=str)
def test_which_of_two_headers_of_one_name_is_told_of(version: Version) -> None:
    """The one that counts: up to 3.12 the first, since then the last."""
    sent = Repeated([("h", "first"), ("h", "last")])
    topology = Topology(
        exchanges=[Exchange("x", "headers")],
        queues=["q"],
        bindings=[Binding("x", "q", arguments={"h": "other"})],
    )
    (verdict,) = route(topology, Message("x", headers=sent), version).verdicts
    counts = "last" if version >= EXACT_NUMBERS else "first"
    assert verdict.reason.text == f'h: "{counts}" is not "other"'


# Long

LINE = 64
"""What a reason has of a screen of 80 columns."""


def cut_from(shown: str, whole: str) -> bool:
    """Tell whether a text is another one, as a whole or without what is marked as left out."""
    return bool(re.fullmatch(".+".join(map(re.escape, shown.split("[...]"))), whole))


def long_word(random: Random, letters: str = "ab") -> str:
    """Make up a long word that has much in common with any other."""
    return "x" * random.randrange(120) + "".join(random.choices(letters, k=4)) + "y" * 90


def test_are_long_words_told_apart() -> None:
    """Each is shown as a part of it, and two that differ never as the same, in two lines."""
    random = Random(SEED)  # noqa: S311
    for _ in range(250):
        wanted, sent = long_word(random), long_word(random)
        for exchange_type, lead in (("direct", ""), ("topic", "word 1: ")):
            said = told(exchange_type, bound(wanted), Message("x", sent), TRIED[0])
            if wanted != sent:
                one, other = said.removeprefix(lead).split(" is not ")
                assert one != other
                assert cut_from(one, sent)
                assert cut_from(other, wanted)
            assert len(wrap(said, LINE, break_on_hyphens=False)) <= 2


def test_is_what_is_many_counted() -> None:
    """Lists name the first, and how many more: wildcards, criteria, what is skipped."""
    random = Random(SEED)  # noqa: S311
    for _ in range(150):
        wanted, skipped = many(random, "", 200), many(random, "x-", 60)
        mode = random.choice(["all", "any"])
        binding = Binding("x", "q", arguments={"x-match": mode} | skipped | wanted)
        sent = {name: random.choice([value, "y" * 299 + "x"]) for name, value in wanted.items()}
        said = told("headers", binding, Message("x", headers=sent), TRIED[0])
        met = sum(wanted[name] == sent[name] for name in wanted)
        hit = met == len(wanted) or (mode == "any" and met > 0)
        assert count(said, hit=hit) == (met if hit else len(wanted) - met, len(skipped))
        assert len(wrap(said, LINE, break_on_hyphens=False)) <= 2


def many(random: Random, before: str, most: int) -> dict[str, Value]:
    """Make up criteria whose names and values are long."""
    values: Sequence[Value] = [1, "y" * 300, b"z" * 200]
    return {
        f"{before}{long_word(random)[-random.randrange(1, 200) :]}{n}": random.choice(values)
        for n in range(random.randrange(1, most))
    }


def count(said: str, *, hit: bool) -> tuple[int, int]:
    """Count the criteria that are told of, and the arguments that are skipped."""
    found = re.fullmatch(r"(.*?)(?: \((.*) (?:is|are) skipped\))?", said)
    assert found
    told_of, passed_over = found.groups()
    named, more = read_list(told_of, ", " if hit else "; ")
    left = 0
    if passed_over:
        number = passed_over.isdecimal()
        each, further = read_list(passed_over, ", ")
        left = int(passed_over) if number else len(each) + further
    return len(named) + more, left


def test_are_many_wildcards_counted() -> None:
    """The words of the first ones, and how many more there are."""
    for size in range(1, 120):
        key = ".".join(["a"] * size)
        said = told("topic", bound(".".join(["*"] * size)), Message("x", key), TRIED[0])
        named, more = read_list(said, ", ")
        assert {*named} == {"* is a"}
        assert len(named) + more == size
        assert len(said) <= 2 * LINE


# The nearest miss


def test_is_the_nearest_miss_one_of_the_nearest() -> None:
    """By words, letters or criteria that are met, counted in every way; of equals, the last."""
    random = Random(SEED)  # noqa: S311
    for _ in range(1_500):
        exchange_type = random.choice(["direct", "topic", "headers"])
        topology, message = small(random, exchange_type)
        found = route(topology, message)
        if found.hits or found.refusal or len(topology.bindings) == len(WAYS):
            continue
        miss = found.nearest_miss
        assert miss
        asked = [each for each in topology.bindings if each.source != "in"]
        nearest = max((nearness(exchange_type, each, message), each.source) for each in asked)
        told_of = miss.binding
        assert (nearness(exchange_type, told_of, message), told_of.source) == nearest


WAYS = (ExchangeBinding("in", "x"), ExchangeBinding("in", "y"))


def small(random: Random, exchange_type: str) -> tuple[Topology, Message]:
    """Make up two exchanges with some bindings, and a message that few of them take."""

    def key(words: Sequence[str]) -> str:
        return ".".join(random.choices(words, k=random.randrange(1, 5)))

    asked = [
        Binding(source, "q", key(WANTED), {n: random.randrange(3) for n in random.sample("abc", 2)})
        for source in random.choices("xy", k=random.randrange(5))
    ]
    headers = {name: random.randrange(3) for name in random.sample("abcd", 3)}
    exchanges = [Exchange("in", "fanout"), *(Exchange(name, exchange_type) for name in "xy")]
    topology = Topology(exchanges=exchanges, queues=["q"], bindings=[*WAYS, *asked])
    return topology, Message("in", key(WORDS), headers)


def nearness(exchange_type: str, binding: AnyBinding, message: Message) -> float:
    """Measure how near a binding is to taking a message."""
    wanted, sent = binding.binding_key, message.routing_key
    if exchange_type == "headers":
        met = {*binding.arguments.items()} & {*(message.headers or {}).items()}
        return len(met) / len(binding.arguments)
    if exchange_type == "topic":
        needed = [word for word in wanted.split(".") if word != "#"] if wanted else []
        return words_in_order(needed, sent.split(".") if sent else []) / (len(needed) + 1)
    return 2 * alike(wanted, sent) / (len(wanted) + len(sent))


def words_in_order(needed: Sequence[str], words: Sequence[str]) -> int:
    """Count the most words of a pattern that some words of the key, in their order, fit."""
    sizes = range(min(len(needed), len(words)), 0, -1)
    return next(
        (
            size
            for size in sizes
            for some in combinations(needed, size)
            for sent in combinations(words, size)
            if fits_words(some, sent)
        ),
        0,
    )


def alike(one: str, other: str) -> int:
    """Count the letters in the longest part that two texts share, and on both sides of it."""
    for size in range(min(len(one), len(other)), 0, -1):
        for at in range(len(one) - size + 1):
            found = other.find(one[at : at + size])
            if found >= 0:
                before = alike(one[:at], other[:found])
                return before + size + alike(one[at + size :], other[found + size :])
    return 0
