"""What all screens and commands share.

Screens are described here as rich renderables; command lines print them.  Foreign text (keys,
names, headers) goes in as Text, never as markup, and is folded, never cut.

    marks         the signs that stand for facts
    declared      what is declared: exchange, binding, queue
    deadly        queues in which messages die: of what, and where to then
    lived         what is told of a message that dies
    beside        lines that each end with a reason
    explained     the whole reason for one message's route
    routed        messages against queues, a mark for each copy
    pages         what is longer than a screen, cut into pages
    command_line  what a command says of itself, and how each ends with a status
    console       the console that all of it is printed on
"""
