"""Recorded cases, held against the model and a broker.

Lines of JSON come in; for each case, what its file says, what is predicted and what a broker did
goes out.  In the order of imports:

    cases       recorded cases, read from JSON Lines and written to it
    check       cases held against model and broker
    screen      cases on which these do not agree
    command     the command line
"""
