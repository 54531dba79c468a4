"""Random trials, held against the model and a broker, until one differs.

A number and a seed come in; what agreed goes out, or the smallest trial that differs.

    vocabulary  what is drawn from
    faults      what a broker refuses
    draw        draws random trials
    shape       what is left of a route once names are put aside
    reduced     the simpler trials that a trial comes down to
    deaths      dead letters, drawn, predicted and held
    verify      trials held against model and brokers
    screen      a difference, ready to be looked into and to be recorded
    command     verify
"""
