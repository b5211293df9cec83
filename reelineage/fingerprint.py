"""What makes two values the same: canonical JSON and its sha256.

Belongs here: hashing of values and files. Not here: where files are kept.
"""

import hashlib
import json
from decimal import Decimal
from pathlib import Path

from pydantic import BaseModel, JsonValue

_CHUNK_BYTES = 1 << 20


def canonical_json(value: BaseModel | JsonValue) -> str:
    """One spelling per value: sorted keys, no spaces, no NaN, whole numbers without a point (RFC 8785 in spirit).

    PostgreSQL gives 1e16 back as an integer and -0.0 as 0.0: their hashes must not tell where a value was stored.

    Raises:
        ValueError: the value holds NaN or infinity.
    """
    plain = value.model_dump(mode="json") if isinstance(value, BaseModel) else value
    return json.dumps(
        _with_plain_numbers(plain), sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    )


def _with_plain_numbers(value: JsonValue) -> JsonValue:
    if isinstance(value, float) and value.is_integer():
        return int(Decimal(repr(value)))  # the digits that are written, not those of the nearest binary number
    if isinstance(value, dict):
        return {key: _with_plain_numbers(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_with_plain_numbers(one) for one in value]
    return value


def sha256_of(value: BaseModel | JsonValue | bytes) -> str:
    """Hex sha256 of bytes as they are, or of a value's canonical JSON."""
    data = value if isinstance(value, bytes) else canonical_json(value).encode()
    return hashlib.sha256(data).hexdigest()


def sha256_of_file(path: Path) -> str:
    """Hex sha256 of a file's bytes, read in pieces so that memory stays flat."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK_BYTES):
            digest.update(chunk)
    return digest.hexdigest()
