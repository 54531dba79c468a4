"""How RabbitMQ's exchanges route: predicted, played on a broker, compared, shown.

Data flows one way, and so do the imports:

    errors      what can go wrong, as one sentence and an exit status
    model       the nouns: Exchange, Binding, Message, Scenario, Observation
    rules       the four rules, side by side
    notation    how keys and header values are written
    why         what made a binding take a message, or leave it
    validate    whether a scenario is well written
    predict     which queues each message reaches, by the rules
    broker/     finds a RabbitMQ, or starts one
    play        declares and publishes on the broker, and collects what arrived
    compare     the prediction held against what the broker did
    view/       tables
    waiting     what is seen while a broker starts
    cli         the command line of the scenarios
"""
