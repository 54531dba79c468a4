"""Several terminals that meet on one broker: receive, send and watch.

A queue or a lesson comes in; messages come and go until Ctrl-C, and the last one who leaves
takes all of it away.

    stopping  Ctrl-C ends a wait for messages, between two of them
    shared    a topology under names that all agree on
    sending   one message: predicted, published, compared
    screen    a line for each arrival, or a screen for all queues
    room      what a whole class sends, as the broker tells it
    room_screen  a screen of that, or lines
    command   receive, send, watch
"""
