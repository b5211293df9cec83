"""Where and when the trends were seen, read from the keys of the observations (`platform/external_id@time`).

Belongs here: platform names, the date, the source line, the noun for one item. Not here: what the trends say.
"""

from dataclasses import dataclass
from datetime import UTC, datetime

from reelineage.documents import TrendAnalysis
from reelineage.scripting.wording import day_said, day_shown, listed

_NAMES = {
    "youtube": "YouTube", "tiktok": "TikTok", "instagram": "Instagram", "reddit": "Reddit", "feed": "news feeds",
    "hackernews": "Hacker News", "wikipedia": "Wikipedia", "google_trends": "Google Trends",
}  # fmt: skip
_VIDEO_PLATFORMS = frozenset({"youtube", "tiktok", "instagram", "sample"})
DEMO_PLATFORM = "sample"


@dataclass(frozen=True)
class Sources:
    """What the evidence says about its origin. `noun` is what one item is called: video or post."""

    platforms: tuple[str, ...]
    seen: datetime
    noun: str

    @property
    def is_demo(self) -> bool:
        """Whether any of it is the made-up sample feed."""
        return DEMO_PLATFORM in self.platforms

    @property
    def day(self) -> str:
        """The day of the newest observation as it is shown: `14 Nov 2017`."""
        return day_shown(self.seen)

    @property
    def spoken_day(self) -> str:
        """The day as it is said: `November 14, 2017`."""
        return day_said(self.seen)

    @property
    def line(self) -> str:
        """The line laid over the picture."""
        if not self.platforms:
            return "No trend data"
        names = listed([_NAMES.get(name, name) for name in self.platforms if name != DEMO_PLATFORM])
        if not names:
            return "Demo data"
        return f"Source: {names}{' and demo data' if self.is_demo else ''}, seen {self.day}"


def sources_of(analysis: TrendAnalysis) -> Sources:
    """Platforms and newest moment over all evidence; the window's end when there is none."""
    keys = [key for item in analysis.ranked for key in item.evidence]
    keys += [key for pattern in analysis.patterns for key in pattern.statement.evidence]
    platforms = tuple(sorted({key.split("/", 1)[0] for key in keys}))
    moments = [datetime.fromisoformat(key.rpartition("@")[2]).astimezone(UTC) for key in keys]
    noun = "video" if set(platforms) <= _VIDEO_PLATFORMS else "post"
    return Sources(platforms, max(moments, default=analysis.window_end), noun)
