"""Surprises: ten messages that go elsewhere than people expect.

Each of them is behind questions that people ask in public, and behind many that nobody asks.  At
each message stands what is often expected; where it was asked, with the title that it has there:

     1  rabbitmq-server 1383    Bug with greedy # route key binding
     2  cloudamqp/lavinmq 1299  Topic exchange fails with some routing keys
     3  pika 1350               alternate-exchange not available
     4  streadway/amqp 386      Publishing to exchanges with wildcard routing key
     5  rabbitmq-server 875     Exchange to Exchange route
     6  prolic/HumusAmqp 17     direct exchanges and messageName filters
     7  streadway/amqp 249      Can't make bind keys to work
     8  spring-amqp 2781        HeadersExchange with binding criteria does not work ...
     9  rabbitmq-server 760     Match on types deleted and more efficient match
    10  alanxz/rabbitmq-c 353   Listening server with empty "exchange" parameter

And what comes back here would, without `mandatory`, be gone without a word (rabbitmq-dotnet-client
298, BasicPublish to nonexistent queue "fails" silently).

Edit what follows and run `make demo-surprises` again.
"""

from routing import Binding, Exchange, ExchangeBinding, Message, Scenario, play_file

scenario = Scenario(
    name="surprises",
    lesson="Ten messages that go elsewhere than people expect. What do you expect?",
    exchanges=[
        Exchange("events", type="topic", arguments={"alternate-exchange": "spare"}),
        Exchange("eu", type="direct"),
        Exchange("spare", type="direct"),
        Exchange("jobs", type="direct"),
        Exchange("news", type="fanout"),
        Exchange("files", type="headers"),
    ],
    queues=["sales", "stock", "help", "audit", "press"],
    bindings=[
        Binding(exchange="files", queue="sales", arguments={"x-priority": 1}),
        Binding(exchange="files", queue="stock", arguments={"pages": 1}),
        Binding(exchange="events", queue="sales", binding_key="order.#.done"),
        Binding(exchange="events", queue="stock", binding_key="order.*.done"),
        ExchangeBinding(source="events", destination="eu", binding_key="eu.#"),
        Binding(exchange="eu", queue="audit", binding_key="paid"),
        Binding(exchange="spare", queue="press", binding_key="press"),
        Binding(exchange="jobs", queue="help", binding_key="print.*"),
        Binding(exchange="news", queue="press", binding_key="sport"),
    ],
    messages=[
        # Expected: no queue, as nothing stands between the words.  # may be nothing.
        Message(exchange="events", routing_key="order.done"),
        # Expected: stock, as * is whatever comes.  It is one word.
        Message(exchange="events", routing_key="order.eu.paid.done"),
        # Expected: press, by the alternate exchange.  There it is routed again, by its own key.
        Message(exchange="events", routing_key="refund"),
        # Expected: all who ask for an order.  In a message, # is a letter.
        Message(exchange="events", routing_key="order.#"),
        # Expected: audit, as the first word has done its work.  Every exchange sees the whole key.
        Message(exchange="events", routing_key="eu.paid"),
        # Expected: help.  Wildcards are a topic exchange's own.
        Message(exchange="jobs", routing_key="print.a4"),
        # Expected: no queue, as press asks for sport.  A fanout exchange looks at no key.
        Message(exchange="news", routing_key="music"),
        # Expected: no queue, as 2 is not 1.  Names with x- are skipped: nothing is left to ask.
        Message(exchange="files", headers={"x-priority": 2}),
        # Expected: stock.  "1" is text, and 1 is a number.
        Message(exchange="files", headers={"pages": "1"}),
        # Expected: audit, which is bound with this key.  But not here, where a key names a queue.
        Message(exchange="", routing_key="paid"),
    ],
)

if __name__ == "__main__":
    play_file(__file__)
