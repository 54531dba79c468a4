"""What is expected, or was recorded, held against the model and a broker.

Sources with their messages and recorded cases come in; for each message, what its file says, what
is predicted and what a broker did goes out.

    expected    the messages of a source as cases
    playable    what keeps a case from being played
    differing   why the model says something else
    check       cases held against model and broker
    coverage    the bindings that no expected message exercises
    screen      cases on which these do not agree
    junit       all of it for CI servers
    command     check
"""
