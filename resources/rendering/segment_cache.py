"""The segment cache: encoded pieces kept between videos, named by the sha256 of all that decides their bytes.

Belongs here: keeping, checking, handing out and evicting files in one folder that several processes share without a
lock. Not here: what goes into a key (the callers), nor anything that must last: losing the folder costs time only.
"""

import logging
import os
import re
import secrets
import shutil
import stat
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from pydantic import BaseModel, ConfigDict, JsonValue

from reelineage.errors import BadInput
from reelineage.fingerprint import sha256_of, sha256_of_file
from resources.placing import flush

_KEY = re.compile(r"[0-9a-f]{64}")
_ENTRY = re.compile(r"(?P<key>[0-9a-f]{64})\.(?P<kind>bin|json)")
_PART = re.compile(rf"\.{_ENTRY.pattern}\.[0-9a-f]{{12}}\.part")
_LEFTOVER_SECONDS = 3600.0  # a put takes well under a minute: a .part this old belongs to a process that died
_SHARE_UNSEEN = 64  # looking through 3,000 entries takes 30 CPU-ms: not after each of a video's 20 segments
_log = logging.getLogger(__name__)


class _Envelope(BaseModel):
    """What lies beside a cached file. `check` covers key, hash and facts: a flipped byte in here is noticed too."""

    model_config = ConfigDict(extra="forbid", strict=True)

    sha256: str
    facts: dict[str, JsonValue]
    check: str

    @classmethod
    def seal(cls, key: str, sha256: str, facts: dict[str, JsonValue]) -> "_Envelope":
        return cls(sha256=sha256, facts=facts, check=sha256_of([key, sha256, facts]))


