"""References as people type them: `video:7`, `source:youtube`, `model:piper/joe`, `prompt:trend_briefing/1`, a sha256.

Belongs here: their grammar, and which rows they name. Not here: what a hash belongs to (`hashes.py`), file paths
(`resources/recognition.py`), walking from the rows (`walk.py`). Every function takes a session that the caller opened.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from reelineage.errors import BadInput
from reelineage.family import exists, parse_reference
from reelineage.graph import Ref, node_tables
from reelineage.hashes import behind_hash
from reelineage.models import Installation, MediaItem, ProviderCall, TrendFetch, TrendItem

MOST_REFS: Final = 100_000  # each becomes a start of a walk; a source of millions is asked about fetch by fetch
_MOST_SPELLINGS: Final = 5_000  # distinct values looked through for one in other letters
_MOST_LISTED: Final = 8
_NAMED: Final = ("source", "model", "prompt", "media")
_SHA256: Final = re.compile(r"[0-9a-fA-F]{64}", re.ASCII)
_FORM: Final = re.compile(
    r"(?:(?P<installation>[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})/)?(?P<kind>[a-z_]{1,32}):(?P<name>.{1,640})",
    re.ASCII,
)
_WORDS: Final = re.compile(r"[-_/.:\s]+")


@dataclass(frozen=True)
class Reference:
    """What people typed, taken apart: a kind, a name, and the installation when they said which one they mean."""

    kind: str
    name: str
    installation: str | None = None

    def __str__(self) -> str:
        """The form people type."""
        if self.kind == "sha256":
            return self.name
        return f"{self.installation}/{self.kind}:{self.name}" if self.installation else f"{self.kind}:{self.name}"


@dataclass(frozen=True)
class Resolved:
    """The rows that a reference names.

    `refs` is where an impact or a take-down starts. `explained` is whose making is told: the same rows, but for a hash
    those that the file is, such as the video behind a signed copy, and no more than twenty of them.
    """

    text: str
    refs: tuple[Ref, ...]
    explained: tuple[Ref, ...]


def parse(text: str) -> Reference:
    """Take a reference apart; nothing is looked up.

    Raises:
        BadInput: it has none of the forms; lists them.
    """
    if _SHA256.fullmatch(text):
        return Reference("sha256", text.lower())
    match = _FORM.fullmatch(text)
    if match is None or not text.isprintable() or match["kind"] not in (*node_tables(), *_NAMED):
        raise BadInput(f"Reading the reference {text[:80]!r}: it must be {_forms()}.")
    found = Reference(match["kind"], match["name"], match["installation"])
    if found.kind not in _NAMED:
        parse_reference(f"{found.kind}:{found.name}")
    elif found.name != found.name.strip():
        raise BadInput(f"Reading the reference {text[:80]!r}: take the spaces after the colon and at the end away.")
    elif found.kind in ("model", "media") and not all(found.name.partition("/")):
        example = "model:piper/joe" if found.kind == "model" else "media:pexels/123"
        raise BadInput(f"Reading the reference {text[:80]!r}: after the colon comes PROVIDER/NAME, as in {example}.")
    return found


def resolve(session: Session, text: str) -> Resolved:
    """The rows that a reference names; file paths are not taken here.

    Raises:
        BadInput: it has none of the forms, names nothing that is stored or several models, belongs to another
            installation, or names more rows than can be walked from.
    """
    reference = parse(text)
    if reference.installation is not None:
        _check_installation(session, reference)
    if reference.kind == "sha256":
        refs, explained = behind_hash(session, reference.name)
        if not refs:
            raise BadInput(
                f"Looking for {reference.name[:12]}…: no file, record or credential with this sha256 is known here. "
                "Give the path of the file: it may be known by the credential inside it, or by its looks."
            )
        return Resolved(text, refs, explained)
    refs = tuple(_named(session, reference))
    return Resolved(text, refs, refs)


def _forms() -> str:
    words = ", ".join(sorted(node_tables()))
    return (
        f"like video:7, with one of these words: {words}; or like source:youtube, model:piper/joe, "
        "prompt:trend_briefing/1, media:pexels/123; or a sha256; or the path of a file"
    )


def _check_installation(session: Session, reference: Reference) -> None:
    own = session.scalar(select(Installation.uuid))
    if reference.installation != own:
        raise BadInput(
            f"Looking for {reference}: it belongs to another installation; this one is {own}. Ask there, or give the "
            "file or its sha256."
        )


def _named(session: Session, reference: Reference) -> Sequence[Ref]:
    if reference.kind == "source":
        return _of_source(session, reference)
    if reference.kind == "model":
        return _of_model(session, reference)
    if reference.kind == "prompt":
        wanted = ProviderCall.prompt_version == reference.name
        calls = _rows(session, reference, "provider_call", select(ProviderCall.id).where(wanted))
        return calls or _refuse(reference, "prompt version", _values(session, ProviderCall.prompt_version))
    if reference.kind == "media":
        provider, _, external_id = reference.name.partition("/")
        wanted_item = (MediaItem.provider == provider, MediaItem.external_id == external_id)
        items = _rows(session, reference, "media_item", select(MediaItem.id).where(*wanted_item))
        return items or _refuse(reference, "media provider", _values(session, MediaItem.provider))
    ref = Ref(reference.kind, reference.name)
    if not exists(session, ref):
        raise BadInput(f"Showing {ref}: there is no such row. `reelineage jobs list` shows the jobs.")
    return (ref,)


def _of_source(session: Session, reference: Reference) -> Sequence[Ref]:
    """Items of that platform, and fetches of that kind, name or provider; capitals make no difference."""
    name = reference.name
    platforms = _spellings(session, TrendItem.platform, name)
    items = select(TrendItem.id).where(TrendItem.platform.in_(platforms))
    found = list(_rows(session, reference, "trend_item", items)) if platforms else []
    calls = select(ProviderCall.id).where(ProviderCall.provider.in_(_spellings(session, ProviderCall.provider, name)))
    for column, values in (
        (TrendFetch.source_kind, _spellings(session, TrendFetch.source_kind, name)),
        (TrendFetch.source_name, _spellings(session, TrendFetch.source_name, name)),
        (TrendFetch.call_id, calls),
    ):
        found += _rows(session, reference, "trend_fetch", select(TrendFetch.id).where(column.in_(values)))
    known = (*_values(session, TrendItem.platform), *_values(session, TrendFetch.source_kind))
    return tuple(dict.fromkeys(found)) or _refuse(reference, "source", known)


def _of_model(session: Session, reference: Reference) -> Sequence[Ref]:
    """Calls to the model and voices of that name: the exact one, else the only one whose words contain the name."""
    provider, _, name = reference.name.partition("/")
    is_voice = MediaItem.kind == "voice"
    called = {
        (one, model)
        for one in _spellings(session, ProviderCall.provider, provider)
        for model in _values(session, ProviderCall.model, ProviderCall.provider == one, most=_MOST_SPELLINGS)
    }
    voices = {
        (one, voice)
        for one in _spellings(session, MediaItem.provider, provider, is_voice)
        for voice in _values(session, MediaItem.external_id, is_voice, MediaItem.provider == one, most=_MOST_SPELLINGS)
    }
    names = sorted({model for _, model in called | voices})
    chosen = [one for one in names if one.casefold() == name.casefold()] or [one for one in names if _within(name, one)]
    if len({one.casefold() for one in chosen}) > 1:
        raise BadInput(f"Looking for {reference}: {_listed(chosen)} all contain this name. Give the whole name of one.")
    found: list[Ref] = []
    for one, model in sorted(called):
        if model in chosen:
            calls = select(ProviderCall.id).where(ProviderCall.provider == one, ProviderCall.model == model)
            found += _rows(session, reference, "provider_call", calls)
    for one, voice in sorted(voices):
        if voice in chosen:
            items = select(MediaItem.id).where(is_voice, MediaItem.provider == one, MediaItem.external_id == voice)
            found += _rows(session, reference, "media_item", items)
    known = names or _values(session, ProviderCall.provider)
    return tuple(found) or _refuse(reference, "model" if names else "provider", known)


def _within(name: str, model: str) -> bool:
    """Whether the words of a name stand in a row among the words of a model."""
    wanted, words = (_WORDS.split(text.casefold().strip("-_/.: ")) for text in (name, model))
    return any(words[start : start + len(wanted)] == wanted for start in range(len(words) - len(wanted) + 1))


def _rows(session: Session, reference: Reference, node: str, keys: Select[int]) -> tuple[Ref, ...]:
    found = session.scalars(keys.limit(MOST_REFS + 1)).all()
    if len(found) > MOST_REFS:
        raise BadInput(
            f"Looking for {reference}: it names more than {MOST_REFS:,} rows of the kind {node}. Ask about some of "
            f"them: {node}:{min(found)}, or a later one."
        )
    return tuple(Ref(node, str(key)) for key in sorted(found))


def _spellings(
    session: Session, column: InstrumentedAttribute[str], wanted: str, *conditions: ColumnElement[bool]
) -> list[str]:
    """The stored values that are this one but for capitals, by stepping through the column's index.

    Among more than 5,000 distinct values only the spelling as typed is found.
    """
    folded = wanted.casefold()
    found = {one for one in _values(session, column, *conditions, most=_MOST_SPELLINGS) if one.casefold() == folded}
    return sorted(found | {wanted})


def _values(
    session: Session,
    column: InstrumentedAttribute[str] | InstrumentedAttribute[str | None],
    *conditions: ColumnElement[bool],
    most: int = _MOST_LISTED,
) -> tuple[str, ...]:
    """The first distinct values of an indexed column, one step through the index each: DISTINCT would read it all."""
    return tuple(_steps(session, column, conditions, most))


def _steps(
    session: Session,
    column: InstrumentedAttribute[str] | InstrumentedAttribute[str | None],
    conditions: Sequence[ColumnElement[bool]],
    most: int,
) -> Iterator[str]:
    last = ""
    for _ in range(most):
        step = select(column).where(*conditions, column > last).order_by(column).limit(1)
        value = session.scalar(step)
        if value is None:
            return
        yield value
        last = value


def _refuse(reference: Reference, what: str, known: Sequence[str]) -> Sequence[Ref]:
    known = tuple(dict.fromkeys(known))  # a platform may be called like a kind of source
    listed = f"Known here: {_listed(known)}." if known else "Nothing of this kind is stored yet."
    raise BadInput(f"Looking for {reference}: no {what} of this name is known. {listed}")


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(names[:_MOST_LISTED])
    return f"{shown}, and more" if len(names) > _MOST_LISTED else shown
