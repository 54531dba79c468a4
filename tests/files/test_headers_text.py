"""Are headers and criteria read as they are typed?"""

import pytest

from routing.amqp.errors import BadUse
from routing.amqp.values import Typed
from routing.files.headers_text import read_criteria, read_headers


@pytest.mark.parametrize(
    ("text", "headers"),
    [
        ("region=eu,urgent:bool=true", {"region": "eu", "urgent": True}),
        ("a=x=y,b=", {"a": "x=y", "b": ""}),
        ("a:int=1,b:int8=-3,c:float=1.5", {"a": 1, "b": Typed("int8", -3), "c": 1.5}),
        ('a:json={"x": [1, "y,z"]},b=1', {"a": {"x": [1, "y,z"]}, "b": "1"}),
        ('CC:array=["a","b"],v:void=', {"CC": Typed("array", ["a", "b"]), "v": None}),
        ("a:bytes=00ff", {"a": Typed("bytes", b"\x00\xff")}),
    ],
)
def test_are_headers_read_with_their_types(text: str, headers: dict[str, object]) -> None:
    """`name=value` is text, `name:type=value` is what the type says."""
    assert read_headers(text) == headers


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a", "cannot be read"),
        ("=1", "cannot be read"),
        ("a=1,,b=2", "cannot be read"),
        ("a=1,a=2", "given twice"),
        ("a:integer=1", "must have text, int, bool"),
        ("a:int=one", "is no int"),
        ("a:int=99999999999999999999", "does not fit"),
        ("a:int8=300", "is no int8"),
        ("a:bool=yes", "is no bool"),
        ("a:float=nan", "no number that RabbitMQ takes"),
        ("a:json={", "is no JSON"),
        ("a:json=1 b=2", "behind its JSON"),
    ],
)
def test_is_a_fault_in_headers_told(text: str, said: str) -> None:
    """One sentence names the header and what is wrong with it."""
    with pytest.raises(BadUse, match=said):
        read_headers(text)


@pytest.mark.parametrize(
    ("text", "criteria"),
    [
        ("a", {"a": None}),
        ("a, b=1 ,c", {"a": None, "b": "1 ", "c": None}),
        ("x-match=any,a:void=,b:int=2", {"x-match": "any", "a": None, "b": 2}),
        ("a:json=[1, 2],b", {"a": [1, 2], "b": None}),
        ("", {}),
    ],
)
def test_does_a_bare_name_ask_for_presence(text: str, criteria: dict[str, object]) -> None:
    """In criteria, a name without `=` is AMQP's void; the rest is as in headers."""
    assert read_criteria(text) == criteria


@pytest.mark.parametrize("text", ["a,,b", ",a", "a:int", " ", "a,a", "a,a=1"])
def test_is_a_fault_in_criteria_told(text: str) -> None:
    """An empty name, a type without its value, a name that comes twice."""
    with pytest.raises(BadUse, match=r"cannot be read|given twice"):
        read_criteria(text)
