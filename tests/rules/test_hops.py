"""Which deaths can a copy die, and which can follow?"""

from collections.abc import Mapping

from routing import Binding, Exchange, Message, Topology
from routing.amqp.values import Value
from routing.amqp.versions import NEWEST
from routing.rules.dead_letters import arrives
from routing.rules.hops import Hop, Queues, hops
from routing.rules.predict import prepared, route_through

TO_X: Mapping[str, Value] = {"x-dead-letter-exchange": "x"}


def followed(
    arguments: Mapping[str, Mapping[str, Value]],
    bindings: list[Binding],
    doubts: Mapping[str, str] | None = None,
) -> list[Hop]:
    """Follow a message that comes to queue a; x hands dead letters on by their key, which is a."""
    topology = Topology(
        exchanges=[Exchange("x", "direct")], queues=["a", "b", "c"], bindings=bindings
    )
    ready = prepared(topology, NEWEST)
    copies = arrives(route_through(ready, Message("", "a")), NEWEST)
    queues = Queues(ready, arguments) if doubts is None else Queues(ready, arguments, doubts)
    return list(hops(queues, copies))


def told(found: list[Hop]) -> list[tuple[int, str, str, bool]]:
    """Give of each hop how deep it is, the queue, the reason, and whether it goes on."""
    return [(h.depth, h.death.copy.queue, h.death.reason, h.further) for h in found]


def test_is_each_death_followed_before_the_next_one() -> None:
    """First the one reason with all that comes of it, then the other one."""
    expiring = {**TO_X, "x-message-ttl": 9}
    assert told(followed({"a": expiring}, [Binding("x", "b", "a")])) == [
        (0, "a", "rejected", False),
        (1, "b", "rejected", False),
        (0, "a", "expired", False),
        (1, "b", "rejected", False),
    ]


def test_does_what_comes_again_end_it() -> None:
    """A rejection that leads back to the same queue goes on, and is told once more, and no more."""
    assert told(followed({"a": TO_X}, [Binding("x", "a", "a")])) == [
        (0, "a", "rejected", False),
        (1, "a", "rejected", True),
    ]


def test_is_a_long_way_cut() -> None:
    """After five deaths it says that it goes on; where nothing follows, it does not."""
    arguments = {queue: {**TO_X, "x-message-ttl": 9} for queue in "abc"}
    found = followed(arguments, [Binding("x", queue, "a") for queue in "abc"])
    assert max(hop.depth for hop in found) == 4
    last = [hop for hop in found if hop.depth == 4]
    assert {hop.further for hop in last} == {True, False}
    assert all(hop.further is bool(hop.death.copies) for hop in last)
    assert not any(hop.further for hop in found if not hop.depth)


def test_is_a_queue_in_doubt_told_as_such() -> None:
    """Nothing of it is decided, and nothing follows."""
    [hop] = followed({"a": TO_X}, [Binding("x", "b", "a")], {"a": "two policies tie"})
    assert (hop.depth, hop.death.reason, hop.death.undecided) == (
        0,
        "any death",
        "two policies tie",
    )


def test_is_what_is_known_told_beside_a_doubt() -> None:
    """A queue in doubt takes nothing away from another one."""
    bindings = [Binding("x", queue, "a") for queue in "bc"]
    found = followed({"a": TO_X}, bindings, {"b": "two policies tie"})
    assert told(found) == [
        (0, "a", "rejected", False),
        (1, "b", "any death", False),
        (1, "c", "rejected", False),
    ]
