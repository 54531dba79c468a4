"""A topology of your own, asked: where does this message go, why not there, what if.

A source and messages come in; for each an answer goes out, with the place of every binding.

    answer      a message's route through a source
    outcome     what becomes of a message, without the way there
    instead     what would have to change for a queue to get a message
    then        where a message goes on to that dies in its queue
    written     answers as JSON
    beside      the same done by several processes
    messages    many messages, one a line
    underway    how far they have come
    screen      answers for people
    command     route
"""
