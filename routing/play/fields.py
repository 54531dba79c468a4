"""Teaches pika the field types that it cannot send, or would not read as they are.

pika encodes no float, no unsigned and no short integers, and reads floats as integers and
far-off timestamps not at all.
"""

import struct
from decimal import Decimal
from typing import Any, Final

from pika import data
from pika.exceptions import UnsupportedAMQPFieldException

from routing.amqp.values import PACKED, Typed, encode

encode_known: Final = data.encode_value
decode_known: Final = data.decode_value

READ_AS: Final = {b"f": "float32", b"d": "float64", b"T": "timestamp"}


def sent_by_pika(value: Any) -> bytes | None:
    """Encode a single value as pika does without what is taught here; None where it cannot."""
    pieces: list[bytes] = []
    try:
        encode_known(pieces, value)
    except (UnsupportedAMQPFieldException, struct.error):
        return None
    return b"".join(pieces)


def encode_value(pieces: list[bytes], value: Any) -> int:
    """Append an encoded value, and return its length; pika calls this for each field."""
    if not isinstance(value, Typed | float | Decimal):  # pika rounds a decimal to 28 digits
        return encode_known(pieces, value)
    pieces.append(encode(value))
    return len(pieces[-1])


def decode_value(encoded: bytes, offset: int) -> tuple[Any, int]:
    """Read a value, and return it with the offset behind it; pika calls this for each field."""
    kind = READ_AS.get(encoded[offset : offset + 1])
    if kind is None:
        return decode_known(encoded, offset)
    (number,) = struct.unpack_from(PACKED[kind], encoded, offset + 1)
    end = offset + 1 + struct.calcsize(PACKED[kind])
    return (number if kind.startswith("float") else Typed(kind, number)), end


data.encode_value = encode_value
data.decode_value = decode_value
