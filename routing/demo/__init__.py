"""A scenario predicted, played, shown."""
