"""What has to be said about how a video was made, computed from the calls that it descends from.

Belongs here: which provider makes what (`_NATURES`, the only table) and four rules: the IPTC digital source type, the
EU AI Act's article 50, YouTube, TikTok. Not here: writing any of it into a file, the review's own findings.
Where a rule leaves a case open the answer is yes, and the reason says so. A reason names what was used by content, not
by row id or time: the same video has the same disclosure in every database. The rules were read in November 2026.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from reelineage.documents import Disclosure
from reelineage.explain import Family
from reelineage.text import clean_text

IPTC: Final = "http://cv.iptc.org/newscodes/digitalsourcetype/"
_EU: Final = "EU AI Act, article 50"
_YOUTUBE: Final = "YouTube, altered content (containsSyntheticMedia)"
_TIKTOK: Final = "TikTok, AI-generated content (is_aigc)"


class Nature(StrEnum):
    """How a provider makes what it gives."""

    MODEL = "model"  # out of a trained model: generative AI
    COMPUTED = "computed"  # by fixed rules, from no training data
    BROUGHT = "brought"  # the user's own file: how it was made is not known here
    UNKNOWN = "unknown"  # a provider that is not in the table: counts as a model


_NATURES: Final[dict[tuple[str, str], Nature]] = {
    ("script_writer", "embedded"): Nature.COMPUTED,
    ("speech_synthesizer", "piper"): Nature.MODEL,
    ("footage_source", "motion_graphics"): Nature.COMPUTED,
    ("footage_source", "own_media"): Nature.BROUGHT,
    ("music_source", "bed"): Nature.COMPUTED,
    ("music_source", "own_file"): Nature.BROUGHT,
}
_NO_PART: Final = "trend_source"  # a video is about trends; nothing of their source is seen or heard
_TEXT: Final = "script_writer"
_THINGS: Final = {
    "script_writer": "script", "speech_synthesizer": "voice", "footage_source": "picture", "music_source": "music",
}  # fmt: skip
_MADE: Final = {
    Nature.MODEL: "comes out of a trained model",
    Nature.COMPUTED: "is computed by fixed rules, from no training data",
    Nature.BROUGHT: "is a file of your own; how it was made is not known here, so mark it yourself if AI made it",
    Nature.UNKNOWN: "is of a provider whose way of working is not known here, so it counts as made by AI",
}


@dataclass(frozen=True, order=True)
class Part:
    """One provider's share in a video. `scenes` is empty when it concerns the whole video."""

    role: str
    provider: str
    model: str
    scenes: tuple[int, ...] = ()

    @property
    def nature(self) -> Nature:
        """How the provider works; one that nobody wrote down is unknown."""
        return _NATURES.get((self.role, self.provider), Nature.UNKNOWN)

    @property
    def generated(self) -> bool:
        """Whether generative AI made it, or may have."""
        return self.nature in (Nature.MODEL, Nature.UNKNOWN)

    @property
    def source_type(self) -> str | None:
        """The IPTC term for this part by itself; None for a file that was brought along."""
        if self.nature is Nature.BROUGHT:
            return None
        return IPTC + ("trainedAlgorithmicMedia" if self.generated else "algorithmicMedia")


def derive(family: Family) -> Disclosure:
    """What has to be disclosed about a video, from everything that it was made from (`explain.explain`)."""
    return disclose(parts_of(family))


def parts_of(family: Family) -> tuple[Part, ...]:
    """Who made what: one part for each provider and model, with the scenes it is seen or heard in."""
    found: dict[tuple[str, str, str], set[int]] = {}
    for ref, parents in family.graph.items():
        if ref.node not in ("script", "voiceover", "clip", "video"):
            continue
        calls = [family.rows[parent] for parent in parents if parent.node == "provider_call"]
        made = {(call.role, call.provider, call.model) for call in calls}
        if not made and ref.node in ("voiceover", "clip"):  # no call tells who made it
            made = {("speech_synthesizer" if ref.node == "voiceover" else "footage_source", "unknown", "unknown")}
        for one in made:
            found.setdefault(one, set()).update({family.rows[ref].scene} if ref.node == "clip" else ())
    return tuple(sorted(Part(*who, tuple(sorted(scenes))) for who, scenes in found.items() if who[0] != _NO_PART))


def disclose(parts: Sequence[Part]) -> Disclosure:
    """The rules themselves. One more part can only add duties, never take one away."""
    generated = [part for part in parts if part.generated]
    perceived = [part for part in generated if part.role != _TEXT]  # what is seen or heard, not only read out
    term, why = _source_type(parts)
    return Disclosure(
        digital_source_type=IPTC + term,
        ai_act_article_50=bool(generated),
        youtube_contains_synthetic_media=bool(perceived),
        tiktok_is_aigc=bool(perceived),
        reasons=(
            *(_sentence(part) for part in sorted(parts)),
            f"IPTC {term}: {why}.",
            _ai_act(generated),
            _youtube(perceived, generated),
            _tiktok(perceived, generated),
        ),
    )


