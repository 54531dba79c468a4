"""A topology and its messages on a broker, and what came of them."""
