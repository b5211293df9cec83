"""Titles that are markup, scripts and addresses stay what they are: text. No dialog opens, no request leaves."""

from typing import Any

from playwright.sync_api import Browser

from reelineage import documents as docs
from reelineage.fingerprint import sha256_of
from reelineage.text import clean_text
from resources.home import Home
from resources.ledger import Product, Request
from resources.trend_store import store_fetch
from tests.browser.conftest import serving, shown, visiting
from tests.browser.hostile import hostile_texts
from tests.factories import Maker, fill_job, identity, new_job, observation, report, script

TEXTS = hostile_texts()
PER_JOB = 50
JOBS = len(TEXTS) // PER_JOB


class Hostile(Maker):
    """Makes a job whose trends, statements, title, sentences and works are hostile texts: those of its number."""

    @property
    def texts(self) -> list[str]:
        """The texts of this job."""
        return TEXTS[(self.take - 1) * PER_JOB : self.take * PER_JOB]

    def _trends(self) -> docs.TrendReport:
        seen = tuple(
            observation(number, external_id=f"{self.take}-{number}", title=text, creator=text, url=f"javascript:{text}")
            for number, text in enumerate(self.texts, 1)
        )
        fetched = docs.TrendFetch(source_kind="file", source_name=self.texts[0][:120], observations=seen)
        request = Request(identity("trends"), {"take": self.take})

        def produce(folder: Any) -> Product:
            (folder / "raw").write_text(f"raw {self.take}")
            return Product({}, folder / "raw", "text/plain")

        answer = self.call(request, produce)
        run_id = self.home.queue.get(self.job_id).active_run or ""
        store_fetch(
            self.home.database, answer.call_id, answer.artifact.sha256, fetched, job_id=self.job_id, run_id=run_id
        )
        return report(fetched, answer.artifact.sha256)

    def _analysis(self, trends: docs.TrendReport) -> docs.TrendAnalysis:
        keys = [one.key for one in trends.observations]
        ranked = tuple(
            docs.RankedItem(
                rank=number, title=text, creator=text, url=f"javascript:{text}", views=10, engagement=1, velocity=1.0,
                growth=None, hours_since_published=1.0, duration_seconds=None, hook_type=text, topic=text,
                evidence=(key,),
            )
            for number, (text, key) in enumerate(zip(self.texts, keys, strict=True), 1)
        )  # fmt: skip
        topics = tuple(
            docs.Topic(label=text, key_phrases=(text,), items=1, velocity=1.0, share=0.02, evidence=(key,))
            for text, key in zip(self.texts, keys, strict=True)
        )
        statements = tuple(
            docs.Statement(text=text, evidence=(key,)) for text, key in zip(self.texts, keys, strict=True)
        )
        return docs.TrendAnalysis(
            window_start=None, window_end=trends.window_end, items=len(keys), ranked=ranked, topics=topics, patterns=(),
            statements=statements, method={"name": "toy"},
        )  # fmt: skip

    def _scripts(self, analysis: docs.TrendAnalysis) -> docs.Script:
        request = Request(identity("scripts"), {"take": self.take, "analysis": sha256_of(analysis)})
        answer = self.call(request, lambda _: Product({"title": "x"}))
        plain = script(analysis, answer.request_sha256)
        scenes = tuple(
            plain.scenes[0].model_copy(
                update={
                    "number": number,
                    "sentences": (docs.Sentence(text=text, citations=plain.scenes[0].sentences[0].citations),),
                    "visual": docs.Visual(kind=docs.VisualKind.TITLE, headline=text),
                    "visual_prompt": text,
                }
            )
            for number, text in enumerate(self.texts, 1)
        )
        update = {"title": self.texts[0], "hook": self.texts[1], "call_to_action": self.texts[2], "scenes": scenes}
        return plain.model_copy(update=update)


def test_there_are_five_hundred_of_them() -> None:
    assert len(set(TEXTS)) == 500


def test_no_hostile_title_opens_a_dialog_leaves_the_console_or_is_lost(browser: Browser, home: Home) -> None:
    for number in range(1, JOBS + 1):
        job_id = new_job(home, name=clean_text(TEXTS[number * PER_JOB - 1], max_characters=120))
        fill_job(home, job_id, f"run-{job_id}", take=number, kind=Hostile)
    said = ""
    with serving(home) as url, visiting(browser, home, url) as visitor:
        for path in ("/jobs", "/trends", "/costs"):
            said += shown(visitor.open(path))
        for number in range(1, JOBS + 1):
            for path in (f"/jobs/{number}", f"/jobs/{number}/trends", f"/lineage/video/{number}"):
                said += shown(visitor.open(path))
        for node in ("script", "trend_observation", "trend_item", "trend_fetch", "trend_analysis"):
            said += shown(visitor.open(f"/records/{node}/1"))
        said += shown(visitor.open("/lineage/trend_item/1?direction=down"))
        assert visitor.dialogs == []
        assert visitor.strayed == []
    lost = [
        text for text in TEXTS if " ".join(clean_text(text, max_characters=300).split()) not in " ".join(said.split())
    ]
    assert lost == []
