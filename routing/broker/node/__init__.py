"""A RabbitMQ node, or three: started, held by a process of its own, ended when its owner is gone.

certificate  one that a room has for itself
room        what a class needs of a node: an address, a user, a vhost, limits
process     a process that belongs to another: ended with it, and listened to
ready       waiting until a node says that it has started
last_start  what one said that did not start, kept where it can be read
temporary   the folder of a node, which the next removes where its keeper was killed
home        RabbitMQ's folder, rebuilt of links for one node
node        a node with a folder, a user, ports and an epmd of its own
cluster     three of them that are one RabbitMQ
container   the same in a container
record      what is written down of a node that outlives the program that started it
keeper      the process that holds a node
private     a node of one run's own
"""
