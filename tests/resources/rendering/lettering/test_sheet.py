"""The sheet: which events a run of frames sees, when words light up, and that one change touches one run."""

import re
import time

import pytest

from reelineage.documents import Overlay
from reelineage.look import Captions, OverlayLook
from reelineage.timeline.captions import CaptionWord, Cue, caption_cues
from resources.rendering.lettering import FontLibrary, Sheet, TimedOverlay, lay_out
from tests.resources.rendering.lettering.drawing import SMALL, cues_of, shown_by
from tests.resources.rendering.media import sentence, voiceover


def sheet_of(
    library: FontLibrary,
    cues: tuple[Cue, ...],
    *overlays: TimedOverlay,
    look: Captions | None = None,
    overlay_look: OverlayLook | None = None,
) -> Sheet:
    return lay_out(
        cues,
        overlays,
        frame=SMALL,
        profile="standard",
        captions=look or Captions(),
        overlay_look=overlay_look or OverlayLook(),
        fonts=library,
    )


def events(script: str | None) -> list[str]:
    return [line for line in (script or "").splitlines() if line.startswith("Dialogue")]


def clock(text: str) -> float:
    hours, minutes, seconds = text.split(":")
    return int(hours) * 3600 + int(minutes) * 60 + float(seconds)


def test_each_run_of_frames_has_the_events_that_are_seen_in_it_and_no_others(library: FontLibrary) -> None:
    overlay = TimedOverlay(Overlay(text="Long", position="top"), 0.2, 3.6)  # outlasts cues that begin after it
    sheet = sheet_of(library, cues_of("One two three four. Five six seven eight nine ten.", frames=120), overlay)
    for first, length in ((0, 7), (7, 1), (8, 40), (48, 72), (99, 5), (0, 120)):
        wanted = [
            line
            for line in events(sheet.whole())
            if any(
                clock(line.split(",")[1]) <= frame / 30 < clock(line.split(",")[2])
                for frame in range(first, first + length)
            )
        ]
        assert events(sheet.script(first, length)) == wanted
    assert sheet.script(110, 10) is None


def test_another_word_changes_only_the_runs_that_show_it(library: FontLibrary) -> None:
    sentences = [sentence("The first sentence.", start=0.1), sentence("The second one.", start=2.1)]
    before = sheet_of(library, caption_cues(voiceover(sentences, [120])))
    changed = [sentences[0], sentence("The 2nd 字 one.", start=2.1)]
    after = sheet_of(library, caption_cues(voiceover(changed, [120])))
    assert before.script(0, 60) == after.script(0, 60)
    assert before.script(60, 60) != after.script(60, 60)


def test_the_header_names_the_fonts_of_its_own_events_only(library: FontLibrary) -> None:
    """The comment decides the segment's key: another font file is another picture."""
    cues = (*cues_of("Latin."), *cues_of("字幕です", start=3.0))
    sheet = sheet_of(library, cues)
    assert re.findall(r"; Font: (.*) Bold [0-9a-f]{64}", sheet.script(0, 10) or "") == ["Montserrat"]
    assert re.findall(r"; Font: (.*) Bold", sheet.script(95, 10) or "") == ["Noto Sans CJK JP"]
    assert [font.family for font in sheet.fonts] == ["Montserrat", "Noto Sans CJK JP"]


@pytest.mark.parametrize("frame", [0, 1, 2, 3, 38, 59, 299, 30 * 3600 + 1])
def test_an_event_begins_on_its_frame_and_neither_before_nor_after(library: FontLibrary, frame: int) -> None:
    """ASS counts hundredths of a second: 1.2667 s rounded up would come one frame late."""
    word = CaptionWord("Now.", frame / 30, frame / 30 + 0.5)
    cue = Cue(1, ((word,),), word.start_seconds, word.end_seconds)
    line = events(sheet_of(library, (cue,)).whole())[0]
    start = round(clock(line.split(",")[1]) * 1000)
    assert start <= frame * 1000 // 30
    assert frame == 0 or start > (frame - 1) * 1000 // 30


def test_words_light_up_within_a_frame_of_being_heard(library: FontLibrary) -> None:
    cues = cues_of("Nine words that are said at an even pace.")
    sheet = sheet_of(library, cues)
    heard = {word.text: word for cue in cues for word in cue.words}
    lit = {}
    for line in events(sheet.whole()):
        if line.startswith("Dialogue: 3"):
            begin = clock(line.split(",")[1])
            at = re.search(r"\\t\((\d+),\d+,\\1c&H3FD2FF&", line)
            lit[line.rpartition("}")[2]] = begin + (int(at[1]) / 1000 if at else 0.0)
    assert lit.keys() == heard.keys()
    assert all(abs(lit[text] - word.start_seconds) <= 0.035 for text, word in heard.items())


def test_word_pop_shows_one_or_two_words_from_the_moment_they_are_heard(library: FontLibrary) -> None:
    cues = cues_of("It is a remarkable day", frames=90)
    sheet = sheet_of(library, cues, look=Captions(style="word_pop"))
    for word in (word for cue in cues for word in cue.words):
        now = [shown.text for shown in shown_by(sheet.script(round(word.start_seconds * 30) + 1, 1) or "", library)]
        assert word.text in now
        assert len(now) <= 2


