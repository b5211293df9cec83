"""What the credential of a video claims: who made it, out of what, with which rows behind it.

Belongs here: pure functions from a family to the library's manifest definition (C2PA 2.2: actions 18.15, ingredients
18.16). Not here: signing, files.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from pydantic import JsonValue

from reelineage.credentials import LABEL, lineage_claim, row_uuid
from reelineage.documents import Disclosure
from reelineage.explain import Family
from reelineage.family import Ref
from reelineage.text import clean_text

Subject = Literal["video", "thumbnail"]
_PROMPTED: Final = ("script_writer", "footage_source")
_DOCUMENT: Final = "application/json"


@dataclass(frozen=True)
class Ingredient:
    """Something a video was made from. `artifact_sha256` is its file, when it is one that may hold a credential."""

    ref: Ref
    title: str
    media_type: str
    relationship: Literal["componentOf", "inputTo"]
    sha256: str
    artifact_sha256: str | None = None


@dataclass(frozen=True)
class Claim:
    """All that is said about one signed file. `source_sha256` is the file as it was before it was signed."""

    subject: Subject
    source_sha256: str
    title: str
    generator_version: str
    disclosure: Disclosure
    lineage: Mapping[str, JsonValue]
    ingredients: tuple[Ingredient, ...]
    prompts: tuple[Mapping[str, JsonValue], ...] = ()

    @property
    def assertion(self) -> dict[str, JsonValue]:
        """Our own assertion: the lineage, and which file of the video it is bound to."""
        said: dict[str, JsonValue] = {**self.lineage, "subject": self.subject, "source_sha256": self.source_sha256}
        return said | ({"prompts": [dict(one) for one in self.prompts]} if self.prompts else {})

    def ingredient(self, one: Ingredient) -> dict[str, JsonValue]:
        """An ingredient as the library takes it; its name is the same wherever the row is exported."""
        return {
            "title": one.title,
            "format": one.media_type,
            "relationship": one.relationship,
            "instance_id": f"urn:uuid:{row_uuid(str(self.lineage['installation']), one.ref)}",
            "metadata": {f"{LABEL}.ref": str(one.ref), f"{LABEL}.sha256": one.sha256},
        }

    def definition(self, *, without: Sequence[Ingredient] = ()) -> dict[str, JsonValue]:
        """The manifest; ingredients in `without` are added by the library from their own files."""
        names = {one: self.ingredient(one)["instance_id"] for one in self.ingredients}
        inputs = [names[one] for one in self.ingredients if one.relationship == "inputTo"]
        components = [names[one] for one in self.ingredients if one.relationship == "componentOf"]
        created: dict[str, JsonValue] = {
            "action": "c2pa.created",
            "digitalSourceType": self.disclosure.digital_source_type,
        }
        actions: list[JsonValue] = [created | ({"parameters": {"ingredientIds": inputs}} if inputs else {})]
        if components:
            actions.append({"action": "c2pa.placed", "parameters": {"ingredientIds": components}})
        return {
            "claim_generator_info": [{"name": "Reelineage", "version": self.generator_version}],
            "title": self.title,
            "ingredients": [self.ingredient(one) for one in self.ingredients if one not in without],
            "assertions": [
                {"label": "c2pa.actions.v2", "created": True, "data": {"actions": actions}},
                {"label": LABEL, "created": True, "data": self.assertion},
            ],
        }


def claim_for_video(
    family: Family,
    installation_uuid: str,
    disclosure: Disclosure,
    *,
    generator_version: str,
    include_prompts: bool = False,
) -> Claim:
    """The claim of a video's MP4.

    Args:
        family: what `explain` gives for the video's reference alone.
        installation_uuid: the name of this database.
        disclosure: what was derived for the video.
        generator_version: of Reelineage.
        include_prompts: whether what providers were asked, and the words of it, go into the file.
    """
    row = family.rows[family.starts[0]]
    return Claim(
        subject="video",
        source_sha256=row.file_sha256,
        title=_name_of(family.starts[0], row),
        generator_version=generator_version,
        disclosure=disclosure,
        lineage=lineage_claim(family, installation_uuid),
        ingredients=tuple(_ingredients(family)),
        prompts=tuple(_prompts(family)) if include_prompts else (),
    )


def claim_for_thumbnail(claim: Claim, family: Family, signed_video_sha256: str) -> Claim:
    """The claim of the picture that stands for a video: made from it, named by the hash of the signed MP4."""
    video = family.starts[0]
    shown = Ingredient(video, claim.title, "video/mp4", "componentOf", signed_video_sha256)
    row = family.rows[video]
    return Claim(
        subject="thumbnail",
        source_sha256=row.thumbnail_sha256,
        title=f"Thumbnail of {claim.title}",
        generator_version=claim.generator_version,
        disclosure=claim.disclosure,
        lineage=claim.lineage,
        ingredients=(shown,),
    )


def _name_of(video: Ref, row: Any) -> str:  # noqa: ANN401 — a row of `videos`
    return _short(row.title) or str(video)


def _ingredients(family: Family) -> Iterator[Ingredient]:
    for ref in _in_order(family.graph):
        row = family.rows[ref]
        match ref.node:
            case "clip":
                yield _clip(family, ref, row)
            case "voiceover":
                sha256 = row.audio_sha256
                yield Ingredient(ref, "Narration", _media_type(family, sha256), "componentOf", sha256)
            case "script":
                yield Ingredient(ref, "Script", _DOCUMENT, "inputTo", row.data_version)
            case "trend_report":
                yield Ingredient(ref, "Trend report", _DOCUMENT, "inputTo", row.data_version)
            case "trend_fetch":
                title = f"Trends from {_short(row.source_name)}"
                yield Ingredient(ref, title, _media_type(family, row.artifact_sha256), "inputTo", row.artifact_sha256)
            case "provider_call" if row.role == "script_writer":
                title = f"Prompt {row.prompt_version}" if row.prompt_version else f"Request to {row.provider}"
                yield Ingredient(ref, _short(title), _DOCUMENT, "inputTo", row.request_sha256)
            case "provider_call" if row.role == "music_source" and row.artifact_sha256:
                sha256 = row.artifact_sha256
                title = _music(family, sha256)
                yield Ingredient(ref, title, _media_type(family, sha256), "componentOf", sha256, sha256)


def _clip(family: Family, ref: Ref, row: Any) -> Ingredient:  # noqa: ANN401 — a row of `clips`
    footage = next(
        (
            family.rows[parent].title
            for parent in family.graph[ref]
            if parent.node == "media_item" and family.rows[parent].kind == "footage"
        ),
        None,
    )
    title = f"Scene {row.scene}: {_short(footage)}" if footage else f"Scene {row.scene}"
    sha256 = row.artifact_sha256
    return Ingredient(ref, title, _media_type(family, sha256), "componentOf", sha256, sha256)


def _music(family: Family, sha256: str) -> str:
    works = (row for ref, row in family.rows.items() if ref.node == "media_item" and row.kind == "music")
    return next((_short(row.title) for row in works if row.sha256 == sha256), "Music")


def _prompts(family: Family) -> Iterator[dict[str, JsonValue]]:
    for ref in _in_order(family.rows):
        row = family.rows[ref]
        if ref.node == "provider_call" and row.role in _PROMPTED and row.parameters is not None:
            yield {
                "ref": str(ref),
                "model": row.model,
                "prompt_version": row.prompt_version,
                "seed": row.seed,
                "parameters": row.parameters,
            }


def _in_order(refs: Iterable[Ref]) -> list[Ref]:
    """By kind and number; artifacts have no number and no place in a manifest of their own."""
    return sorted((ref for ref in refs if ref.node != "artifact"), key=lambda ref: (ref.node, int(ref.key)))


def _media_type(family: Family, sha256: str) -> str:
    row = family.rows.get(Ref("artifact", sha256))
    return row.media_type if row is not None else "application/octet-stream"


def _short(text: str | None) -> str:
    return clean_text(text or "", max_characters=200)
