"""A RabbitMQ to play on: found where one runs, otherwise started for the length of one run.

connection    opens a connection, and tells what went wrong in one sentence
find          tries the sources below in their order
kept          the node that `make up` keeps running
local         a broker on this machine's usual port
installation  a RabbitMQ that is installed
debian        a RabbitMQ from the distribution's packages, fetched without root
private       a node of one run's own, ended with the run
docker        a container of one run's own, ended with the run
keeper        the process that ends a node when its owner is gone
node          one RabbitMQ node and what belongs to it
"""

from routing.broker.find import Broker, NoBrokerFound, find, find_running, reopened
from routing.broker.way import Progress

__all__ = ["Broker", "NoBrokerFound", "Progress", "find", "find_running", "reopened"]
