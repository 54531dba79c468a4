"""Random trials held against the model and a broker, and shrunk."""
