"""What all screens and commands share.

Screens are described here as rich renderables; command lines print them.  Foreign text (keys,
names, headers) goes in as Text, never as markup, and is folded, never cut.

    colours       the colours, named by what they mean
    marks         the signs that stand for facts, and the legend that explains them
    beside        lines that each end with a reason
    headed        a table under headings
    deadly        queues in which messages die: of what, and where to then
    lived         what is told of a message that dies
    declared      what is declared: exchange, binding, queue
    fit           how patterns lie on a key, word for word
    words         lines about bindings, their words below those of the key
    compared      the arguments of a binding, each held against a header
    criteria      those, one beneath another
    explained     the whole reason for one message's route
    routed        messages against queues, a mark for each copy
    pages         what is longer than a screen, cut into pages
    signals       what Ctrl-C does, from the first moment to the last
    unforeseen    what nobody foresaw, in one sentence
    command_line  what a command says of itself, and how each ends with a status
    new_file      a file that is written whole or not at all
    pictured      what was printed in colours, as an image or a page
    saved_output  what a command prints, saved in the form that a file asks for
    console       the console that all of it is printed on
"""