def duties_of(disclosure: Disclosure) -> tuple[str, ...]:
    """Those of the reasons that tell what has to be done: for the EU, on YouTube, on TikTok, in this order."""
    return tuple(
        reason for rule in (_EU, _YOUTUBE, _TIKTOK) for reason in disclosure.reasons if reason.startswith(rule)
    )


def in_short(disclosure: Disclosure) -> str:
    """One line: the IPTC term, and yes or no for each rule."""
    said = {True: "yes", False: "no"}
    return (
        f"{disclosure.digital_source_type.removeprefix(IPTC)}; EU AI Act mark {said[disclosure.ai_act_article_50]}, "
        f"YouTube altered content {said[disclosure.youtube_contains_synthetic_media]}, "
        f"TikTok AI-generated {said[disclosure.tiktok_is_aigc]}"
    )


def _source_type(parts: Sequence[Part]) -> tuple[str, str]:
    """The term of the IPTC vocabulary, with its definition (http://cv.iptc.org/newscodes/digitalsourcetype/, 2024-10).

    `compositeWithTrainedAlgorithmicMedia` is not for a work put together from parts: since 2024 it means something that
    existed before and was edited with generative AI.
    """
    media = [part for part in parts if part.role != _TEXT]
    if media and all(part.generated for part in media):
        return "trainedAlgorithmicMedia", "all of it was created using an AI model trained on captured content"
    if any(part.generated for part in parts):
        return "compositeSynthetic", "a mix of several elements, at least one of which is generative AI"
    if media and all(part.nature is Nature.COMPUTED for part in media):
        return "algorithmicMedia", "created purely by an algorithm not based on any sampled training data"
    return "composite", "a mix of several elements, any of which may or may not be generative AI"


def _ai_act(generated: Sequence[Part]) -> str:
    """Regulation (EU) 2024/1689, article 50(2) and (4); mixed content counts (Commission's guidelines, 4.1.1)."""
    if not generated:
        return f"{_EU}: no mark is asked for, nothing here is known to come from an AI system."
    return (
        f"{_EU}: AI made the {_things(generated)}, so paragraph 2 asks for a machine-readable mark, which is the "
        "credential inside the file. Tell people as well where it could be taken for a real person (paragraph 4)."
    )


def _youtube(perceived: Sequence[Part], generated: Sequence[Part]) -> str:
    """https://support.google.com/youtube/answer/14328491 and YouTube's announcement of 18 March 2024.

    "Synthetically generating a person's voice to narrate a video" is to be disclosed, as are realistic scenes and
    generated music; help with writing is not. Whether a stock voice is "a person's" is left open there.
    """
    if perceived:
        open_case = {part.role for part in perceived} == {"speech_synthesizer"}
        doubt = " A stock voice is an open case in YouTube's rules: yes is the careful answer." if open_case else ""
        return f"{_YOUTUBE}: yes, AI made the {_things(perceived)}, which may seem real.{doubt}"
    if generated:
        return f"{_YOUTUBE}: no, AI helped with the words only, which YouTube exempts."
    return f"{_YOUTUBE}: no, nothing seen or heard here is known to be made by AI."


def _tiktok(perceived: Sequence[Part], generated: Sequence[Part]) -> str:
    """TikTok's Community Guidelines: label AI-generated content with realistic images, audio or video."""
    if perceived:
        return f"{_TIKTOK}: yes, AI made the {_things(perceived)}, which may seem real."
    if generated:
        return f"{_TIKTOK}: no, AI helped with the words only; the rule is about images, audio and video."
    return f"{_TIKTOK}: no, nothing seen or heard here is known to be made by AI."


def _sentence(part: Part) -> str:
    thing = _THINGS.get(part.role, f"part of the kind {_named(part.role)}")
    where = f" of {scenes_in_words(part.scenes)}" if part.scenes else ""
    return f"The {thing}{where} {_MADE[part.nature]} ({_named(part.provider)}, {_named(part.model)})."


def _things(parts: Iterable[Part]) -> str:
    names = list(dict.fromkeys(_THINGS.get(part.role, "part of an unknown kind") for part in sorted(parts)))
    return " and ".join(names)


def _named(text: str) -> str:
    """A name out of a row, short and on one line."""
    return " ".join(clean_text(text, max_characters=120).split()) or "unnamed"


def scenes_in_words(scenes: Sequence[int]) -> str:
    """`scene 2`, `scenes 1 to 4`, `scenes 1, 3 and 6`."""
    numbers = sorted(set(scenes))
    if len(numbers) == 1:
        return f"scene {numbers[0]}"
    if len(numbers) > 2 and numbers == list(range(numbers[0], numbers[-1] + 1)):  # two are "1 and 2"
        return f"scenes {numbers[0]} to {numbers[-1]}"
    return f"scenes {', '.join(map(str, numbers[:-1]))} and {numbers[-1]}"
