"""What takes minutes: each part has a make target of its own, and a short form among the tests.

proxy       stands between a program and a broker, and does what a bad network or broker does
forks       starts the program many times, at the cost of one start
matrix      commands, steps and faults: which cells there are, and what is promised of each
cell        one of them, done and judged
victims     nodes that are killed, frozen, full or warned, and what was under way on them
faults      all of them, as a table
"""
