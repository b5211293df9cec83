"""Which paths of Dagster's web server may be asked for, and how they are written when they are.

Belongs here: paths as text. Not here: who may ask (`routes.py`).
"""

from typing import Final
from urllib.parse import quote

from reelineage.errors import NotFound

PREFIX: Final = "/dagster"
HASHED: Final = f"{PREFIX}/_next/static/"
"""Files whose names change with their content."""
_NOT_SERVED: Final = frozenset({"graphql", "notebook", "dagit", "dagit_info"})
_LONGEST: Final = 2000


def path_to_ask(path: str, raw: bytes) -> str:
    """The path to ask Dagster for, made anew from plain segments; its pages make any other path themselves.

    Args:
        path: the request's path, decoded once, with the prefix.
        raw: the same as it came.

    Raises:
        NotFound: it holds what two programs could read differently, or Dagster's UI does not need it.
    """
    rest = path.removeprefix(PREFIX).removeprefix("/").removesuffix("/")  # its links to lists end in a slash
    segments = rest.split("/") if rest else []
    first = segments[0].lower() if segments else ""
    if len(raw) > _LONGEST or b"%2f" in raw.lower() or first in _NOT_SERVED or not all(map(_is_plain, segments)):
        raise NotFound("Asking Dagster's UI: there is no such page. Open /dagster/ and find it from there.")
    return "/".join([PREFIX, *(quote(segment, safe="@:+=,~") for segment in segments)]) + ("" if segments else "/")


def _is_plain(segment: str) -> bool:
    """Neither empty nor a step in a tree, and nothing in it that another program could decode again."""
    return segment not in ("", ".", "..") and segment.isprintable() and not set(segment) & set("\\%")
