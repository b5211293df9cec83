"""Script writing without a model: deterministic writers grounded in the theme and the trend facts.

Belongs here: the door to the writers. Read `trend_briefing.py` first: it shows the five steps of writing.
Not here: writers that call a service (`resources.script_writers`).
"""

from reelineage.documents import Script, TrendAnalysis
from reelineage.scripting.phrases import WRITER_VERSION
from reelineage.scripting.product_story import write_product_story
from reelineage.scripting.trend_briefing import write_trend_briefing
from reelineage.theme import Theme, Writer

__all__ = ["WRITER_VERSION", "write_script"]


def write_script(theme: Theme, analysis: TrendAnalysis, *, seed: int, request_sha256: str) -> Script:
    """Write the script of one video with the theme's writer.

    The same theme, analysis and seed give the same script.

    Args:
        theme: What the video is about.
        analysis: What is rising, with evidence.
        seed: Chooses among wordings and arrangements.
        request_sha256: Names the provider call that asked for it.

    Raises:
        BadInput: the theme or the analysis leaves nothing to say; the message says what to change.
    """
    if theme.writer is Writer.TREND_BRIEFING:
        return write_trend_briefing(theme, analysis, seed=seed, request_sha256=request_sha256)
    return write_product_story(theme, analysis, seed=seed, request_sha256=request_sha256)
