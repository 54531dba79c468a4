"""A RabbitMQ that can be started, wherever it is had from.

installation  one that is installed
apt           what apt-get and dpkg do for an ordinary user
debian        one from the distribution's packages, fetched without root
docker        the image of a container
"""
