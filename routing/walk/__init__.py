"""A lesson step by step, for a class: declare, guess, publish, see why.

A scenario and an open broker come in; screens go out, and at the end a score.  What is walked
through is a list of steps, so that the story of the workers is one, too.

    judged     a guess held against what came, queue by queue, and why
    rules      which rule decided: a sentence for each kind of reason
    score      messages that were guessed right, and rules that were missed
    question   what is asked on a screen: chosen by keys, or typed
    votes      hands that are counted, and what a talk has brought
    keyboard   what is pressed, key by key
    screen/    what is seen
    walker     from screen to screen
    stage      a topology held on the broker, declared step by step
    lesson     a lesson as steps
    voting     the same with votes
    classroom  a class walks through a scenario
    pause      the option that has it go on by itself
    command    walk
"""
