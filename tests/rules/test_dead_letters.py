"""Where does a message go that dies, and how does it look then?"""

from collections.abc import Mapping
from typing import Any

import pytest
from dying import DEAD_LETTERS, held

from routing.amqp.versions import TRIED, Version


@pytest.mark.parametrize("version", TRIED, ids=str)
@pytest.mark.parametrize("case", DEAD_LETTERS, ids=lambda case: case["id"])
def test_does_each_case_end_as_it_was_seen(case: Mapping[str, Any], version: Version) -> None:
    """The copies in each queue, with exchange, key and headers; or the same refusal."""
    held(case, version)
