"""What a binding is for, in the words of a comment."""

from routing.amqp.notation import write_key, write_value
from routing.amqp.topology import AnyBinding, Binding
from routing.amqp.values import Value
from routing.rules.matching import asks_for_presence, criteria, match_mode, skipped, split_words


def purpose(binding: AnyBinding, exchange_type: str) -> str:
    """Say which messages a binding asks for, and for whom."""
    name = write_key(binding.destination)
    whom = f"the {'queue' if isinstance(binding, Binding) else 'exchange'} {name}"
    return f"From {write_key(binding.source)}, {whom} gets {WANTED[exchange_type](binding)}."


def wanted_of_direct(binding: AnyBinding) -> str:
    """Name the one key."""
    if not binding.binding_key:
        return "what has no routing key"
    return f"what has the routing key {write_key(binding.binding_key)}, to the letter"


def wanted_of_fanout(binding: AnyBinding) -> str:
    """Say that nothing is looked at."""
    ignored = bool(binding.binding_key) * ["key"] + bool(binding.arguments) * ["arguments"]
    plays = "plays" if ignored == ["key"] else "play"
    of_this = f": the {' and the '.join(ignored)} of this binding {plays} no part"
    return f"everything{of_this if ignored else ''}"


def wanted_of_topic(binding: AnyBinding) -> str:
    """Spell the pattern, word by word."""
    words = split_words(binding.binding_key)
    if words == ["#"]:
        return "everything: # is any words, or none"
    meant = {"*": "any one word", "#": "any words or none", "": "an empty word"}
    spelled = ", ".join(meant.get(word) or write_key(word) for word in words)
    return f"what has a routing key of these words: {spelled}" if words else "what has no key"


def wanted_of_headers(binding: AnyBinding) -> str:
    """Spell the criteria."""
    wanted = criteria(binding)
    some = match_mode(binding).startswith("any")
    met = (" or " if some else " and ").join(map(criterion, wanted, wanted.values()))
    asked = f"what has {met}" if wanted else ("nothing, ever" if some else "everything")
    names = [write_key(name) for name in skipped(binding)]
    plays = "is" if len(names) == 1 else "are"
    return asked + (f" ({', '.join(names)} {plays} skipped)" if names else "")


def criterion(name: str, value: Value) -> str:
    """Spell one criterion."""
    if asks_for_presence(value):
        return f"a header {write_key(name)} (of any value)"
    return f"{write_key(name)}={write_value(value)}"


WANTED = {
    "direct": wanted_of_direct,
    "fanout": wanted_of_fanout,
    "topic": wanted_of_topic,
    "headers": wanted_of_headers,
}
"""For each type, what says which messages a binding of its exchanges asks for."""
