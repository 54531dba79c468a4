"""Topic: the binding key is a pattern over words.

A shop publishes its orders under keys such as `order.eu.paid`: what, where, and what happened
to it.  Each team asks for the orders that it needs with a pattern.  Words stand between dots:

    *   is exactly one word
    #   is zero or more words

so `order.#` takes `order` as well, and `order.*` does not take `order.eu.paid`.  Two patterns
of one queue may both match: the queue still gets one copy.  And RabbitMQ 4.3.5 and newer refuse
a binding key with more than two `#`; nobody needs more.

Edit what follows and run `make demo-topic` again.
"""

from routing import Binding, Exchange, Message, Scenario, play_file

scenario = Scenario(
    name="topic",
    lesson="A binding key is a pattern: * is exactly one word, # is zero or more words.",
    exchanges=[Exchange("orders", type="topic")],
    queues=["billing", "europe", "audit"],
    bindings=[
        Binding(exchange="orders", queue="billing", binding_key="order.*.paid"),
        Binding(exchange="orders", queue="europe", binding_key="order.eu.*"),
        Binding(exchange="orders", queue="europe", binding_key="#.eu.#"),
        Binding(exchange="orders", queue="audit", binding_key="order.#"),
    ],
    messages=[
        Message(exchange="orders", routing_key="order.us.paid"),
        Message(exchange="orders", routing_key="order.eu.paid"),  # europe: two bindings, one copy
        Message(exchange="orders", routing_key="order.eu.paid.late"),  # one word too many for `*`
        Message(exchange="orders", routing_key="order"),  # `#` is also nothing at all
        Message(exchange="orders", routing_key="refund.eu"),
        Message(exchange="orders", routing_key="refund.us.paid"),  # nobody's
        Message(exchange="orders", routing_key="Order.us.paid"),  # nor this: letter case counts
        Message(exchange="orders", routing_key=""),  # the empty key has no words
    ],
)

if __name__ == "__main__":
    play_file(__file__)
