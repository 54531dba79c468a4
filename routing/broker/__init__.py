"""A RabbitMQ to play on: found where one runs, otherwise started for the length of one run.

Variables of the environment come in; an open connection to a broker goes out.

    folder      where the project keeps what it fetched and what it keeps running
    advice      what to type next, as it can be typed where the program runs
    way         a way to get a broker: what it tells meanwhile, and why it may not lead to one
    lock        a lock that ends with the process that holds it
    secret      what no other program is told
    address     a broker's URL
    listen      the address on which a class comes in
    rights      what a broker does not let its user do: a right, or a limit
    wire        a connection on which every wait has an end
    tls         the files that TLS needs, and why it does not come about
    broken      what ended a connection in use, in one sentence
    unreached   why none came about
    connection  opens a connection, and closes it
    known       waits until a node knows what was declared through another
    programs/   a RabbitMQ to start: installed, from Debian's packages, from Docker
    node/       a RabbitMQ node, or three: held by a process of its own and ended with its owner
    kept        the node that stays until it is ended
    find        tries the ways in their order
    several     several RabbitMQs at once, each of another version
    stock       what can be had, what is here, and what a run would use
    screen      what is seen meanwhile
    command     up, status and down
"""

from routing.broker.find import Broker, find, find_running, reopened
from routing.broker.way import NoBrokerFound, Progress

__all__ = [
    "Broker",
    "NoBrokerFound",
    "Progress",
    "find",
    "find_running",
    "reopened",
]
