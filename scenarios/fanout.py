"""Fanout: every queue that is bound gets a copy.

A sports site publishes the score of a match; the web page, the mobile app and the archive each
keep a queue.  A fanout exchange does not look at anything: not at the routing key, not at the
binding key, not at headers or binding arguments.  The archive's binding looks as if it asked
for finals only; it gets everything all the same.  Only a queue without a binding gets nothing.

Edit what follows and run `make demo-fanout` again.
"""

from routing import Binding, Exchange, Message, Scenario, play_file

scenario = Scenario(
    name="fanout",
    lesson="Every bound queue gets a copy: keys, headers and arguments are ignored.",
    exchanges=[Exchange("scores", type="fanout")],
    queues=["website", "app", "archive", "radio"],
    bindings=[
        Binding(exchange="scores", queue="website"),
        Binding(exchange="scores", queue="app", binding_key="football.*"),  # the key is ignored
        Binding(
            exchange="scores",
            queue="archive",
            arguments={"x-match": "all", "round": "final"},  # so are the arguments
        ),
    ],
    messages=[
        Message(exchange="scores", routing_key="football.cup", body="2:1"),
        Message(exchange="scores", routing_key="tennis", body="6:4 6:4"),
        Message(exchange="scores", headers={"round": "first"}, body="0:0"),
    ],
)

if __name__ == "__main__":
    play_file(__file__)
