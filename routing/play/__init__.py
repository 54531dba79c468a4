"""A topology and its messages on a broker, and what came of them.

A topology, messages and an open broker come in; for each message an observation goes out, and
nothing stays on the broker.

    fields      teaches pika the field types that it lacks
    account     what has come of a run so far, and what it has made
    declare     exchanges, queues and bindings, under names that no other run has
    collect     copies and returns, counted up to a certain end
    resting     messages that die, each until what is left of it rests
    play        all of it, one topology at a time
    together    many topologies at once, on one connection
    across      the same across the nodes of a cluster
    dying       many messages that die at once, each in a topology of its own
"""
