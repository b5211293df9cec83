"""What is special about YouTube: category names, watch pages, the shape of a `videos.list` item.

Belongs here: facts of the YouTube Data API v3. Not here: requests to it, and rules for rows of any source.
"""

from collections.abc import Collection, Mapping

# https://developers.google.com/youtube/v3/docs/videoCategories — the ids are the same in all countries.
CATEGORIES: dict[str, str] = {
    "1": "Film & Animation",
    "2": "Autos & Vehicles",
    "10": "Music",
    "15": "Pets & Animals",
    "17": "Sports",
    "18": "Short Movies",
    "19": "Travel & Events",
    "20": "Gaming",
    "21": "Videoblogging",
    "22": "People & Blogs",
    "23": "Comedy",
    "24": "Entertainment",
    "25": "News & Politics",
    "26": "Howto & Style",
    "27": "Education",
    "28": "Science & Technology",
    "29": "Nonprofits & Activism",
    "30": "Movies",
    "31": "Anime/Animation",
    "32": "Action/Adventure",
    "33": "Classics",
    "34": "Comedy",
    "35": "Documentary",
    "36": "Drama",
    "37": "Family",
    "38": "Foreign",
    "39": "Horror",
    "40": "Sci-Fi/Fantasy",
    "41": "Thriller",
    "42": "Shorts",
    "43": "Shows",
    "44": "Trailers",
}
# https://developers.google.com/youtube/terms/developer-policies, III.E.4: API data is refreshed or deleted by then.
KEEP_DAYS = 30
_THUMBNAILS = ("maxres", "standard", "high", "medium", "default")


def watch_url(video_id: str) -> str:
    """The page where a video is watched."""
    return f"https://www.youtube.com/watch?v={video_id}"


def is_trending_set(names: Collection[str]) -> bool:
    """True for the (plain) column names of the public trending sets: they say nothing of a platform."""
    return "videoid" in names and ("trendingdate" in names or "channeltitle" in names)


def is_video(item: Mapping[str, object]) -> bool:
    """True for an item of a `videos.list` (or `search.list`) response."""
    return isinstance(item.get("snippet"), dict)


def fields_of_video(item: Mapping[str, object]) -> dict[str, object]:
    """Our field names for one item of a `videos.list` response. Counts the owner switched off are absent there."""
    snippet, statistics, details = (_part(item, name) for name in ("snippet", "statistics", "contentDetails"))
    video_id = item.get("id")
    return {
        "platform": "youtube",
        "external_id": video_id.get("videoId") if isinstance(video_id, dict) else video_id,
        "title": snippet.get("title"),
        "published_at": snippet.get("publishedAt"),
        "description": snippet.get("description"),
        "hashtags": snippet.get("tags"),
        "creator": snippet.get("channelTitle"),
        "category": snippet.get("categoryId"),
        "thumbnail_url": _thumbnail(snippet),
        "views": statistics.get("viewCount"),
        "likes": statistics.get("likeCount"),
        "comments": statistics.get("commentCount"),
        "duration_seconds": details.get("duration"),
    }


def _part(item: Mapping[str, object], name: str) -> Mapping[str, object]:
    part = item.get(name)
    return part if isinstance(part, dict) else {}


def _thumbnail(snippet: Mapping[str, object]) -> object:
    thumbnails = _part(snippet, "thumbnails")
    return next((url for size in _THUMBNAILS if (url := _part(thumbnails, size).get("url"))), None)
