"""The sensor that tells committed rows to an OpenLineage server while the factory works.

Belongs here: one tick, and when it is on. Not here: which rows come next (`resources/exports/emitter.py`). It ticks in
the daemon, reads what was committed, and gives up after a few seconds: no run waits for it, and none fails with it.
"""

import dagster as dg

from pipeline_assets.jobs import produce_video
from resources.exports.sending import OPENLINEAGE_PATH, Sender
from resources.workbench import Workbench

_SENDING_SECONDS = 2.0
_TICK_SECONDS = 5.0
_MOST_ROWS = 100


def build_openlineage_sensor(url: str | None) -> dg.SensorDefinition:
    """The sensor: on by itself where the settings name a server, else off.

    Args:
        url: `REELINEAGE_OPENLINEAGE_URL`, or None.
    """

    @dg.sensor(
        name="openlineage_sensor",
        minimum_interval_seconds=15,
        default_status=dg.DefaultSensorStatus.RUNNING if url else dg.DefaultSensorStatus.STOPPED,
        description="Sends committed rows as OpenLineage events to REELINEAGE_OPENLINEAGE_URL.",
        target=produce_video,
    )
    def openlineage_sensor(context: dg.SensorEvaluationContext, workbench: Workbench) -> dg.SkipReason:
        """Send the next rows; the cursor passes a row only when it has arrived. Failures make the rests longer."""
        home = workbench.home
        if home.settings.openlineage_url is None:
            return dg.SkipReason("REELINEAGE_OPENLINEAGE_URL names no server")
        from resources.exports.emitter import emit  # noqa: PLC0415 — heavy import, only when used

        with Sender(home.settings.openlineage_url, path=OPENLINEAGE_PATH, seconds=_SENDING_SECONDS) as sender:
            tick = emit(home.database, sender, context.cursor, most_rows=_MOST_ROWS, seconds=_TICK_SECONDS)
        context.update_cursor(tick.cursor)
        if tick.problem and not tick.resting:
            context.log.warning("%s The rows that did not arrive are sent later.", tick.problem)
        if tick.passed_over:
            context.log.error(
                "The server refused %s too often: passed over, and kept under `refused` in this sensor's cursor. When "
                "it takes them, send each with `reelineage export openlineage ROW --to URL`.",
                ", ".join(tick.passed_over),
            )
        return dg.SkipReason(f"sent {tick.sent} rows" + (f"; {tick.problem}" if tick.problem else ""))

    return openlineage_sensor