class SegmentCache:
    """A folder of at most `most_bytes` (and 1/64 more per process), least recently used first out; 0 turns it off.

    An entry is two files: `<key>.bin`, the piece itself (0444), and `<key>.json`, its envelope, written last. The
    envelope's modification time says when the entry was last used. No step needs a lock: each file appears by a
    rename, an entry that another process evicts meanwhile is a miss, and what is handed out is hashed after it has
    left the folder. A folder that cannot be read or written never fails a video: it is logged once, and the piece is
    encoded again.
    """

    def __init__(self, folder: Path, *, most_bytes: int) -> None:
        self._folder = folder
        self._most_bytes = most_bytes
        self._warned = False
        self._unseen_bytes = most_bytes  # put since the last look through the folder; the first put looks

    @staticmethod
    def key_of(*parts: JsonValue) -> str:
        """The key of a piece: sha256 of the canonical JSON of everything that decides its bytes.

        Raises:
            ValueError: a part holds NaN or infinity.
        """
        return sha256_of(list(parts))

    def take(self, key: str, destination: Path) -> dict[str, JsonValue] | None:
        """Put the cached file at `destination`, mark it used, and return the facts stored with it; None on a miss.

        `destination` is a hard link where the disk allows it: it is read-only and shares its bytes with the cache, so
        callers read it, replace it or delete it, and never write into it. A file already there is replaced. An entry
        whose bytes or facts are not those that were put is dropped and counts as a miss.

        Raises:
            BadInput: `key` is not a sha256.
        """
        piece, envelope_path = self._paths(key)
        partial = _beside(destination)
        try:
            envelope = _read_envelope(envelope_path, key)
            if envelope is not None:
                _link_or_copy(piece, partial)
            if envelope is None or not _is_whole(partial, envelope.sha256):
                _log.warning(
                    "Reading the cached segment %s…: it is damaged and was dropped; it is made again.", key[:12]
                )
                self._drop(piece, envelope_path)
                return None
            partial.replace(destination)
            with suppress(FileNotFoundError):  # evicted by another process just now; the file is handed out already
                os.utime(envelope_path)
        except FileNotFoundError:  # never stored, or evicted by another process meanwhile
            return None
        except OSError as error:
            self._warn("read", error)
            return None
        else:
            return envelope.facts
        finally:
            with suppress(OSError):
                partial.unlink(missing_ok=True)  # renaming one hard link of a file onto another leaves both

    def put(self, key: str, made: Path, facts: Mapping[str, JsonValue]) -> None:
        """Store a finished file with its facts under `key`, then evict the oldest-used entries beyond the bound.

        `made` stays where it is; where the disk allows it, it now shares its bytes with the cache and is read-only. A
        file larger than the bound is not stored: it would push everything else out.

        Raises:
            BadInput: `key` is not a sha256.
            ValueError: the facts hold NaN or infinity.
            FileNotFoundError: `made` is not there.
        """
        piece, envelope_path = self._paths(key)
        partial, envelope_partial = _beside(piece), _beside(envelope_path)
        own_facts = dict(facts)
        sha256_of(own_facts)  # refuses NaN before anything is written
        size = made.stat().st_size
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            if size <= self._most_bytes:
                _link_or_copy(made, partial)
                partial.chmod(0o444)
                envelope = _Envelope.seal(key, _flushed_sha256(partial), own_facts)
                envelope_partial.write_text(envelope.model_dump_json(), "utf-8")
                flush(envelope_partial)
                partial.replace(piece)
                envelope_partial.replace(envelope_path)
                flush(self._folder)
            self._unseen_bytes += size
            if self._unseen_bytes > self._most_bytes // _SHARE_UNSEEN:
                self._make_room()
                self._unseen_bytes = 0
        except OSError as error:
            self._warn("written", error)
        finally:
            for path in (partial, envelope_partial):
                with suppress(OSError):
                    path.unlink(missing_ok=True)

    def _paths(self, key: str) -> tuple[Path, Path]:
        if not _KEY.fullmatch(key):
            raise BadInput(f"Looking into the segment cache: {key[:80]!r} is not a sha256. Make keys with key_of.")
        return self._folder / f"{key}.bin", self._folder / f"{key}.json"

    def _make_room(self) -> None:
        """Evict down to the bound and sweep leftovers."""
        sizes: dict[str, int] = {}
        used: dict[str, float] = {}
        oldest_part = time.time() - _LEFTOVER_SECONDS
        with os.scandir(self._folder) as entries:
            for entry in entries:
                match, is_part = _ENTRY.fullmatch(entry.name), _PART.fullmatch(entry.name)
                if not match and not is_part:
                    continue  # not ours
                with suppress(FileNotFoundError):  # gone since the listing
                    status = entry.stat(follow_symlinks=False)
                    if match:
                        key = match["key"]
                        sizes[key] = sizes.get(key, 0) + status.st_size
                        # A piece without an envelope is a put that was cut off, or one that is a moment old.
                        used[key] = status.st_mtime if match["kind"] == "json" else used.get(key, status.st_ctime)
                    elif status.st_ctime < oldest_part:  # a link has the times of its file, but its ctime is new
                        Path(entry.path).unlink()
        total = sum(sizes.values())
        for key in sorted(sizes, key=lambda one: (used[one], one)):
            if total <= self._most_bytes:
                return
            self._drop(self._folder / f"{key}.bin", self._folder / f"{key}.json")
            total -= sizes[key]

    @staticmethod
    def _drop(piece: Path, envelope_path: Path) -> None:
        envelope_path.unlink(missing_ok=True)  # first: a piece without an envelope is never handed out
        piece.unlink(missing_ok=True)

    def _warn(self, done: str, error: OSError) -> None:
        if self._warned:
            return
        self._warned = True
        _log.warning(
            "The segment cache %s could not be %s (%s): segments are encoded again instead of being reused. "
            "Check the folder's permissions and free space, or choose another one.",
            self._folder,
            done,
            error.strerror or error,
        )


def _read_envelope(path: Path, key: str) -> _Envelope | None:
    """None when it is damaged."""
    text = path.read_bytes()
    try:
        envelope = _Envelope.model_validate_json(text)
        return envelope if envelope == _Envelope.seal(key, envelope.sha256, envelope.facts) else None
    except ValueError:  # pydantic's ValidationError is one
        return None


def _is_whole(path: Path, sha256: str) -> bool:
    # A link or a pipe laid into a shared folder must not lead the reader elsewhere, nor make it wait.
    return stat.S_ISREG(path.lstat().st_mode) and sha256_of_file(path) == sha256


def _link_or_copy(source: Path, target: Path) -> None:
    try:
        os.link(source, target, follow_symlinks=False)
    except FileNotFoundError:
        raise
    except OSError:  # another disk, or one without hard links
        if not stat.S_ISREG(source.lstat().st_mode):
            raise
        shutil.copyfile(source, target)
        target.chmod(0o444)


def _beside(path: Path) -> Path:
    return path.with_name(f".{path.name}.{secrets.token_hex(6)}.part")


def _flushed_sha256(path: Path) -> str:
    flush(path)
    return sha256_of_file(path)
