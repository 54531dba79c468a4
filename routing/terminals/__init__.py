"""Several terminals that meet on one broker: receive, send and watch.

A queue or a lesson comes in; messages come and go until Ctrl-C, and the last one who leaves
takes all of it away.

    stopping   Ctrl-C ends a wait for messages, between two of them
    leases     queues that the broker deletes when nobody uses them
    presence   who is there, and whether all of them have the same topology
    shared     a topology under names that all agree on
    alone      one queue under its own name, where the tutorial's programs meet
    following  another topology, once it is saved
    sending    one message: predicted, published, compared
    screen     a line for each arrival, or a screen for all queues
    room       what a whole class sends, as the broker tells it
    room_screen  a screen of that, or lines
    command    receive, send, watch
"""
