"""No text leaves its box: every script, style, size, profile and shape of frame."""

from typing import get_args

from hypothesis import given, settings
from hypothesis import strategies as st

from reelineage.documents import Frame, Overlay
from reelineage.look import Captions, OverlayLook, ProfileName
from reelineage.timeline.captions import LONGEST_LINE, caption_cues
from reelineage.timeline.writing import columns
from reelineage.timeline.zones import text_places
from resources.rendering.lettering import FontLibrary, TimedOverlay, lay_out
from tests.resources.rendering.lettering.drawing import SCRIPTS, shown_by
from tests.resources.rendering.media import sentence, voiceover

words = st.one_of(
    *(st.sampled_from(text.split()) for text in SCRIPTS.values()),
    st.sampled_from(
        ["W" * 60, "Donaudampfschifffahrtsgesellschaft", "字" * 40, "ش!", "{\\an8}", "😀" * 12, "\\N", "a\\"]
    ),
    st.text(st.characters(max_codepoint=0x700, exclude_categories=["Cs"]), min_size=1, max_size=12),
)
texts = st.lists(words, min_size=1, max_size=14).map(" ".join)
frames = st.sampled_from(
    [
        Frame(width=270, height=480),
        Frame(width=640, height=360),
        Frame(width=400, height=500),
        Frame(width=90, height=90),
    ]
)
looks = st.builds(
    Captions,
    style=st.sampled_from(["word_highlight", "word_pop", "phrase", "plain"]),
    font=st.sampled_from(["montserrat", "noto"]),
    size=st.floats(0.5, 1.6),
    outline=st.floats(0, 3),
    shadow=st.floats(0, 3),
    uppercase=st.booleans(),
    position=st.sampled_from(["lower", "middle", "top"]),
    animation=st.sampled_from(["none", "fade", "rise", "pop"]),
)
profiles = st.sampled_from(get_args(ProfileName))


@given(text=texts, frame=frames, look=looks, profile=profiles)
@settings(max_examples=80, deadline=None)
def test_captions_of_any_script_and_look_stay_in_their_room(
    library: FontLibrary, text: str, frame: Frame, look: Captions, profile: ProfileName
) -> None:
    cues = caption_cues(voiceover([sentence(text, start=0.0)], [300]))
    sheet = lay_out(cues, [], frame=frame, profile=profile, captions=look, overlay_look=OverlayLook(), fonts=library)
    room = text_places(frame, profile, look.position).captions_room
    for shown in shown_by(sheet.whole(), library):
        assert shown.within(room), (shown, room)


@given(
    text=texts,
    frame=frames,
    profile=profiles,
    overlay=st.sampled_from(["top", "middle", "lower"]),
    captions=st.sampled_from(["lower", "middle", "top"]),
    look=st.builds(
        OverlayLook,
        size=st.floats(0.5, 1.6),
        plate=st.booleans(),
        outline=st.floats(0, 3),
        shadow=st.floats(0, 3),
        animation=st.sampled_from(["none", "fade", "rise", "pop", "slide", "type"]),
    ),
)
@settings(max_examples=80, deadline=None)
def test_overlays_of_any_script_and_look_stay_in_their_box(
    library: FontLibrary, text: str, frame: Frame, profile: ProfileName, overlay: str, captions: str, look: OverlayLook
) -> None:
    timed = TimedOverlay(Overlay.model_validate({"text": text[:300], "position": overlay}), 0.0, 3.0)
    caption_look = Captions.model_validate({"position": captions})
    sheet = lay_out([], [timed], frame=frame, profile=profile, captions=caption_look, overlay_look=look, fonts=library)
    box = getattr(text_places(frame, profile, caption_look.position), f"overlay_{overlay}")
    for shown in shown_by(sheet.whole(), library):
        assert shown.within(box), (shown, box)


def test_a_clause_without_spaces_is_shown_whole(library: FontLibrary) -> None:
    """An aligner takes a Chinese sentence for one word; shrunk to one line, its end was cut off."""
    text = "这是一个没有标点也没有空格的非常长的句子它必须被分成几行才能读" * 3
    cues = caption_cues(voiceover([sentence(text, start=0.0, seconds_per_word=9.0)], [300]))
    assert all(columns(line) <= LONGEST_LINE for cue in cues for line in cue.text_lines)
    sheet = lay_out(
        cues,
        [],
        frame=Frame(width=270, height=480),
        profile="standard",
        captions=Captions(),
        overlay_look=OverlayLook(),
        fonts=library,
    )
    assert "".join(shown.text for shown in shown_by(sheet.whole(), library)) == text
