"""Files that providers hand over: new ones go into the store, the user's own lie there already.

Belongs here: telling the two apart. Not here: the ledger (`resources/ledger.py`), the store.
"""

from collections.abc import Iterable
from pathlib import Path

from pydantic import JsonValue

from reelineage.documents import ArtifactRef, MediaItem
from resources.artifact_store import ArtifactStore
from resources.ledger import Product


def product_of(
    store: ArtifactStore, path: Path, media_type: str, media: Iterable[MediaItem], response: dict[str, JsonValue]
) -> Product:
    """What a provider gave as `path`; a link to an artifact that `media` names is that artifact, not a second copy."""
    for item in media:
        kept = store.root / item.sha256[:2] / item.sha256
        if kept.is_file() and kept.samefile(path):
            size = kept.stat().st_size
            return Product(response, stored=ArtifactRef(sha256=item.sha256, size_bytes=size, media_type=media_type))
    return Product(response, path, media_type=media_type)
