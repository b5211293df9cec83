"""The graph of an answer: well-formed whatever stands in titles, small whatever was made, marked where it must be."""

import re
import xml.etree.ElementTree as ET
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from console.showing.view import View
from console.web.drawing.graph import Pictures, pictures
from console.web.drawing.lettering import legible
from console.web.drawing.origins import origins_of
from console.web.templating import environment
from reelineage.explain import Family
from reelineage.family import Ref
from reelineage.takedown.marks import Mark
from tests.console.test_showing import HOSTILE, row

SVG = "{http://www.w3.org/2000/svg}"


def drawn(view: View) -> Pictures:
    return pictures(view, origins_of(view), lambda node: f"/lineage/script/1?kind={quote(node)}")


def svg(view: View) -> list[ET.Element]:
    """Both pictures of an answer, as the page has them."""
    macro = environment().get_template("lineage_graph.html").module.drawn  # type: ignore[attr-defined]  # a macro
    made, title = drawn(view), legible(view.heading)
    return [ET.fromstring(str(macro(one, "x", title, title))) for one in (made.wide, made.narrow)]  # noqa: S314 — written by our own template


def script_with(title: str, *, observations: int = 2, marks: Mapping[Ref, Mark] | None = None) -> View:
    """A script with its analysis, a demo fetch, a call to a voice model, a voiceover from it, and observations."""
    script, analysis, fetch = Ref("script", "1"), Ref("trend_analysis", "1"), Ref("trend_fetch", "1")
    voice, call = Ref("voiceover", "1"), Ref("provider_call", "1")
    seen = [Ref("trend_observation", str(number + 1)) for number in range(observations)]
    rows: dict[Ref, Any] = {
        script: row(title=title, version=1, job_id=1),
        analysis: row(topic_count=3, job_id=1),
        fetch: row(source_name=title, observation_count=observations, stand_in="demo"),
        voice: row(duration_seconds=1.0, job_id=1),
        call: row(role="speech_synthesizer", provider="piper", model=title, cost_nanousd=None, stand_in=None),
        **dict.fromkeys(seen, row(title=title, views=1000)),
    }
    graph: dict[Ref, tuple[Ref, ...]] = {
        voice: (call, script), script: (analysis, *seen), analysis: tuple(seen), **dict.fromkeys(seen, (fetch,)),
        fetch: (), call: (),
    }  # fmt: skip
    return View(Family((voice,), graph, rows), f"What was used for {title}", marks=marks or {})


def check_well_formed(view: View) -> None:
    for picture in svg(view):
        assert picture.tag == f"{SVG}svg"
        kinds = {one.tag.removeprefix(SVG) for one in picture.iter()}
        assert kinds == {"svg", "title", "desc", "g", "path", "text", "a", "rect"}
        assert all(re.match(r"/(records|jobs|lineage)/", one.attrib["href"]) for one in picture.iter(f"{SVG}a"))
        names = {name for one in picture.iter() for name in one.attrib}
        assert not {name for name in names if name.startswith("on") or name == "style"}


@pytest.mark.parametrize("title", HOSTILE)
def test_no_title_breaks_the_picture(title: str) -> None:
    check_well_formed(script_with(title))


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=80))
def test_no_text_at_all_breaks_the_picture(title: str) -> None:
    check_well_formed(script_with(title))


def test_every_line_of_the_picture_leads_from_one_of_its_boxes_to_another() -> None:
    for picture in svg(script_with("Taps", observations=30)):
        boxes = {one.attrib["data-node"] for one in picture.iter(f"{SVG}a")}
        lines = [(one.attrib["data-used"], one.attrib["data-made"]) for one in picture.iter(f"{SVG}path")]
        assert lines
        assert {name for line in lines for name in line} <= boxes


def test_many_alike_rows_are_one_box_that_leads_to_the_list_of_them() -> None:
    made = drawn(script_with("Taps", observations=117))
    (more,) = [node for node in made.wide.nodes.values() if node.ref is None]
    assert (more.name, more.text) == ("and 115 more", "observations")
    assert more.href == "/lineage/script/1?kind=trend_observation"
    assert made.left_out == 115
    assert len(svg(script_with("Taps", observations=20_000))[0]) < 100


def test_what_is_demo_and_what_a_model_made_is_marked_where_it_came_in() -> None:
    nodes = {str(node.ref): node for node in drawn(script_with("Taps")).wide.nodes.values()}
    assert nodes["trend_fetch:1"].marks == ("demo",)
    assert nodes["trend_fetch:1"].tone == "demo"
    assert nodes["provider_call:1"].marks == ("AI",)
    assert nodes["voiceover:1"].marks == ("AI",)
    assert nodes["script:1"].marks == ()


def test_what_was_taken_down_is_marked_before_anything_else() -> None:
    gone = {Ref("script", "1"): Mark(withdrawn="taken down 2026-11-22: asked for")}
    nodes = {str(node.ref): node for node in drawn(script_with("Taps", marks=gone)).wide.nodes.values()}
    assert nodes["script:1"].marks == ("withdrawn",)
    assert nodes["script:1"].tone == "bad"


def test_the_list_says_the_same_as_the_lines() -> None:
    made = drawn(script_with("Taps"))
    names = {str(node.ref): name for name, node in made.wide.nodes.items()}
    assert [node.name for node in made.made_from(names["script:1"])] == ["Analysis 1", "Observation 1", "Observation 2"]
    assert [node.name for node in made.went_into(names["script:1"])] == ["Voiceover 1"]
    assert sorted(name for group in made.groups.values() for name in group) == sorted(made.wide.nodes)


def test_what_was_left_out_of_a_kind_is_one_box_even_when_it_belongs_to_two_stages() -> None:
    voice, roles = Ref("voiceover", "1"), ["speech_synthesizer"] * 11 + ["trend_source"] * 2
    calls = {Ref("provider_call", str(number + 1)): role for number, role in enumerate(roles)}
    asked = {"provider": "piper", "model": "joe", "cost_nanousd": None, "stand_in": None}
    rows: dict[Ref, Any] = {ref: row(role=role, **asked) for ref, role in calls.items()}
    graph: dict[Ref, tuple[Ref, ...]] = {voice: tuple(calls), **dict.fromkeys(calls, ())}
    made = drawn(View(Family((voice,), graph, rows | {voice: row(duration_seconds=1.0)}), "x"))
    assert [group for group, names in made.groups.items() if "more1" in names] == ["content_generation"]
    assert made.left_out == 3
