"""A RabbitMQ that can be started, wherever it is had from.

installation  one that is installed
suites        which version each suite of Debian's archive holds
apt           what apt-get and dpkg do for an ordinary user
archive       where Debian's archive is, and the keys by which it must be signed
loader        lets programs run with the C library that they were made for
debian        one from Debian's archive or the distribution's own, fetched without root
docker        the image of a container
"""
