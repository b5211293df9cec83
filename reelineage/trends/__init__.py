"""Trends: reading what a source brought in, joining it to a report, analysing it. Start with `read_trends`.

Belongs here: everything that turns bytes into a `TrendReport` and a `TrendAnalysis`. Not here: fetching
(`resources.trend_sources`), storing, writing scripts.
"""

from reelineage.trends.analysis import ANALYSIS_VERSION, analyse
from reelineage.trends.reading import read_trends
from reelineage.trends.reports import build_report
from reelineage.trends.sample import SAMPLE_NAME, sample_feed

__all__ = ["ANALYSIS_VERSION", "SAMPLE_NAME", "analyse", "build_report", "read_trends", "sample_feed"]
