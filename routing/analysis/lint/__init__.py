"""What is wrong in a topology, or can never happen: each finding proven, or shown by a message.

A source comes in; findings come out, each with its place, a sentence and a code that stays.

    codes         what there is to find, how bad each is, why, and what to do
    finding       one finding
    subject       what is looked at
    single        what one binding tells by itself
    covered       bindings that others make needless
    near_misses   criteria that read the same, and are not
    places        queues that nothing reaches, exchanges that lose messages
    dead_letters  where dead letters go
    policies      what policies hide from one another
    arguments     arguments that do nothing
    names         names that differ by little
    by_version    what RabbitMQs refuse, or route otherwise
    found         all of it, in the order of the source
    written       all of it as JSON, SARIF, or as a code host reads it
    screen        for people
    command       lint
"""
