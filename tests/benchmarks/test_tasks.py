"""The benchmark's processes do with the real composer what their names say.

Belongs here: composing and rendering a tiny workload once. Not here: what that costs.
"""

from pathlib import Path

import pytest

from benchmarks import tasks
from benchmarks.workload import Plan, Workload, prepare
from reelineage.documents import Frame
from resources.rendering.streams import probe_video
from tests.tiny import Behaviour, TinySpeech

TINY = Plan("tiny", Frame(width=180, height=320), (12, 13) * 2, words_per_scene=1)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Workload, Path]:
    return prepare(tmp_path_factory.mktemp("workload"), TINY, TinySpeech(Behaviour()))


def do(material: Path, folder: Path, monkeypatch: pytest.MonkeyPatch, **asked: str) -> tasks.Answer:
    number = len(list(folder.glob("work-*")))
    task, answer = folder / "task.json", folder / "answer.json"
    (folder / "cache").mkdir(exist_ok=True)
    told = {"workload": material, "work": folder / f"work-{number}", "cache": folder / "cache", "answer": answer}
    order = tasks.Task.model_validate({name: str(path) for name, path in told.items()} | asked)
    task.write_text(order.model_dump_json(), encoding="utf-8")
    monkeypatch.setattr("sys.argv", ["tasks", str(task)])
    tasks.main()
    return tasks.Answer.model_validate_json(answer.read_bytes())


def test_composing_twice_reuses_all_and_a_changed_word_or_scene_costs_one_segment(
    made: tuple[Workload, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = [
        do(made[1], tmp_path, monkeypatch, kind="compose", change=change)
        for change in ("none", "none", "word", "scene")
    ]
    assert [answer.reused for answer in answers] == [0, 4, 3, 3]
    assert {answer.segments for answer in answers} == {4}
    assert probe_video(Path(answers[0].video)).frames == answers[0].frames == TINY.frames
    assert answers[0].cpu_seconds > answers[1].cpu_seconds


def test_the_frames_for_the_pure_encode_are_all_frames_of_the_video(
    made: tuple[Workload, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = do(made[1], tmp_path, monkeypatch, kind="frames")
    assert Path(answer.video).stat().st_size == TINY.frames * 180 * 320 * 3 // 2
    assert answer.frames == TINY.frames


def test_drawn_scenes_are_counted_and_rendered(
    made: tuple[Workload, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = do(made[1], tmp_path, monkeypatch, kind="draw")
    assert Path(answer.video).stat().st_size == answer.frames * 180 * 320 * 3 // 2
    assert answer.frames == TINY.frames
    assert answer.cpu_seconds > 0
