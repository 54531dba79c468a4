"""The words of a routing key, and below each of them the words that binding keys have there.

    order . eu . paid . late
    order . eu . #──────────   # is paid.late
    order . *  ✗ us   ✗        word 3: paid is not us

A `#` goes on as a line over all the words that it takes, and what does not fit has a mark.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from sys import maxsize

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderResult
from rich.text import Text

from routing.amqp.notation import EMPTY_KEY, shorten, write_key, write_word
from routing.rules.apart import escaped, tell_apart
from routing.rules.matching import split_words
from routing.rules.predict import Verdict
from routing.view.beside import Beside, Line
from routing.view.colours import BAD, STRONG
from routing.view.fit import Column, beneath, columns
from routing.view.marks import Marks, marks_for

LEAD = "  "
"""What stands before the first word: a place for its mark, and a blank."""

DOT = " . "
"""What stands between two words; a mark takes the place of the dot."""


@dataclass(frozen=True)
class InWords:
    """Lines about bindings, as Beside takes them, that show their binding keys word below word.

        InWords([(mark, binding_key, queue, reason), ...], [verdict, ...], at=1)

    verdicts: of each line what its binding does, or None where it is not about one.
    at: which cell has the binding key.  It is drawn where that cell has the key and nothing else
    (so put a mark, a destination or an exchange into cells of their own), the exchange is a topic
    exchange, and the routing key is that of the first such line; a line goes before with that key.
    Where a picture has no room, the lines are just those of Beside.  least: as Beside has it.
    """

    lines: Sequence[Line]
    verdicts: Sequence[Verdict | None]
    at: int
    least: Sequence[int] = ()

    def __rich_console__(self, _console: Console, options: ConsoleOptions) -> RenderResult:
        """Yield the lines with the picture, or as they are."""
        drawn = Beside([*self.drawn(options)], self.least)
        fits = drawn.lines and drawn.lacking(options.max_width) == 0
        yield drawn if fits else Beside(self.lines, self.least)

    def drawn(self, options: ConsoleOptions) -> Iterator[Line]:
        """Put the words into the lines, and the key before them; nothing where there are none."""
        found = {n: each for n, each in enumerate(self.verdicts) if each and self.has_key(n, each)}
        keys = [each.message.routing_key for each in found.values()]
        same = {n: each for n, each in found.items() if each.message.routing_key == keys[0]}
        if same:
            sent, *wanted = picture([*same.values()], options)
            yield self.with_cell([Text()] * len(self.lines[0]), Text(sent.plain, STRONG))
            drawn = dict(zip(same, wanted, strict=True))
            for number, line in enumerate(self.lines):
                yield self.with_cell(line, drawn[number]) if number in drawn else line

    def has_key(self, number: int, verdict: Verdict) -> bool:
        """Tell whether a line is about a pattern, and its cell has nothing but that."""
        key = write_key(verdict.binding.binding_key)
        return verdict.exchange_type == "topic" and self.lines[number][self.at].plain == key

    def with_cell(self, line: Line, cell: Text) -> Line:
        """Give a line with another cell in the place of the binding key."""
        return [*line[: self.at], cell, *line[self.at + 1 :]]


def picture(verdicts: Sequence[Verdict], options: ConsoleOptions) -> list[Text]:
    """Write the key that all these verdicts share, and each pattern, word below word, uncut."""
    marks = marks_for(options)
    key, *patterns = cells(verdicts, maxsize, ascii_only=options.ascii_only)
    return [
        above(verdicts[0], key, marks),
        *(below(v, cells, marks) for v, cells in zip(verdicts, patterns, strict=True)),
    ]


def above(verdict: Verdict, line: Sequence["Cell"], marks: Marks) -> Text:
    """Write the key, or a part of it; an empty one has no words."""
    return written(line, marks) if verdict.message.routing_key else Text(LEAD + EMPTY_KEY)


def below(verdict: Verdict, line: Sequence["Cell"], marks: Marks) -> Text:
    """Write a pattern below the key, or a part of it; an empty one has no words."""
    if verdict.binding.binding_key:
        return written(line, marks)
    return Text(LEAD + EMPTY_KEY) if verdict.takes else Text(f"{marks.misses} {EMPTY_KEY}", BAD)


@dataclass(frozen=True)
class Cell:
    """A word as it is written, or a place without one.

    width: how wide its column is.  before, after: whether a `#` goes on over what stands before
    and after the word; over both, it goes on over the word.
    """

    word: str
    width: int
    fails: bool = False
    before: bool = False
    after: bool = False


def cells(verdicts: Sequence[Verdict], most: int, *, ascii_only: bool) -> list[list[Cell]]:
    """Lay patterns on the key that they share: the line of the key first, then one for each."""
    words = split_words(verdicts[0].message.routing_key)
    laid = beneath([columns(split_words(v.binding.binding_key), words, v.reason) for v in verdicts])
    texts = [write_column(column, most, ascii_only=ascii_only) for column in laid]
    widths = [max(1, *map(cell_len, column)) for column in texts]
    key = [Cell(text[0], width) for text, width in zip(texts, widths, strict=True)]
    return [key, *(line_of(number, laid, texts, widths) for number in range(len(verdicts)))]


def line_of(
    number: int,
    laid: Sequence[Sequence[Column | None]],
    texts: Sequence[Sequence[str]],
    widths: Sequence[int],
) -> list[Cell]:
    """Make the line of one pattern, from its last word to its first."""
    line: list[Cell] = []
    after = False
    for column, text, width in zip(reversed(laid), reversed(texts), reversed(widths), strict=True):
        each = column[number]
        before = each.goes_on if each else after
        line.append(Cell(text[number + 1], width, bool(each and each.fails), before, after))
        after = before
    return line[::-1]


def write_column(column: Sequence[Column | None], most: int, *, ascii_only: bool) -> list[str]:
    """Write a word of the key and those below it; words that differ differ to the eye, too."""
    sent = next((each.sent for each in column if each), None)
    wanted = [None if each is None or each.goes_on else each.wanted for each in column]
    words = ["" if word is None else write_word(word) for word in (sent, *wanted)]
    # What the terminal's encoding lacks is escaped, and so is wider.
    key, *others = map(escaped, words) if ascii_only else words
    pairs = [
        tell_apart(key, word, most) if each and each.fails and key and word else (key, word)
        for word, each in zip(others, column, strict=True)
    ]
    key_told = next((one for one, _ in pairs if one != key), shorten(key, most))
    told = [key_told if other == key else shorten(other, most) for _, other in pairs]
    return [key_told, *told]


def written(line: Sequence[Cell], marks: Marks) -> Text:
    """Write a line, or a part of one; nothing where it has no word."""
    text, begun = Text(), False
    for place, cell in enumerate(line):
        over = cell.before and bool(place)
        dot = marks.onward if over else "." if cell.word and begun else " "
        space = marks.onward if over else " "
        sign = marks.misses if cell.fails else dot
        filled = cell.width - cell_len(cell.word)
        by = marks.onward if cell.after or (cell.before and not cell.word) else " "
        style = BAD if cell.fails else ""
        text.append(space * bool(place)).append(sign, style).append(space)
        text.append(cell.word + by * filled, style)
        begun = begun or bool(cell.word) or cell.before
    text.rstrip()
    return text
