"""Random trials, held against the model and a broker, until one differs.

A number and a seed come in; what agreed goes out, or the smallest trial that differs.

    trial       a random trial, and the simpler ones that it comes down to
    strategies  draws random trials
    verify      trials held against model and broker
    screen      a difference, ready to be looked into and to be recorded
    command     verify
"""
