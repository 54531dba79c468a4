"""How RabbitMQ's exchanges route: predicted, played on a broker, compared, shown.

Data flows one way, and so do the imports:

    amqp/       nouns and values, and what can go wrong; no rule in it
    rules/      what RabbitMQ does, as pure functions
    broker/     finds a RabbitMQ, or starts one
    play/       a topology on a broker, and what came of it
    terminals/  receive, send and watch: a topology that several programs share
    walk/       a lesson step by step: guess, then see
    code/       pika's calls, as source to copy
    check/      recorded cases held against the model and a broker
    verify/     random trials held against the model and a broker, and shrunk
    workers/    one queue that three workers share: a story in acts
    view/       tables
    files/      what is read from files
    demo/       a scenario predicted, played, shown
"""
