"""Does a real RabbitMQ do with each message that is told what is told of it?"""

from random import Random

import pytest
from drawn import changed, drawn_topology, net_of

from routing.analysis.diff.differences import Two, differences
from routing.broker import Broker
from routing.play.play import play_refusable


@pytest.mark.parametrize("seed", range(6))
def test_do_the_messages_go_where_it_is_told(broker: Broker, seed: int) -> None:
    """Before and after, whatever the exchanges, their alternates and bindings between them."""
    random, played = Random(f"on a broker {seed}"), 0  # noqa: S311
    while played < 3:
        old = drawn_topology(random)
        new = changed(random, old)
        version = broker.followed
        for found in differences(Two(net_of(old, version), net_of(new, version))):
            for each in found.changes:
                played += 1
                for topology, queues in ((old, each.before), (new, each.after)):
                    [seen] = play_refusable(broker, topology, [each.message])
                    assert seen.refusal is None
                    assert seen.copies.keys() == queues
