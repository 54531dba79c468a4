"""Recorded cases, held against the model and a broker.

Cases come in; for each, what its file says, what is predicted and what a broker did goes out.

    playable    what keeps a case from being played
    check       cases held against model and broker
    screen      cases on which these do not agree
    command     check
"""
