"""A scenario as Python that uses nothing but pika: to read, to run, to take home.

A scenario and the URL of a broker come in, the text of a program goes out.

    literal     values as they are written in Python
    sendable    what of a scenario pika sends by itself
    calls       pika's calls, as source to copy
    purpose     what a binding is for, in a comment
    script      the whole program, or its sender and its receiver
    command     code
"""
