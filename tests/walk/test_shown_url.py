"""What does a class see of the URL of its teacher's broker?"""

from dataclasses import replace

from routing.broker import Broker
from routing.walk.classroom import shown_url


def test_is_the_file_for_tls_shown_and_the_password_not(broker: Broker) -> None:
    """As pika alone reads it, so that the calls can be copied."""
    url = "amqps://ann:s3cr3t@127.0.0.1:5671/?cafile=ca.pem"
    shown = shown_url(replace(broker, url=url, origin="AMQP_URL"))
    assert shown == "amqps://ann:PASSWORD@127.0.0.1:5671?ssl_options={'cafile':'ca.pem'}"
