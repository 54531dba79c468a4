"""A lesson step by step: guess, then see."""
