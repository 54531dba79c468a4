"""A scenario predicted, played on a broker, compared and shown.

Names of lessons come in; a table goes out, or a line of JSON for each message.

    screen      the tables of one scenario
    follow      the same again each time that a file is saved
    command     demo
"""
