"""What RabbitMQ does, as pure functions: a topology and a message come in, a route goes out.

matching         the four rules, side by side
index            the rules' answers for exchanges with many bindings
frames           what does not fit into one frame
refusal          what RabbitMQ does not let you declare, bind or publish
cost             how long a broker is busy with a message
unknown          what cannot be decided unless more is known of the broker
apart            two texts written so that nobody takes one for the other
say              sentences that hold what may be long or many
reasons          the reasons that there are, each with its sentence
why_topic        why a pattern takes the words of a key, or does not
why_headers      why headers meet the criteria of a binding, or do not
why              what made a binding take a message, or leave it
predict          where each message goes, exchange by exchange
loaded           a topology as a broker has it that has loaded a file
staying          which auto-delete exchanges stay, though all that they were for has gone
queue_arguments  of what messages can die in a queue, and which arguments it refuses
policies         which policy an exchange or a queue has, and what it sets there
dead_letters     where a message goes that dies, and how it looks then
life             each death of a message, until its copies rest
hops             each death that it could die, and what can follow
compare          a prediction held against what a broker did
trace            the whole reason for a route, hits and misses
validity         whether a scenario is well written
suspicious       what can be played, but was hardly meant so
"""
