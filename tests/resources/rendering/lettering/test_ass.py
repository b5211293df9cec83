"""The syntax of ASS: escaping, header and clock."""

import re

from hypothesis import given
from hypothesis import strategies as st

from reelineage.documents import Frame
from resources.rendering.lettering import FontLibrary
from resources.rendering.lettering.ass import frame_at, script, written
from resources.rendering.lettering.typesetter import Typesetter


@given(st.text(st.sampled_from("\\{}Nnh &H,:'ab1\n\r\u2028"), max_size=40))
def test_written_text_holds_no_command(library: FontLibrary, text: str) -> None:
    body = written(Typesetter(library, [text], "montserrat").set(text), 20.0)
    escaped = re.sub(r"{\\fn[\w ]+\\fs[\d.]+}", "", body)  # what we say ourselves
    assert not re.search(r"\\[Nnh]", escaped)
    assert not re.search(r"(?<!\\)[{}]", escaped)
    assert "\n" not in escaped
    assert "\r" not in escaped
    unescaped = escaped.replace("\\{", "{").replace("\\}", "}").replace("\u2060", "")
    assert unescaped == " ".join(text.split())


def test_an_empty_script_is_a_whole_file() -> None:
    lines = script(Frame(width=1080, height=1920), []).splitlines()
    assert {"PlayResX: 1080", "PlayResY: 1920", "YCbCr Matrix: TV.709", "WrapStyle: 2"} < set(lines)
    assert lines[-1].startswith("Format: Layer, Start, End")


def test_a_moment_just_behind_a_frame_still_counts_as_on_it() -> None:
    """Times are sums of decimals: 1.3 s may arrive as 1.3000000000000003 and is frame 39 all the same."""
    assert [frame_at(1.3), frame_at(1.3000000000000003), frame_at(1.31), frame_at(0.0)] == [39, 39, 40, 0]
