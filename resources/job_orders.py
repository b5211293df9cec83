"""From a theme and files on somebody's disk to a job that needs neither: everything outside is read and stored first.

Belongs here: reading what people hand in, within its folder and its size. Not here: the schema of a theme
(`reelineage/theme.py`), the queue (`job_queue/`).
"""

from functools import lru_cache
from pathlib import Path

from reelineage.errors import BadInput
from reelineage.fingerprint import sha256_of
from reelineage.takedown.withdrawal import refuse_removed
from reelineage.theme import MAX_THEME_BYTES, FeedSource, FileSource, Source, Theme, parse_theme
from reelineage.trends import read_trends
from resources.home import Home
from resources.job_files import OwnFiles, inside
from resources.record_edges import ensure_artifact
from resources.settings import PROJECT

MAX_TREND_BYTES = 32 * 1024 * 1024


def ready_themes() -> dict[str, Path]:
    """The themes that come with Reelineage, by name."""
    return {path.stem: path for path in sorted((PROJECT / "themes").glob("*.yaml"))}


def read_theme(name_or_yaml: str) -> Theme:
    """A ready theme by its name, or one written out as YAML; never a path.

    Raises:
        BadInput: neither; lists the names.
    """
    ready = ready_themes()
    if name_or_yaml in ready:
        return _ready(ready[name_or_yaml].read_bytes(), name_or_yaml)
    if ":" not in name_or_yaml:
        raise BadInput(
            f"Reading the theme {name_or_yaml[:80]!r}: there is no ready theme of that name. Give one of "
            f"{', '.join(ready)}, or the YAML text of a theme."
        )
    return parse_theme(name_or_yaml.encode(), name="given as text")


@lru_cache(maxsize=16)
def _ready(data: bytes, name: str) -> Theme:
    """A ready theme, parsed once: that takes 10 ms of the processor, most of what asking for a job does."""
    return parse_theme(data, name=name)


def read_theme_file(path: Path) -> Theme:
    """A theme from a file.

    Raises:
        BadInput: it cannot be read, or it is not a theme.
    """
    return parse_theme(_read(path, "theme", MAX_THEME_BYTES), name=path.name)


def create_job(  # noqa: PLR0913 — the fields of an order, all by name
    home: Home,
    theme: Theme,
    *,
    origin: str,
    seed: int | None = None,
    profile: str | None = None,
    folder: Path | None = None,
    trends: Path | None = None,
    request_key: str | None = None,
    run_id: str | None = None,
) -> int:
    """Create a job, with every file that it names stored as an artifact first.

    `folder` is where the theme's relative paths start and end; without it a theme may name no file. `trends` replaces
    the theme's sources and is taken whole, unless the theme sets a window. `profile` None is the theme's own.

    Raises:
        BadInput: a file cannot be read, holds no trends, or is no film, still or music; nothing was created.
    """
    own_files = OwnFiles(home, theme, folder)  # looked at before anything is stored
    if trends is not None:
        source = _stored(home, FileSource(kind="file"), trends, trends.name)
        window = theme.window_hours if "window_hours" in theme.model_fields_set else None
        theme = theme.model_copy(update={"sources": (source,), "window_hours": window})
    else:
        theme = theme.model_copy(update={"sources": tuple(_frozen(home, one, folder) for one in theme.sources)})
    theme = own_files.stored(theme)
    return home.queue.create(theme, origin=origin, seed=seed, profile=profile, request_key=request_key, run_id=run_id)


def _frozen(home: Home, source: Source, folder: Path | None) -> Source:
    if not isinstance(source, FileSource | FeedSource):
        return source
    if source.artifact_sha256 is not None:
        with home.database.read() as session:
            refuse_removed(session, source.artifact_sha256, doing="Creating a job from a stored trend file")
        home.store.path(source.artifact_sha256)
        return source
    path = inside(folder, source.path, "trend file")
    return _stored(home, source, path, source.name or Path(source.path or "").name)


def _stored(home: Home, source: FileSource | FeedSource, path: Path, name: str) -> FileSource | FeedSource:
    data = _read(path, "trend file", MAX_TREND_BYTES)
    given = source.path is not None
    fetch = read_trends(data, name=name, kind=source.kind if given else None)
    with home.database.read() as session:
        refuse_removed(session, sha256_of(data), doing=f"Creating a job: {name[:120]} cannot be used")
    artifact = home.store.put_bytes(data, "application/octet-stream")
    with home.database.write() as session:
        ensure_artifact(session, artifact)  # else the audit takes the file of a waiting job for an orphan
    kind = FeedSource if fetch.source_kind == "feed" else FileSource
    return kind(kind="feed" if kind is FeedSource else "file", name=name[:120], artifact_sha256=artifact.sha256)


def _read(path: Path, what: str, limit: int) -> bytes:
    doing = f"Reading the {what} {path.name[:120]}"
    try:
        if not path.is_file():
            raise BadInput(f"{doing}: there is no such file at {path}. Check the path.")
        with path.open("rb") as file:
            data = file.read(limit + 1)
    except OSError as error:
        raise BadInput(f"{doing}: {error.strerror or error}. Check the path and its rights.") from error
    if len(data) > limit:
        raise BadInput(f"{doing}: it is larger than {limit:,} bytes. Give a smaller file.")
    return data
