"""Pika's calls, as source to copy."""
