"""One binding and one message: whether the one takes the other, and why; or what it would take.

An exchange type, a binding and perhaps a message come in; a verdict goes out, or messages that the
binding takes and some that it nearly takes, each held against the rule.

    verdict      what one binding does with one message
    meaning      what a binding asks for, in words
    keys         keys that a binding may take, or nearly take
    header_sets  the same for headers
    examples     those of them that the rule takes and leaves
    screen       the verdict with its picture, the meaning with its examples
    command      match
"""
