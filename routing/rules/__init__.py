"""What RabbitMQ does, as pure functions: a topology and a message come in, a route goes out.

matching    the four rules, side by side
index       the rules' answers for exchanges with many bindings
refusal     what RabbitMQ does not let you declare, bind or publish
unknown     what cannot be decided unless more is known of the broker
why         what made a binding take a message, or leave it
predict     where each message goes, exchange by exchange
compare     a prediction held against what a broker did
cost        how long a broker is busy with a message
trace       the whole reason for a route, hits and misses
validity    whether a scenario is well written
"""
