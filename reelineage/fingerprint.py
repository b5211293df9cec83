"""What makes two values the same: canonical JSON and its sha256.

Belongs here: hashing of values and files. Not here: where files are kept.
"""

import hashlib
import json
from pathlib import Path

from pydantic import BaseModel, JsonValue

_CHUNK_BYTES = 1 << 20


def canonical_json(value: BaseModel | JsonValue) -> str:
    """One spelling per value: sorted keys, no spaces, no NaN (RFC 8785 in spirit).

    Raises:
        ValueError: the value holds NaN or infinity.
    """
    plain = value.model_dump(mode="json") if isinstance(value, BaseModel) else value
    return json.dumps(plain, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


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
