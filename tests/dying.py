"""The recorded cases of dead-lettering, played by the rules and held against what was seen."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from routing.amqp.json_form import read_message, read_topology
from routing.amqp.json_value import read_table, table_as_json
from routing.amqp.versions import Version
from routing.rules.dead_letters import Copy, Death, arrives, dies
from routing.rules.predict import prepared, route_through
from routing.rules.queue_arguments import reasons_to_die, refuse_arguments

FILE: Final = Path(__file__).parent / "vectors/dead-letters/dead-letters.jsonl"
DEAD_LETTERS: Final = [json.loads(line) for line in FILE.read_text(encoding="utf-8").splitlines()]
ADDED: Final = ("x-delivery-count", "x-acquired-count")
"""What a quorum queue adds to the headers when it delivers."""

BY_THEMSELVES: Final = ("maxlen", "expired")
"""Of what messages die that nobody touches: all limits of length in the cases are 0."""


class Played:
    """One case on one version: the copies that lie in queues, the oldest first."""

    def __init__(self, case: Mapping[str, Any], version: Version) -> None:
        """Publish; what is refused leaves no copy."""
        names = [queue["name"] for queue in case["queues"]]
        topology = read_topology({**case, "queues": names})
        self.queues = {each["name"]: read_table(each["arguments"]) for each in case["queues"]}
        self.ready = prepared(topology, version)
        publish = dict(case["publish"])
        expiration = publish.pop("properties", {}).get("expiration")
        route = route_through(self.ready, read_message(publish))
        wrong = [r for q, a in self.queues.items() for r in refuse_arguments(q, a, version)]
        self.refusal = next(iter(wrong), route.refusal)
        self.copies = [] if self.refusal else arrives(route, version, expiration)
        self.deaths: list[Death] = []

    def can(self, copy: Copy, reason: str) -> bool:
        """Tell whether a copy can die of this."""
        arguments = self.queues[copy.queue]
        return reason in reasons_to_die(arguments, copy.expiration, self.ready.version)

    def die(self, copy: Copy, reason: str) -> None:
        """Let one copy die."""
        self.copies.remove(copy)
        self.deaths.append(dies(self.ready, self.queues, copy, reason))
        self.copies += self.deaths[-1].copies

    def by_itself(self, *reasons: str) -> bool:
        """Let one copy die that nobody touches; False where there is none, or no end of them."""
        dying = ((copy, reason) for copy in self.copies for reason in reasons)
        chosen = next((each for each in dying if self.can(*each)), None)
        if chosen and len(self.deaths) < 30:
            self.die(*chosen)
            return True
        return False

    def then(self, queue: str, reason: str) -> None:
        """Let the oldest copy in a queue die, if there is one."""
        while self.by_itself("maxlen"):
            pass
        copy = next((copy for copy in self.copies if copy.queue == queue), None)
        if copy and self.can(copy, reason):
            self.die(copy, reason)


def played(case: Mapping[str, Any], version: Version) -> Played:
    """Play a case to its end, or as far as it goes round thirty times."""
    it = Played(case, version)
    for step in case["then"]:
        it.then(step["queue"], step["reason"])
    while it.by_itself(*BY_THEMSELVES):
        pass
    return it


def by_queue(copies: Sequence[Mapping[str, Any]]) -> dict[str, list[Any]]:
    """Bring together what is compared of the copies in each queue, in their order."""
    queues: dict[str, list[Any]] = {}
    for copy in copies:
        headers = {k: v for k, v in copy.get("headers", {}).items() if k not in ADDED}
        fields = [copy["exchange"], copy["routing_key"], headers, copy.get("expiration")]
        queues.setdefault(copy["queue"], []).append(fields)
    return queues


def as_recorded(copy: Copy) -> dict[str, Any]:
    """Give a copy in the form of the cases."""
    headers = table_as_json(copy.headers or {})
    return {**vars(copy), "routing_key": copy.routing_key, "headers": headers}


def held(case: Mapping[str, Any], version: Version, like: str | None = None) -> Played:
    """Hold a case against what was recorded of it on this version, or on one that it is like."""
    it, outcome = played(case, version), case["outcome"][like or str(version)]
    assert (it.refusal.code if it.refusal else None) == outcome.get("error", [None])[0]
    predicted = by_queue([as_recorded(copy) for copy in it.copies])
    recorded = by_queue(outcome.get("queues", []))
    if outcome.get("endless"):
        assert len(it.deaths) == 30
        predicted = {queue: predicted[queue][: len(each)] for queue, each in recorded.items()}
    assert predicted == recorded
    assert all(death.told for death in it.deaths)
    return it
