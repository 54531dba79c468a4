"""What can be changed at one place of a module, so that it is another program.

A mutant is told by its statement before and after, as ast writes it: that does not depend on
where the statement stands, nor on how its lines are broken.
"""

import ast
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from types import CodeType
from typing import Any, Final, TypeAlias

Holder: TypeAlias = ast.stmt | ast.excepthandler | ast.match_case
"""What a mutant shows: a statement, or of one with others in it the first line."""

Named: TypeAlias = ast.FunctionDef | ast.ClassDef

OTHER_COMPARISON: Final[dict[type[ast.cmpop], type[ast.cmpop]]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
}

OTHER_OPERATOR: Final[dict[type[ast.operator], type[ast.operator]]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Add,
    ast.Div: ast.Mult,
    ast.Mod: ast.Mult,
    ast.Pow: ast.Mult,
    ast.BitOr: ast.BitAnd,
    ast.BitAnd: ast.BitOr,
}

OTHER_NAME: Final = {
    one: other
    for pair in (("any", "all"), ("min", "max"), ("startswith", "endswith"))
    for one, other in (pair, pair[::-1])
}

LEFT_OUT: Final = ("sorted", "reversed", "set", "frozenset", "list", "str", "int")
"""Functions of which a mutant takes the argument as it is."""


@dataclass(frozen=True)
class Mutant:
    """A module with one change.

    place: module, class and function, as predict.Route.returned.
    called: whether it is a part of that function, and not of what is run by an import.
    line: where the statement begins, for who reads it.
    before, after: the statement.
    old, new: the node of the module that is another one.
    """

    module: str
    place: str
    called: bool
    line: int
    before: str
    after: str
    whole: ast.Module
    old: ast.AST
    new: ast.AST

    @property
    def key(self) -> tuple[str, str, str]:
        """What names it however the module is edited elsewhere."""
        return self.place, self.before, self.after

    def program(self) -> CodeType:
        """Compile the changed module."""
        tree = ast.fix_missing_locations(replaced(self.whole, self.old, self.new))
        return compile(tree, f"{self.module}, changed", "exec")


def mutants_of(module: str, text: str) -> list[Mutant]:
    """Make every mutant of a module, in the order of its lines."""
    whole = ast.parse(text)
    found: Counter[tuple[str, str, str]] = Counter()
    mutants = []
    for holder, place, called in holders(whole, module):
        before, line = written(holder), getattr(holder, "lineno", 0)
        short = shortened(holder)
        shown = {before}
        for old, new in changes(holder):
            after = written(new if isinstance(new, Holder) else replaced(short, old, new))
            if after not in shown:
                shown.add(after)
                found[place, before, after] += 1
                again = found[place, before, after]
                told = f"{after}  # the {again}. such line" if again > 1 else after
                mutants.append(Mutant(module, place, called, line, before, told, whole, old, new))
    return mutants


def changes(holder: Holder) -> Iterator[tuple[ast.AST, ast.AST]]:
    """Give what stands in a statement, each part with each of what can stand in its place."""
    return ((old, new) for old in places_in(holder) for new in variants(old))


