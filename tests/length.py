"""What `make test` leaves to `make test LONG=1`, where one test is asked of many."""

from collections.abc import Collection, Iterable
from typing import Any

import pytest


def first(some: Collection[Any], every: Iterable[Any]) -> list[Any]:
    """Give all that a test is asked of; what is not among the first few, at length alone."""
    return [each if each in some else pytest.param(each, marks=pytest.mark.long) for each in every]
