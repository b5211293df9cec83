"""The artifact store: files named by the sha256 of their bytes, in a local folder.

Belongs here: putting a finished file in place so that a crash leaves either all of it or nothing. Not here: which rows
point at it (`resources/record_rows.py`), the people's view of it (`output_view.py`).
"""

import os
import re
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from reelineage.documents import ArtifactRef
from reelineage.errors import BadInput, MissingUpstream
from reelineage.fingerprint import sha256_of_file
from resources.lease import is_gone, this_worker
from resources.placing import flush

_HEX = frozenset("0123456789abcdef")
_SCRATCH = re.compile(r"(?P<host>[^~]+)~(?P<pid>\d{1,10})~(?P<started>\d{1,12}\.\d\d)~\w+", re.ASCII)


class ArtifactStore:
    """A content-addressed folder: `ab/abcdef…`. Work in progress lies in `.scratch` beside the files."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def put_file(self, path: Path, media_type: str) -> ArtifactRef:
        """Move a finished file into the store; the bytes are hashed as they lie on disk and flushed before the rename.

        Raises:
            MissingUpstream: `path` is not a regular file.
        """
        if not path.is_file() or path.is_symlink():
            raise MissingUpstream(f"Storing the file {path.name}: it is not a regular file. Make it again.")
        with path.open("rb") as file:
            os.fsync(file.fileno())
        sha256 = sha256_of_file(path)
        size = path.stat().st_size
        destination = self._place(sha256)
        destination.parent.mkdir(parents=True, exist_ok=True)
        path.chmod(0o444)  # the view in output/ shares these bytes: nobody edits the evidence by mistake
        path.replace(destination)
        flush(destination.parent)
        return ArtifactRef(sha256=sha256, size_bytes=size, media_type=media_type)

    def put_bytes(self, data: bytes, media_type: str) -> ArtifactRef:
        """Store bytes as a file."""
        with self.scratch() as folder:
            path = folder / "bytes"
            path.write_bytes(data)
            return self.put_file(path, media_type)

    def path(self, sha256: str) -> Path:
        """Where the file with this hash lies.

        Raises:
            BadInput: not a sha256.
            MissingUpstream: the file is gone.
        """
        place = self._place(sha256)
        if not place.is_file():
            raise MissingUpstream(
                f"Reading artifact {sha256[:12]}…: its file is missing from {self.root}. "
                "Restore it from a backup, or materialize the asset it belongs to again."
            )
        return place

    def has(self, artifact: ArtifactRef) -> bool:
        """Whether the file is there in full length."""
        place = self._place(artifact.sha256)
        return place.is_file() and place.stat().st_size == artifact.size_bytes

    def hashes(self) -> Iterator[str]:
        """The sha256 of every stored file, by name."""
        for path in sorted(self.root.glob("[0-9a-f][0-9a-f]/*")):
            yield path.name

    def remove(self, hashes: Iterable[str]) -> int:
        """Delete files that were taken down; returns how many were there. The rows say first that they are gone."""
        removed = 0
        for sha256 in hashes:
            place = self._place(sha256)
            if place.is_file():
                place.unlink(missing_ok=True)
                flush(place.parent)
                removed += 1
        return removed

    @contextmanager
    def scratch(self) -> Iterator[Path]:
        """A folder for work in progress on the same disk, so that finished files can be renamed; removed at the end."""
        parent = self.root / ".scratch"
        parent.mkdir(parents=True, exist_ok=True)
        worker = this_worker()
        prefix = f"{worker.host}~{worker.pid}~{worker.started_at:.2f}~"
        with tempfile.TemporaryDirectory(dir=parent, prefix=prefix, ignore_cleanup_errors=True) as folder:
            yield Path(folder)

    def sweep(self) -> None:
        """Remove work in progress of processes of this host that are gone."""
        for folder in (self.root / ".scratch").glob("*~*~*~*"):
            match = _SCRATCH.fullmatch(folder.name)  # a folder of another name is not ours to remove
            if match and is_gone(match["host"], int(match["pid"]), float(match["started"])):
                shutil.rmtree(folder, ignore_errors=True)

    def _place(self, sha256: str) -> Path:
        if len(sha256) != 64 or not _HEX.issuperset(sha256):
            raise BadInput(f"Reading an artifact: {sha256[:80]!r} is not a sha256.")
        return self.root / sha256[:2] / sha256
