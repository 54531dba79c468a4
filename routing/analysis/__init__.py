"""All messages at once: a few classes of them stand for all that could ever be published.

The bindings that count for a question come in; each class of messages comes out that they tell
apart, with a small message of it, and none is left out.

bound     how much is looked at before a question is given up
keys      classes of routing keys: an automaton over their words
headers   classes of headers, name by name
messages  both together
asks      what a binding asks for, however it is written
net       exchanges and queues, and what leads from one to another
dead      where dead letters go to
ways      the ways from an exchange to queues, and which classes go them
reach/    what reaches a queue, or never does
diff/     two topologies: which messages go elsewhere
lint/     what is wrong in a topology, or can never happen
"""
