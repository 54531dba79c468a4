"""One queue that several workers share: a story in three acts.

An act and an open broker come in; who got which job, in which try, goes out.

    story        jobs on one queue: who must get which
    performance  these jobs dealt by a broker, over a connection for each worker
    screen       an act as a table, and what is seen in a walk
    walk         the acts as steps: who gets the next job?
    command      workers
"""
