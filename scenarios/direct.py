"""Direct: the binding key is the routing key, letter for letter.

A web shop's servers publish their log lines under a severity: `debug`, `warning`, `error`.
Each reader binds a queue with the severities that it wants, one binding for each.  Several
queues may ask for one key, and each of them gets a copy of its own; one queue may ask for
several keys.  Wildcards are plain letters here: the queue bound with `error.*` waits for
messages whose key is `error.*` itself, and no one sends those.

Edit what follows and run `make demo-direct` again.
"""

from routing import Binding, Exchange, Message, Scenario, play_file

scenario = Scenario(
    name="direct",
    lesson="A queue gets the messages whose routing key is its binding key, to the letter.",
    exchanges=[Exchange("logs", type="direct")],
    queues=["archive", "pager", "hopeful"],
    bindings=[
        Binding(exchange="logs", queue="archive", binding_key="warning"),
        Binding(exchange="logs", queue="archive", binding_key="error"),
        Binding(exchange="logs", queue="pager", binding_key="error"),
        Binding(exchange="logs", queue="hopeful", binding_key="error.*"),  # waits for ever
    ],
    messages=[
        Message(exchange="logs", routing_key="warning", body="disk 91% full"),
        Message(exchange="logs", routing_key="error", body="disk full"),  # a copy for each
        Message(exchange="logs", routing_key="error.disk", body="disk full"),  # no wildcards here
        Message(exchange="logs", routing_key="error.*", body="an odd key, but a key"),
        Message(exchange="logs", routing_key="debug", body="cache miss"),  # a key nobody bound
        Message(exchange="logs", routing_key="Error", body="disk full"),  # letter case counts
    ],
)

if __name__ == "__main__":
    play_file(__file__)
