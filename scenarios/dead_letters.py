"""Dead letters: a message that dies in its queue is published again, to the queue's own exchange.

Messages die in three ways: a consumer rejects them, their time is over, or the queue is too long
and lets go of its oldest.  The queue's arguments say where they go then:

    x-dead-letter-exchange      to this exchange; without it they are gone
    x-dead-letter-routing-key   with this key; without it they keep theirs

From there on it is routing as ever, with one difference: where nobody has bound the key, nobody is
told.  The header x-death keeps count of queue and reason.  A copy that comes round to where it died
before is dropped, unless somebody rejected it on the way: then it goes round for ever, so that a
consumer should look at the count.  Ours gives up after three times.

Edit what follows and run `make demo-dead-letters` again.
"""

from routing import Binding, Exchange, Message, Scenario, play_file

scenario = Scenario(
    name="dead-letters",
    lesson="""\
A message dies if it is rejected, its time (x-message-ttl)
is over, or a newer one needs its place (x-max-length). It
goes on to the dead-letter exchange, if its queue has one.""",
    exchanges=[Exchange("inbox", type="topic"), Exchange("dead", type="topic")],
    queues=["work", "brief", "offers", "latest", "graveyard"],
    queue_arguments={
        "work": {"x-dead-letter-exchange": "dead"},
        "brief": {"x-dead-letter-exchange": "dead", "x-message-ttl": 0},
        "offers": {
            "x-dead-letter-exchange": "dead",
            "x-dead-letter-routing-key": "late.once",
            "x-message-ttl": 0,
        },
        "latest": {"x-max-length": 1},
    },
    rejecting=["work"],
    bindings=[
        Binding(exchange="inbox", queue="work", binding_key="job.*"),
        Binding(exchange="inbox", queue="brief", binding_key="note.*"),
        Binding(exchange="inbox", queue="offers", binding_key="offer.*"),
        Binding(exchange="inbox", queue="latest", binding_key="news.*"),
        Binding(exchange="dead", queue="graveyard", binding_key="*.once"),
        Binding(exchange="dead", queue="brief", binding_key="note.again"),
        Binding(exchange="dead", queue="work", binding_key="job.again"),
    ],
    messages=[
        Message(exchange="inbox", routing_key="job.once"),  # rejected: the key is kept
        Message(exchange="inbox", routing_key="job.scan"),  # a key that nobody bound there: gone
        Message(exchange="inbox", routing_key="note.once"),  # no time to live: expired
        Message(exchange="inbox", routing_key="note.again"),  # a circle that ends
        Message(exchange="inbox", routing_key="job.again"),  # a circle that does not
        Message(exchange="inbox", routing_key="offer.book"),  # dies with another key
        Message(exchange="inbox", routing_key="news.monday"),  # there is room for one
        Message(exchange="inbox", routing_key="news.tuesday"),  # the oldest goes, and nowhere
    ],
)

if __name__ == "__main__":
    play_file(__file__)