def test_phrase_and_plain_light_no_word_and_plain_keeps_its_case(library: FontLibrary) -> None:
    cues = cues_of("Hello big world")
    for style, text in (("phrase", "HELLO BIG WORLD"), ("plain", "Hello big world")):
        look = Captions.model_validate({"style": style, "uppercase": True, "animation": "none"})
        sheet = sheet_of(library, cues, look=look)
        assert [shown.text for shown in shown_by(sheet.whole(), library)] == [text]
        assert "\\t(" not in sheet.whole()


def test_style_none_has_overlays_but_no_captions(library: FontLibrary) -> None:
    overlay = TimedOverlay(Overlay(text="Source", position="lower"), 0.5, 2.0)
    sheet = sheet_of(library, cues_of("Said."), overlay, look=Captions(style="none"))
    assert [shown.text for shown in shown_by(sheet.whole(), library)] == ["Source"]
    assert sheet.script(0, 15) is None
    assert sheet.script(15, 1) is not None


def test_the_file_beside_the_video_has_emoji_as_they_were_written(library: FontLibrary) -> None:
    sheet = sheet_of(library, cues_of("Family 👩\u200d👩\u200d👧"))
    assert "👩\u200d👩\u200d👧" in sheet.whole()
    assert "👩" not in (sheet.script(0, 60) or "")


def test_looks_are_taken_from_the_theme(library: FontLibrary) -> None:
    look = Captions(colour="#112233", outline_colour="#445566", accent="#778899", shadow=0, outline=2, animation="rise")
    script = sheet_of(library, cues_of("Two words"), look=look).whole()
    assert all(tag in script for tag in ("\\1c&H332211&", "\\3c&H665544&", "\\1c&H998877&", "\\move("))
    assert "Dialogue: 2" not in script, "without a shadow there is no dark copy"
    noto = sheet_of(library, cues_of("Two words"), look=Captions(font="noto"))
    assert [font.family for font in noto.fonts] == ["Noto Sans"]


@pytest.mark.parametrize("animation", ["none", "fade", "rise", "pop", "slide", "type"])
def test_an_overlays_own_animation_goes_before_the_themes(library: FontLibrary, animation: str) -> None:
    overlay = Overlay.model_validate({"text": "Word", "position": "top", "animation": animation})
    own = sheet_of(library, (), TimedOverlay(overlay, 0.0, 2.0), overlay_look=OverlayLook(animation="fade"))
    themes = sheet_of(
        library,
        (),
        TimedOverlay(overlay.model_copy(update={"animation": None}), 0.0, 2.0),
        overlay_look=OverlayLook.model_validate({"animation": animation}),
    )
    assert own.whole() == themes.whole()
    marks = {"none": "", "fade": "\\fad(", "rise": "\\move(", "pop": "\\fscx60", "slide": "\\clip(", "type": "\\alpha"}
    assert marks[animation] in own.whole()


def test_an_overlay_that_ends_before_it_begins_is_left_out(library: FontLibrary) -> None:
    never = TimedOverlay(Overlay(text="never", position="top"), 5.0, 2.0)
    assert sheet_of(library, (), never).events == ()


def test_characters_without_a_glyph_are_left_out_and_reported_once(library: FontLibrary) -> None:
    cues = (*cues_of("Old 𒀀𒀀 clay"), *cues_of("\ue000 𒀀", start=2.0))
    sheet = sheet_of(library, cues)
    assert sheet.missing == ("𒀀", "\ue000")
    assert [shown.text for shown in shown_by(sheet.whole(), library)] == ["Old", "clay"]


def test_chinese_words_stand_together_without_spaces(library: FontLibrary) -> None:
    shown = list(shown_by(sheet_of(library, cues_of("你好世界你好世界")).whole(), library))
    assert len(shown) == 2
    assert shown[1].left - shown[0].left < shown[0].right - shown[0].left, "grown by 5 %, the words overlap a little"


def test_ten_thousand_words_are_set_in_seconds(library: FontLibrary) -> None:
    """In one sentence: what is quadratic in words, cues or events takes minutes here."""
    text = " ".join(f"word{number % 700}" for number in range(10_000))
    begin = time.process_time()
    cues = caption_cues(voiceover([sentence(text, start=0.0)], [80_000]))
    sheet = sheet_of(library, cues)
    scripts = [sheet.script(first, 400) for first in range(0, 80_000, 400)]
    assert time.process_time() - begin < 10
    assert sum(script is not None for script in scripts) == 188


def test_a_long_word_does_not_grow_into_its_neighbours(library: FontLibrary) -> None:
    cues = cues_of("An extraordinarily day")
    shown = [one for one in shown_by(sheet_of(library, cues).whole(), library) if one.text != "day"]
    assert [one.text for one in shown] == ["An", "extraordinarily"]
    assert shown[1].left - shown[0].right > 0.015 * (shown[1].right - shown[1].left), "both grown and outlined"
