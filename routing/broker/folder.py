"""Where the project keeps what it fetched and what it keeps running."""

from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
"""The folder that holds the package `routing`."""

FOLDER = PROJECT / ".rabbitmq"
"""Packages and records; `make clean` removes it."""
