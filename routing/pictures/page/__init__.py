"""A page for a class: what is declared, a message, a guess, and the way step by step, in one file.

Sources come in, and what a broker did with their messages; an HTML file comes out that needs
nothing else.

exact     JSON of which JavaScript loses nothing
lessons   what the page knows of each source, as JSON
plain     the same as a table, for where no script runs
document  the file, with a policy that forbids all but itself
file      written whole, and over nothing but another page
command   page

What runs in the browser, JavaScript without a library: a twin of the model, held against it in
tests/test_twin.py, and the page itself.

values    the types of AMQP, and what a broker makes of values
rules     the four rules, side by side
notation  how keys and values are written
why       why a binding takes a message, or leaves it
refusal   what RabbitMQ refuses
route     the way of a message
fit       how patterns lie on a key
missed    the rule that somebody missed
reading   values, names and topologies from anybody
export    TOML and definitions to take home
state     what the page is about now, and its link
elements  what it is made of
steps     what is told of a message, one after another
declared  exchanges and bindings, and what each did so far
typed     headers and arguments, typed with their types
message   one of the lesson's, or one that is typed
asked     the guess, and forward and back
score     what was right, and which rules were missed
change    bindings and queues, changed
share     what is taken home
page      all of it shown, and shown again when something is pressed
"""
