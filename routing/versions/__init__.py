"""The same asked of several RabbitMQs, each of another version, side by side.

Questions come in, from the lesson here, from other lessons or from files of cases; for each
question what each version answers, and what was predicted, goes out.

    question    what is asked, and what one RabbitMQ answers
    acts        what clients do beside publishing: declarations, a dead letter sent again
    changes     the lesson: what changed between 3.8 and 4.3
    screen      questions against versions
    command     versions
"""
