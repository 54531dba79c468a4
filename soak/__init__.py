"""What holds for one run, held for a crowd and for hours: `make soak`.

Each of these does much of one thing, on a RabbitMQ of its own, and tells what it took and what was
left; a promise that is broken makes it end with 1.

    node      that RabbitMQ, and what is on it
    done      what was done, and which promise did not hold
    crowd     a hundred runs at once
    student   one of a class, in plain pika
    room      a class for an hour, in fast motion
    length    hundreds of scenarios in one process, and verify for minutes

`make faults` is every command, step by step, under every fault:

    proxy     stands between a program and a broker, and does what a bad network or broker does
    forks     starts the program many times, at the cost of one start
    matrix    commands, steps and faults: which cells there are, and what is promised of each
    cell      one of them, done and judged
    victims   nodes that are killed, frozen, full or warned, and what was under way on them
    faults    all of them, as a table
"""
