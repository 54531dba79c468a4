"""What reaches a queue, and what can never: every message there is, in a few ways.

A source comes in; for a queue or an exchange out come the ways from one to the other that say it
all, each with an example and a counter-example.

    reached  what reaches a queue from an exchange
    both     a message that reaches two queues
    written  all of it as JSON
    screen   for people
    command  reach
"""
