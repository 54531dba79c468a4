"""What can go wrong, each as one sentence for the user and an exit status."""


class RoutingError(Exception):
    """One sentence: what happened, where, what to do."""

    exit_status = 2


class BadUse(RoutingError):
    """The command or the scenario cannot be carried out as it is written.

    part: the field of a noun that is meant, and the place in its list, where these are known.
    """

    exit_status = 2
    part: tuple[str, int | None] | None = None


class Refused(BadUse):
    """The broker refused an operation, with an AMQP reply code.

    code: AMQP 0-9-1 reply code (403, 404, 406, ...).
    """

    def __init__(self, sentence: str, code: int) -> None:
        """Keep the reply code beside the sentence."""
        super().__init__(sentence)
        self.code = code


class NoBroker(RoutingError):
    """No broker could be reached or started, or the one in use went away."""

    exit_status = 3


class NotPermitted(NoBroker):
    """The broker does not let its user do what is needed: no outcome, as others are let."""


class Failed(NoBroker):
    """The broker closed the connection with a reply code that says that it cannot go on.

    code: AMQP 0-9-1 reply code (501, 541, ...).
    """

    def __init__(self, sentence: str, code: int) -> None:
        """Keep the reply code beside the sentence."""
        super().__init__(sentence)
        self.code = code


class Lost(NoBroker):
    """The connection in use was lost without a word from the broker."""
