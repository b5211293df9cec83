"""The seven assets by their real names and links, with made-up documents instead of media: a graph that runs in 0.5 s.

Belongs here: running it. The IO manager, the workbench, the ledger and the queue are the real ones.
"""

import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import dagster as dg

from pipeline_assets.partitions import job_partitions, register_partition
from reelineage import lineage
from reelineage.documents import (
    Clip,
    Document,
    Review,
    Script,
    TrendAnalysis,
    TrendReport,
    Video,
    Voiceover,
)
from resources.record_io_manager import RecordIOManager
from resources.work import Work
from resources.workbench import PRODUCE_VIDEO, Workbench
from tests.factories import Maker

Change = Callable[[str, Any], Any]


def say_nothing(_: Any) -> dict[str, Any]:
    """No metadata of the asset's own."""
    return {}


class ToyGraph:
    """Runs assets of one job.

    `take` varies the content, `change` may swap what an asset returns, `before` runs once the job is claimed; without
    `reuse` an asset makes its documents even when they are stored already.
    """

    def __init__(self) -> None:
        self.take = 1
        self.change: Change = lambda _, made: made
        self.before: Callable[[Work], None] = lambda _: None
        self.reuse = True
        self.instance = dg.DagsterInstance.ephemeral()

    def run(
        self, job_id: int | str, *assets: str, run_id: str | None = None, job: str = PRODUCE_VIDEO
    ) -> dg.ExecuteInProcessResult:
        """Run some assets (all by default) for one partition; a failing run is returned, not raised."""
        if not isinstance(job_id, str):
            register_partition(self.instance, job_id)
        else:
            self.instance.add_dynamic_partitions(job_partitions.name or "", [job_id])
        definitions = dg.Definitions(
            assets=self._assets(),
            jobs=[dg.define_asset_job(job, selection=dg.AssetSelection.assets(*(assets or lineage.ASSETS)))],
            resources={"io_manager": RecordIOManager(workbench=(bench := Workbench())), "workbench": bench},
            executor=dg.in_process_executor,
        )
        return definitions.resolve_job_def(job).execute_in_process(
            instance=self.instance,
            partition_key=str(job_id),
            run_id=run_id or str(uuid.uuid4()),
            run_config={"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}},
            raise_on_error=False,
        )

    def remake(self, job_id: int, *assets: str, run_id: str | None = None) -> dg.ExecuteInProcessResult:
        """Make assets anew as a person does in Dagster's pages: by a job other than `produce_video`."""
        return self.run(job_id, *assets, run_id=run_id, job="some_assets")

    @contextmanager
    def made(
        self, context: dg.AssetExecutionContext, workbench: Workbench
    ) -> Iterator[Callable[..., dg.MaterializeResult[Any]]]:
        """The body that all toy assets share."""
        asset = context.asset_key.path[-1]
        with workbench.work(context) as work:
            self.before(work)

            def make(**made_from: Document | Sequence[Document]) -> dg.MaterializeResult[Any]:
                if self.reuse and (stored := work.stored(say_nothing)):
                    return stored
                maker = Maker(work.home, work.job.id, work.call, take=self.take)
                changed = self.change(asset, maker.make(asset, made_from))
                return changed if isinstance(changed, dg.MaterializeResult) else work.result(changed, say_nothing)

            yield make

    def _assets(self) -> list[dg.AssetsDefinition]:
        @dg.asset(partitions_def=job_partitions, code_version="1")
        def trends(context: dg.AssetExecutionContext, workbench: Workbench) -> dg.MaterializeResult[TrendReport]:
            with self.made(context, workbench) as make:
                return make()

        @dg.asset(partitions_def=job_partitions, code_version="1")
        def analysis(
            context: dg.AssetExecutionContext, workbench: Workbench, trends: TrendReport
        ) -> dg.MaterializeResult[TrendAnalysis]:
            with self.made(context, workbench) as make:
                return make(trends=trends)

        @dg.asset(partitions_def=job_partitions, code_version="1")
        def scripts(
            context: dg.AssetExecutionContext, workbench: Workbench, analysis: TrendAnalysis
        ) -> dg.MaterializeResult[Script]:
            with self.made(context, workbench) as make:
                return make(analysis=analysis)

        @dg.asset(partitions_def=job_partitions, code_version="1")
        def voiceovers(
            context: dg.AssetExecutionContext, workbench: Workbench, scripts: Script
        ) -> dg.MaterializeResult[Voiceover]:
            with self.made(context, workbench) as make:
                return make(scripts=scripts)

        @dg.asset(partitions_def=job_partitions, code_version="1")
        def clips(
            context: dg.AssetExecutionContext, workbench: Workbench, scripts: Script, voiceovers: Voiceover
        ) -> dg.MaterializeResult[list[Clip]]:
            with self.made(context, workbench) as make:
                return make(scripts=scripts, voiceovers=voiceovers)

        @dg.asset(partitions_def=job_partitions, code_version="1")
        def videos(
            context: dg.AssetExecutionContext,
            workbench: Workbench,
            scripts: Script,
            voiceovers: Voiceover,
            clips: list[Clip],
        ) -> dg.MaterializeResult[Video]:
            with self.made(context, workbench) as make:
                return make(scripts=scripts, voiceovers=voiceovers, clips=clips)

        @dg.asset(partitions_def=job_partitions, code_version="1")
        def reviews(
            context: dg.AssetExecutionContext, workbench: Workbench, videos: Video
        ) -> dg.MaterializeResult[Review]:
            with self.made(context, workbench) as make:
                return make(videos=videos)

        return [trends, analysis, scripts, voiceovers, clips, videos, reviews]


def why(result: dg.ExecuteInProcessResult) -> str:
    """What a failed run tells people."""
    found = []
    for event in result.all_events:
        data: Any = event.event_specific_data
        if event.is_step_failure:
            user = getattr(data, "user_failure_data", None)
            found.append(getattr(user, "description", None) or str(getattr(data, "error", "")))
    return "\n".join(found)
