"""Every format of an answer stays what it is whatever stands in titles, and stays small whatever was made.

Belongs here: the formats, on made-up answers. Not here: the commands (`test_lineage_command.py`).
"""

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import create_engine, literal, select

from console.showing import FORMATS
from console.showing.view import Delivered, View
from console.showing.words import money
from reelineage.explain import Family
from reelineage.family import Ref
from reelineage.takedown.marks import Mark

HOSTILE = (
    'a "quoted" \\ title', "end\nsubgraph x", "]:::x; click n1 href", "<script>alert(1)</script>", "#quot;&quot;",
    "`code` **b**", "\x1b[31mred\x1b[0m\x07", "{}()[]|><-->", "emoji 🎬 \u202eright to left\u202c", "%%{init: {}}%%",
    '"]; } digraph x {', "--> n2",
)  # fmt: skip
_MERMAID_LINE = re.compile(
    r'flowchart LR|  subgraph g\d+\["[^"\n<>`]*"\]|    (n|more)\d+\["(?:[^"\n<>`]|<br/>)*"\]|  end'
    r"|  (n|more)\d+ --> (n|more)\d+|  classDef gone stroke-dasharray: 4 4|  class (?:(n|more)\d+,?)+ gone"
)
_DOT_TEXT = r'"(?:[^"\\\n]|\\["\\n])*"'
_DOT_LINE = re.compile(
    rf"digraph lineage {{|  rankdir=LR;|  node \[.*\];|  subgraph cluster_\d+ {{|    label={_DOT_TEXT};|  }}|}}"
    rf'|    (n|more)\d+ \[label={_DOT_TEXT}(, style=(dotted|"rounded,dashed"))?\];|  (n|more)\d+ -> (n|more)\d+;'
)


def row(**values: Any) -> Any:
    """A row as the database gives it."""
    engine = create_engine("sqlite://")
    with engine.connect() as connection:
        found = connection.execute(select(*(literal(value).label(name) for name, value in values.items()))).one()
    engine.dispose()
    return found


def view(title: str, *, down: bool = False, videos: int = 1, marks: Mapping[Ref, Mark] | None = None) -> View:
    """A script with its analysis, or downstream with many videos."""
    script, analysis = Ref("script", "1"), Ref("trend_analysis", "1")
    rows = {script: row(title=title, version=1, job_id=1), analysis: row(version=1, job_id=1)}
    delivered = []
    graph: dict[Ref, tuple[Ref, ...]] = {script: (analysis,), analysis: ()}
    if down:
        made = [Ref("video", str(number)) for number in range(1, videos + 1)]
        shared = row(title=title, version=1, job_id=1)
        rows |= dict.fromkeys(made, shared)
        graph = {script: tuple(made), **dict.fromkeys(made, ())}
        delivered = [Delivered(one, title, "approved", f"output/approved/{one.key}.mp4") for one in made]
    return View(Family((script,), graph, rows), f"What was made from {title}", down, marks or {}, tuple(delivered))


