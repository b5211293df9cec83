"""What holds for every asset, job, check and sensor of the graph; a failure names the one that breaks it.

Belongs here: the graph as it is declared. Not here: what it makes (`test_graph.py`).
"""

import subprocess
import sys
import typing
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import dagster as dg
import pytest

from pipeline_assets.assets import composition, content_generation, review, trend_analysis, trend_collection
from pipeline_assets.definitions import build_definitions, defs
from reelineage import lineage
from reelineage.documents import Clip, Review, Script, TrendAnalysis, TrendReport, Video, Voiceover
from resources.settings import PROJECT

STAGES = ["trend_collection", "trend_analysis", "content_generation", "composition", "review"]
MODULES: dict[str, ModuleType] = {
    "trends": trend_collection,
    "analysis": trend_analysis,
    "scripts": content_generation,
    "voiceovers": content_generation,
    "clips": content_generation,
    "videos": composition,
    "reviews": review,
}
UPSTREAM = {
    "trends": set(),
    "analysis": {"trends"},
    "scripts": {"analysis"},
    "voiceovers": {"scripts"},
    "clips": {"scripts", "voiceovers"},
    "videos": {"scripts", "voiceovers", "clips"},
    "reviews": {"scripts", "videos"},
}
DOCUMENTS = {
    "trends": TrendReport,
    "analysis": TrendAnalysis,
    "scripts": Script,
    "voiceovers": Voiceover,
    "clips": list[Clip],
    "videos": Video,
    "reviews": Review,
}
CHECKS = {
    "scripts": {"script_fits_duration"},
    "voiceovers": {"voice_is_audible_and_unclipped"},
    "videos": {"video_is_playable"},
    "reviews": {"lineage_is_complete"},
}


@pytest.fixture(scope="module")
def graph() -> Any:
    return build_definitions().resolve_asset_graph()


@pytest.fixture(params=list(UPSTREAM))
def node(request: pytest.FixtureRequest, graph: Any) -> Any:
    return graph.get(dg.AssetKey(request.param))


def _name(node: Any) -> str:
    return str(node.key.path[-1])


def _function(node: Any) -> Callable[..., Any]:
    asset = getattr(MODULES[_name(node)], _name(node))
    function: Callable[..., Any] = asset.op.compute_fn.decorated_fn
    return function


def test_the_graph_has_these_seven_assets_and_no_other(graph: Any) -> None:
    assert {key.path[-1] for key in graph.get_all_asset_keys()} == set(UPSTREAM)


def test_the_stages_are_groups_in_the_order_of_the_work(graph: Any) -> None:
    seen: list[str] = []
    for level in graph.toposorted_asset_keys_by_level:
        for key in level:
            group = graph.get(key).group_name
            if group not in seen:
                seen.append(group)
    assert seen == STAGES
    assert {asset: graph.get(dg.AssetKey(asset)).group_name for asset in UPSTREAM} == lineage.STAGES


def test_an_asset_is_partitioned_by_job(node: Any) -> None:
    assert isinstance(node.partitions_def, dg.DynamicPartitionsDefinition)
    assert node.partitions_def.name == "job_id"


def test_an_asset_depends_on_what_the_lineage_says(node: Any) -> None:
    assert {key.path[-1] for key in node.parent_keys} == UPSTREAM[_name(node)]


def test_an_asset_says_its_code_version_kinds_owners_and_purpose(node: Any) -> None:
    assert node.code_version
    assert node.kinds
    assert node.owners == ["team:reelineage"]
    assert (_function(node).__doc__ or "").strip()


def test_an_asset_returns_its_own_document(node: Any) -> None:
    returned = typing.get_type_hints(_function(node))["return"]
    assert typing.get_origin(returned) is dg.MaterializeResult
    assert typing.get_args(returned) == (DOCUMENTS[_name(node)],)


def test_an_asset_body_is_short(node: Any) -> None:
    code = _function(node).__code__
    lines = {line for *_, line in code.co_lines() if line}
    assert len(lines) <= 14, f"{_name(node)} has {len(lines)} lines with code; move work into resources or reelineage"


def test_no_asset_has_a_retry_policy_that_would_swallow_a_stop(node: Any) -> None:
    asset = getattr(MODULES[_name(node)], _name(node))
    assert asset.op.retry_policy is None


def test_the_checks_that_people_look_at_are_there(graph: Any) -> None:
    found: dict[str, set[str]] = {}
    for key in graph.asset_check_keys:
        found.setdefault(key.asset_key.path[-1], set()).add(key.name)
    assert found == CHECKS


def test_one_job_makes_everything_in_one_process() -> None:
    job = build_definitions().resolve_job_def("produce_video")
    assert set(UPSTREAM) <= {node.name for node in job.nodes}
    assert job.executor_def.name == "in_process"
    assert isinstance(job.partitions_def, dg.DynamicPartitionsDefinition)


def test_the_sensors_run_by_default_but_for_the_one_that_needs_a_server() -> None:
    sensors = build_definitions().sensors or []
    states = {sensor.name: sensor.default_status for sensor in sensors if isinstance(sensor, dg.SensorDefinition)}
    assert states == dict.fromkeys(
        ["queued_jobs_sensor", "theme_inbox_sensor", "reconcile_jobs_sensor"], dg.DefaultSensorStatus.RUNNING
    ) | {"openlineage_sensor": dg.DefaultSensorStatus.STOPPED}


def test_dagster_finds_the_definitions_by_their_lazy_entry_point() -> None:
    loaded = defs()
    dg.Definitions.validate_loadable(loaded)


_BARE = """
import sys
import pipeline_assets.definitions as module
module.defs().get_repository_def().load_all_definitions()
heavy = ["sklearn", "yake", "piper", "onnx", "onnxruntime", "skia", "av", "fontTools", "imageio_ffmpeg"]
print(sorted(name for name in heavy if name in sys.modules))
"""


def test_definitions_load_on_a_bare_machine_and_touch_nothing(tmp_path: Path) -> None:
    """No environment, no heavy library, no file written anywhere near."""
    home = tmp_path / "somebody"
    home.mkdir()
    done = subprocess.run(
        [sys.executable, "-W", "error::ResourceWarning", "-B", "-c", _BARE],
        env={"PATH": "/usr/bin:/bin", "HOME": str(home), "PYTHONPATH": str(PROJECT)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "[]"
    assert [path for path in tmp_path.rglob("*") if path != home] == []
