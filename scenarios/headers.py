"""Headers: the binding's arguments are criteria, and the message's headers meet them or not.

A document service receives files with headers that describe them.  Each worker's binding lists
what it wants, and `x-match` says how much of that must be met:

    x-match="all"   every criterion (the same where x-match is left out)
    x-match="any"   one is enough

A criterion of None asks only that the header is there.  Values have types: 1, "1" and True are
three different values.  Headers that nobody asks for do no harm, and the routing key plays no
part.  And "all" and "any" pass over every criterion whose name starts with `x-`.  Where nothing
else is asked for, "all" of nothing is always met: that queue gets every message, even one without
headers.

Edit what follows and run `make demo-headers` again.
"""

from routing import Binding, Exchange, Message, Scenario

scenario = Scenario(
    name="headers",
    lesson="""\
Headers meet the criteria of a binding: x-match="all" of them, or "any" one.
Without x-match, "all" is meant. None asks only that the header is there.
A criterion whose name begins with x- is skipped.""",
    exchanges=[Exchange("documents", type="headers")],
    queues=["invoices", "print", "urgent", "single", "ledger"],
    bindings=[
        Binding(
            exchange="documents",
            queue="invoices",
            arguments={"x-match": "all", "type": "invoice", "format": "pdf"},
        ),
        Binding(
            exchange="documents",
            queue="print",
            arguments={"x-match": "any", "format": "pdf", "paper": True},
        ),
        Binding(exchange="documents", queue="urgent", arguments={"urgent": None}),  # is it there?
        Binding(exchange="documents", queue="single", arguments={"pages": 1}),
        Binding(
            exchange="documents",
            queue="ledger",
            arguments={"x-match": "all", "x-type": "invoice"},
        ),
    ],
    messages=[
        Message(exchange="documents", headers={"type": "invoice", "format": "pdf", "from": "ann"}),
        Message(exchange="documents", headers={"type": "invoice", "format": "csv"}),
        Message(
            exchange="documents", headers={"paper": True, "urgent": False}
        ),  # False, but it is there
        Message(exchange="documents", headers={"pages": 1}),
        Message(exchange="documents", headers={"pages": "1"}),  # text, not a number
        Message(exchange="documents", headers={"pages": True}),  # True is not 1 either
        Message(exchange="documents", headers={"x-type": "report"}),
        Message(
            exchange="documents", routing_key="invoices"
        ),  # no headers at all; the key does not count
    ],
)
