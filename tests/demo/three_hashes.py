"""A lesson that RabbitMQ 4.3.5 and newer refuse."""

from routing import Binding, Exchange, Message, Scenario

scenario = Scenario(
    name="three hashes",
    lesson="A binding key with three of them.",
    exchanges=[Exchange("letters", type="topic")],
    queues=["inbox"],
    bindings=[Binding("letters", "inbox", binding_key="#.a.#.b.#")],
    messages=[Message("letters", "a.b")],
)
