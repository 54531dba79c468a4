"""AMQP's nouns and values: what is declared, what is published, and how it is written.

Nothing here knows a rule, or a broker.

    errors      what can go wrong: one sentence, one exit status
    versions    where RabbitMQ's versions differ
    values      the types of header values, and how a broker compares them
    topology    the nouns: Exchange, Binding, Message, Topology, Scenario
    names       which names a broker keeps for itself, and what it makes of the others
    renamed     a topology with its exchanges under other names
    notation    how keys, headers and bindings are written for a reader
    json_parts  what others wrote as JSON, taken apart
    json_value  how header values are written for programs
    json_form   how topologies and messages are written for programs
"""
