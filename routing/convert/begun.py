"""Files to begin with, by how their names end."""

from collections.abc import Mapping
from typing import Final

from routing.files.toml import EXAMPLE

LESSON: Final = '''\
"""A lesson: what is declared, what is published, and which queues get it.

    exchange-routing demo {file}            predicted, played on a RabbitMQ, compared
    exchange-routing demo {file} --predict  without a RabbitMQ
    exchange-routing demo {file} --follow   again each time that this file is saved
    exchange-routing code {file}            the same with pika alone, to take home
    python {file}                           as demo, where routing is installed for this Python
"""

from routing import Binding, Exchange, Message, Scenario, play_file

scenario = Scenario(
    name="{name}",
    lesson="The one sentence to remember.",
    exchanges=[
        # direct, fanout, topic or headers; the alternate gets what no binding here takes
        Exchange("orders", type="topic", arguments={{"alternate-exchange": "lost"}}),
        Exchange("lost", type="fanout"),
    ],
    queues=["billing", "audit", "unrouted"],
    bindings=[
        Binding(exchange="orders", queue="billing", binding_key="order.*.paid"),  # * is one word
        Binding(exchange="orders", queue="audit", binding_key="order.#"),  # # is any words, or none
        Binding(exchange="lost", queue="unrouted"),
        # Of a headers exchange: Binding(..., arguments={{"x-match": "any", "region": "eu"}})
        # From exchange to exchange: ExchangeBinding(source="orders", destination="lost")
    ],
    messages=[
        Message(exchange="orders", routing_key="order.eu.paid", body="12.50"),
        Message(exchange="orders", routing_key="order.eu"),  # no third word for billing
        Message(exchange="orders", routing_key="invoice", headers={{"region": "eu"}}),
    ],
)

if __name__ == "__main__":
    play_file(__file__)
'''

BEGUN: Final[Mapping[str, str]] = {".toml": EXAMPLE, ".py": LESSON}
"""What stands in a new file, for each ending."""
