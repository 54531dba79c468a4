"""A topology from one form to another, with a word on all that is lost on the way.

A source comes in, text goes out, and sentences on what the form cannot hold or RabbitMQ refuses.

    held         values as definitions hold them
    definitions  what RabbitMQ imports, and the commands that declare the same
    toml         the form that people write, with messages
    lesson       a lesson's file, laid out as it would be by hand
    refused      what RabbitMQ would not take of it, version by version
    begun        files to begin with
    command      convert, new
"""
