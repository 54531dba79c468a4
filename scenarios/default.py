"""Default: the nameless exchange reaches a queue by its name.

This is the tutorial's hello world.  It looks as if the program sent straight to a queue, but
every message goes to an exchange: here to the one whose name is "", which is always there.
Every queue is bound to it with its own name for a binding key, and nobody can bind or unbind
anything else.  So the routing key is the name of a queue; where no queue has that name, nobody
gets the message, and without `mandatory` nobody is told.

Edit what follows and run `make demo-default` again.
"""

from routing import Message, Scenario, play_file

scenario = Scenario(
    name="default",
    lesson="The default exchange has no name; it takes the routing key for a queue's name.",
    exchanges=[],
    queues=["hello", "goodbye"],
    bindings=[],
    messages=[
        Message(exchange="", routing_key="hello", body="Hello World!"),
        Message(exchange="", routing_key="goodbye", body="See you."),
        Message(exchange="", routing_key="helo", body="a typo"),  # no queue has this name
    ],
)

if __name__ == "__main__":
    play_file(__file__)
