"""Two topologies, or one on two RabbitMQs: which messages go elsewhere, and what made it.

Two sources come in, or two versions; for each exchange out come the messages whose queues change,
a small one for each kind, and the bindings that made it.

    differences  what differs, exchange by exchange
    written      all of it as JSON, or as a table to paste
    beside       what differs besides: what is refused, and where dead letters go
    weighed      how many of some real messages it concerns
    screen       for people
    command      diff
"""