def holders(
    node: ast.AST, place: str, *, called: bool = False
) -> Iterator[tuple[Holder, str, bool]]:
    """Give each statement in which a change counts, with its place, and whether that is called."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, Holder) and not is_pointless(child, isinstance(node, ast.Module)):
            yield child, place, called
            inside = f"{place}.{child.name}" if isinstance(child, Named) else place
            function = isinstance(child, ast.FunctionDef)
            yield from holders(child, inside, called=called or function)


def noting(module: str, text: str) -> CodeType:
    """Compile a module whose functions note in mutants.fast_tests.CALLED that they are called."""
    whole = ast.parse(text)
    for holder, place, _ in [*holders(whole, module)]:
        if isinstance(holder, ast.FunctionDef):
            holder.body[:0] = ast.parse(f"CALLED.add('{place}.{holder.name}')").body
    whole.body[1:1] = ast.parse("from mutants.fast_tests import CALLED").body
    return compile(ast.fix_missing_locations(whole), f"{module}, noting", "exec")


def is_pointless(holder: Holder, at_top: bool) -> bool:  # noqa: FBT001 - where it stands
    """Tell of docstrings, of imports, of what only type checkers read, and names of types."""
    match holder:
        case ast.Expr(value=ast.Constant()) | ast.Import() | ast.ImportFrom():
            return True
        case ast.If(test=ast.Name(id="TYPE_CHECKING")):
            return True
        case ast.Assign(targets=[ast.Name(id=name)]):
            return at_top and not name.isupper()
        case ast.AnnAssign(annotation=ast.Name(id="TypeAlias")):
            return True
    return False


def places_in(node: ast.AST) -> Iterator[ast.AST]:
    """Give the statement and what stands in it, but for annotations and what holds others."""
    yield node
    for name, value in ast.iter_fields(node):
        if name in ("annotation", "returns", "decorator_list", "bases"):
            continue
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST) and not isinstance(child, Holder):
                yield from places_in(child)


def variants(node: ast.AST) -> Iterator[ast.AST]:
    """Give what can stand in the place of one node."""
    match node:
        case ast.Compare(left, operators, comparators):
            for at, operator in enumerate(operators):
                other = OTHER_COMPARISON[type(operator)]()
                yield ast.Compare(left, put(operators, at, other), comparators)
        case ast.BoolOp(operator, values):
            yield ast.BoolOp(ast.And() if isinstance(operator, ast.Or) else ast.Or(), values)
            for rest in shorter(values):
                yield ast.BoolOp(operator, rest) if len(rest) > 1 else rest[0]
        case ast.UnaryOp(ast.Not() | ast.USub(), operand):
            yield operand
        case ast.BinOp(left, operator, right) if type(operator) in OTHER_OPERATOR:
            yield ast.BinOp(left, OTHER_OPERATOR[type(operator)](), right)
        case ast.Constant(value):
            yield from map(ast.Constant, other_constants(value))
        case ast.Call():
            yield from other_calls(node)
        case ast.IfExp(_, body, orelse):
            yield from (body, orelse)
        case ast.stmt():
            yield from other_statements(node)
        case _:
            yield from with_less(node)


def with_less(node: ast.AST) -> Iterator[ast.AST]:
    """Leave out a part of what has several: a bound, an element, an entry, a condition."""
    match node:
        case ast.Slice(lower, upper, step):
            yield from (ast.Slice(None, upper, step) for _ in [lower] if lower)
            yield from (ast.Slice(lower, None, step) for _ in [upper] if upper)
        case ast.List(elements, ast.Load()) | ast.Tuple(elements, ast.Load()):
            yield from (type(node)(rest, ast.Load()) for rest in shorter(elements))
        case ast.Set(elements) if len(elements) > 1:
            yield from map(ast.Set, shorter(elements))
        case ast.Dict(keys, values):
            yield from map(ast.Dict, shorter(keys), shorter(values))
        case ast.comprehension(target, iterated, conditions, is_async):
            for rest in shorter(conditions):
                yield ast.comprehension(target, iterated, rest, is_async)


def other_statements(node: ast.stmt) -> Iterator[ast.stmt]:
    """Give what can stand in the place of a statement as a whole."""
    match node:
        case ast.If(_, body, orelse):
            yield from (ast.If(ast.Constant(taken), body, orelse) for taken in (True, False))
        case ast.While(_, body, orelse):
            yield ast.While(ast.Constant(value=False), body, orelse)
        case ast.Return(ast.expr() as value) if not isinstance(value, ast.Constant):
            yield ast.Return(ast.Constant(None))
        case ast.Continue():
            yield ast.Break()
        case ast.Break():
            yield ast.Continue()
        case ast.Expr() | ast.AugAssign() | ast.Raise() | ast.Return(None):
            yield ast.Pass()
        case ast.Assign(targets=[ast.Subscript() | ast.Attribute()]):
            yield ast.Pass()


def other_constants(value: object) -> list[Any]:
    """Give what can stand in the place of a constant."""
    match value:
        case bool():
            return [not value]
        case int() | float():
            return [value + 1]
        case str():
            return ["" if value else "?"]
    return []


def other_calls(call: ast.Call) -> Iterator[ast.expr]:
    """Call another function, none at all, or the same with a keyword left out."""
    match call.func:
        case ast.Name(id=name) if name in OTHER_NAME:
            yield ast.Call(ast.Name(OTHER_NAME[name], ast.Load()), call.args, call.keywords)
        case ast.Name(id=name) if name in LEFT_OUT and call.args:
            yield call.args[0]
        case ast.Attribute(value, name) if name in OTHER_NAME:
            other = ast.Attribute(value, OTHER_NAME[name], ast.Load())
            yield ast.Call(other, call.args, call.keywords)
    for keyword, rest in zip(call.keywords, shorter(call.keywords), strict=True):
        if keyword.arg != "strict":  # without it zip does as with False, which is made anyway
            yield ast.Call(call.func, call.args, rest)


def shorter(values: list[Any]) -> list[list[Any]]:
    """Leave out each value once."""
    return [values[:at] + values[at + 1 :] for at in range(len(values))]


def put(values: list[Any], at: int, value: object) -> list[Any]:
    """Put another value at one place."""
    return [*values[:at], value, *values[at + 1 :]]


def replaced(node: Any, old: ast.AST, new: ast.AST) -> Any:
    """Copy a tree, with another node in the place of one."""
    if node is old:
        return new
    if isinstance(node, list):
        return [replaced(each, old, new) for each in node]
    if not isinstance(node, ast.AST):
        return node
    fields = {name: replaced(value, old, new) for name, value in ast.iter_fields(node)}
    return ast.copy_location(type(node)(**fields), node)


def shortened(holder: Holder) -> Holder:
    """Empty what a statement holds, so that its first line alone tells it."""
    fields = dict(ast.iter_fields(holder))
    emptied = {"body": [ast.Pass()], "orelse": [], "decorator_list": []}
    fields |= {name: emptied[name] for name in emptied.keys() & fields.keys()}
    return ast.copy_location(type(holder)(**fields), holder)


def written(holder: Holder) -> str:
    """Write a statement, and of one that holds others only its first line."""
    return ast.unparse(shortened(holder)).strip().partition("\n")[0]
