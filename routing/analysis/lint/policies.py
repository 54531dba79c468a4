"""What policies hide from one another, and what they do not reach."""

from collections.abc import Iterator
from typing import Final

from routing.amqp.notation import write_key, write_text
from routing.analysis.lint.finding import Finding
from routing.analysis.lint.subject import Subject
from routing.rules.policies import APPLIES, Doubtful, Policy, fits, policy_of, sets
from routing.rules.queue_arguments import EXCHANGE, KEY

ONWARD: Final = frozenset({"alternate-exchange", EXCHANGE, KEY})
"""What sets where messages go on to."""


def of_policies(subject: Subject) -> Iterator[Finding]:
    """List queues from which another policy takes dead letters, and policies that tie."""
    ties: dict[str, str] = {}
    for queue in subject.queues:
        given, kind = subject.source.arguments.get(queue, {}), subject.kind_of(queue)
        try:
            chosen = policy_of(queue, kind, subject.source.policies)
            hidden = hiding(subject, queue, kind, chosen)
        except Doubtful as doubt:
            ties.setdefault(doubt.why, queue)
            continue
        if chosen and hidden and EXCHANGE not in {**sets(chosen, kind), **given}:
            names = write_key(chosen.name), write_key(hidden.name)
            said = "policy {} takes away the dead-letter exchange of {}".format(*names)
            yield Finding("dead-letter-hidden", f"queue {write_key(queue)}", said)
    for why, queue in ties.items():
        code = "policies-tie" if "one priority" in why else "not-decided"
        yield Finding(code, f"queue {write_key(queue)}", why)


def of_needless_policies(subject: Subject) -> Iterator[Finding]:
    """List policies that set where messages go on to, and fit nothing that there is."""
    names = {"exchange": [*subject.net.ready.exchanges]}
    for queue in subject.queues:
        names.setdefault(subject.kind_of(queue), []).append(queue)
    for policy in subject.source.policies:
        kinds = [
            kind
            for kind in names
            if policy.apply_to in APPLIES[kind] and ONWARD & {*sets(policy, kind)}
        ]
        try:
            if kinds and not any(fits(policy, each) for kind in kinds for each in names[kind]):
                said = f"{write_text(policy.pattern)} fits no name"
                yield Finding("policy-fits-nothing", f"policy {write_key(policy.name)}", said)
        except Doubtful:
            continue  # which is told of already


def hiding(subject: Subject, queue: str, kind: str, chosen: Policy | None) -> Policy | None:
    """Find a policy that would set a dead-letter exchange, were it not for the one that counts."""
    for each in subject.source.policies:
        applies = each is not chosen and each.apply_to in APPLIES[kind] and fits(each, queue)
        if applies and EXCHANGE in sets(each, kind):
            return each
    return None
