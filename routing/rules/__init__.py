"""What RabbitMQ does, as pure functions: a topology and a message come in, a route goes out.

In the order of imports:

    matching    the four rules, side by side
    index       the rules' answers for exchanges with many bindings
    why         what made a binding take a message, or leave it
    refusal     what RabbitMQ does not let you declare, bind or publish
    predict     where each message goes, exchange by exchange
    trace       the whole reason for a route, hits and misses
    validity    whether a scenario is well written
"""
