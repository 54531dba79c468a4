"""A lesson step by step, for a class: declare, guess, publish, see why.

A scenario and an open broker come in; screens go out, and at the end a score.

    steps       a lesson's steps, guesses, score, and what was missed
    stage       a topology held on the broker, declared step by step
    screen      what is seen at each step
    lesson      the class walks through a lesson
    command     walk
"""
