"""Journey: messages may pass through several exchanges.

A parcel service publishes every scan of a parcel to one exchange.  That exchange hands on:
domestic parcels to an exchange of the home team, foreign ones to an exchange of the abroad team,
by bindings between exchanges.  What no binding of the first exchange takes goes to its alternate
exchange, and from there into the queue of lost parcels.  Three things to see:

    - a queue that is reached over two ways still gets one copy;
    - the alternate exchange gets a message only if no binding matched, even where the binding
      that matched leads nowhere: a parcel for `abroad.moon` is gone, not lost-and-found;
    - a CC header adds routing keys: the message is routed by each of them.

Edit what follows and run `make demo-journey` again.
"""

from routing import Binding, Exchange, ExchangeBinding, Message, Scenario

scenario = Scenario(
    name="journey",
    lesson="""\
Exchanges hand messages on: by bindings, or to an alternate if none matches.
A queue gets one copy, however many ways lead to it.
A CC header adds keys: the message is routed by each of them.""",
    exchanges=[
        Exchange("scans", type="topic", arguments={"alternate-exchange": "strays"}),
        Exchange("home", type="direct"),
        Exchange("abroad", type="topic"),
        Exchange("strays", type="fanout"),
    ],
    queues=["city", "customs", "audit", "lost"],
    bindings=[
        ExchangeBinding(source="scans", destination="home", binding_key="home.#"),
        ExchangeBinding(source="scans", destination="abroad", binding_key="abroad.#"),
        Binding(exchange="scans", queue="audit", binding_key="*.express"),
        Binding(exchange="home", queue="city", binding_key="home.city"),
        Binding(exchange="home", queue="audit", binding_key="home.express"),
        Binding(exchange="abroad", queue="customs", binding_key="abroad.europe"),
        Binding(exchange="strays", queue="lost"),
    ],
    messages=[
        Message(exchange="scans", routing_key="home.city"),  # by way of home
        Message(exchange="scans", routing_key="home.express"),  # audit: two ways, one copy
        Message(exchange="scans", routing_key="unreadable"),  # no binding: the alternate
        Message(exchange="scans", routing_key="abroad.moon"),  # a binding matched: no alternate
        Message(exchange="scans", routing_key="home.city", headers={"CC": ["abroad.europe"]}),
    ],
)