class Page(HTMLParser):
    """The tags of a page, where links lead, and its text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.attributes: set[str] = set()
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        self.tags.append(tag)
        self.attributes |= set(values)
        if values.get("id"):
            self.ids.append(str(values["id"]))
        if values.get("href"):
            self.links.append(str(values["href"]))

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.mark.parametrize("title", HOSTILE)
@pytest.mark.parametrize("down", [False, True])
def test_no_title_breaks_a_format(title: str, down: bool) -> None:
    check_formats(view(title, down=down))


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=80), st.booleans())
def test_no_text_at_all_breaks_a_format(title: str, down: bool) -> None:
    check_formats(view(title, down=down))


def check_formats(shown: View) -> None:
    said = {form: write(shown) for form, write in FORMATS.items()}
    for text in (said["tree"], said["mermaid"], said["dot"], said["html"]):
        assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f\x80-\x9f]", text), "nothing moves the cursor of a terminal"
    for line in said["mermaid"].split("\n"):
        assert _MERMAID_LINE.fullmatch(line), line
    assert said["mermaid"].count("  subgraph") == said["mermaid"].count("\n  end")
    for line in said["dot"].split("\n"):
        assert _DOT_LINE.fullmatch(line), line
    page = Page(said["html"])
    assert {"script", "img", "iframe", "link", "object", "form"}.isdisjoint(page.tags)
    assert not {name for name in page.attributes if name.startswith("on") or name in ("src", "style")}
    assert all(link.startswith("#") and link[1:] in page.ids for link in page.links)
    assert len(page.ids) == len(set(page.ids))
    assert json.loads(said["json"])["nodes"]


def test_a_page_loads_nothing_and_forbids_scripts() -> None:
    text = FORMATS["html"](view("Taps"))
    assert "default-src 'none'" in text
    assert not re.search(r"https?:|@import|url\(", text)
    assert "prefers-color-scheme: dark" in text


@pytest.mark.parametrize(("form", "most"), [("tree", 3_000), ("mermaid", 5_000), ("dot", 9_000), ("html", 90_000)])
def test_ten_thousand_videos_are_folded_and_counted(form: str, most: int) -> None:
    text = FORMATS[form](view("Taps", down=True, videos=10_000))
    assert len(text) < most
    assert re.search(r"9,9\d\d more", text)
    if form == "tree":
        assert text.startswith("What was made from Taps: 1 job, 10,000 videos.\nVideos: 10,000 approved; 10,000 with")
    assert len(json.loads(FORMATS["json"](view("Taps", down=True, videos=10_000)))["delivered"]) == 10_000


def test_a_graph_has_fewer_arrows_than_mermaid_takes() -> None:
    reports = [Ref("trend_report", str(number)) for number in range(1, 40)]
    seen = [Ref("trend_observation", str(number)) for number in range(1, 400)]
    graph = {**dict.fromkeys(reports, tuple(seen)), **dict.fromkeys(seen, ())}
    text = FORMATS["mermaid"](View(Family(tuple(reports), graph, {}), "Everything"))
    assert 1 <= text.count("-->") <= 400


def test_what_was_taken_down_is_marked_in_every_format() -> None:
    marks = {
        Ref("script", "1"): Mark("taken down 2026-11-22: asked for", ""),
        Ref("trend_analysis", "1"): Mark("", "taken down 2026-11-22: asked for"),
    }
    shown = view("Taps", marks=marks)
    said = {form: write(shown) for form, write in FORMATS.items()}
    assert "title 'Taps'  (taken down 2026-11-22: asked for)" in said["tree"]
    assert "(withdrawn: from what was taken down 2026-11-22: asked for)" in said["tree"]
    assert "class n2,n1 gone" in said["mermaid"]
    assert said["dot"].count("dashed") == 2
    assert said["html"].count('class="mark"') == 2
    nodes = {node["ref"]: node for node in json.loads(said["json"])["nodes"]}
    assert nodes["script:1"]["taken_down"] == "taken down 2026-11-22: asked for"
    assert nodes["trend_analysis:1"]["withdrawn"] == "taken down 2026-11-22: asked for"


def test_a_line_tells_provider_prompt_seed_cost_run_and_time() -> None:
    call = Ref("provider_call", "9")
    values = row(
        role="script_writer", provider="embedded", model="m/1", prompt_version="p/2", seed=7, status="ok",
        cost_nanousd=21_300_000, run_id="de8e7203-25a8", stand_in=None,
    )  # fmt: skip
    text = FORMATS["tree"](View(Family((call,), {call: ()}, {call: values}), "x"))
    assert text == (
        "provider_call:9  role 'script_writer', provider 'embedded', model 'm/1', prompt_version 'p/2', seed 7, "
        "status 'ok', cost $0.0213, run de8e7203"
    )


@pytest.mark.parametrize(
    ("nanousd", "told"), [(0, "$0"), (None, "unknown"), (1, "$0.000000001"), (1_500_000_000, "$1.5"), (10**10, "$10")]
)
def test_money_is_told_exactly_and_an_unknown_price_as_unknown(nanousd: int | None, told: str) -> None:
    assert money(nanousd) == told


def test_times_are_told_in_utc() -> None:
    made = Ref("script", "1")
    values = row(created_at=datetime(2026, 11, 22, 14, 30, tzinfo=UTC).isoformat())
    assert "2026-11-22" in FORMATS["tree"](View(Family((made,), {made: ()}, {made: values}), "x"))


def test_a_script_that_was_edited_a_thousand_times_is_a_tree_that_ends() -> None:
    """Each edit hangs under the script that it caused: deeper than Python can call itself."""
    chain = [Ref(node, str(number)) for number in range(1_000, 0, -1) for node in ("script", "edit")]
    graph = {ref: (chain[place],) for place, ref in enumerate(chain[:-1], 1)} | {chain[-1]: ()}
    said = FORMATS["tree"](View(Family((chain[0],), graph, {}), "deep")).splitlines()
    assert said[-1].endswith("… and further: --format json has it all")
    assert len(said) < 200
