"""The names that a field of a trend row may have in files of other makers.

Belongs here: spellings, nothing else. Not here: what the values mean (`values.py`), what a row needs (`rows.py`).
"""

# Spellings of our fields in files of other makers, best first; compared without case, blanks, `_` and `-`.
SPELLINGS: dict[str, tuple[str, ...]] = {
    "external_id": ("external_id", "video_id", "item_id", "id", "guid"),
    "title": ("title", "video_title", "headline", "caption"),
    "published_at": (
        "published_at", "publish_time", "published", "publish_date", "created_at", "create_time", "upload_date",
    ),
    "observed_at": ("observed_at", "fetched_at", "collected_at", "scraped_at"),
    "trending_date": ("trending_date",),
    "platform": ("platform",),
    "description": ("description", "summary"),
    "hashtags": ("hashtags", "tags"),
    "views": ("views", "view_count", "play_count", "plays"),
    "likes": ("likes", "like_count", "digg_count"),
    "comments": ("comments", "comment_count"),
    "shares": ("shares", "share_count"),
    "duration_seconds": ("duration_seconds", "duration", "length_seconds"),
    "creator": ("creator", "channel_title", "channel", "author", "username"),
    "followers": ("followers", "follower_count", "subscribers", "subscriber_count"),
    "sound": ("sound", "music", "audio"),
    "thumbnail_url": ("thumbnail_url", "thumbnail_link", "thumbnail"),
    "url": ("url", "link", "webpage_url"),
    "category": ("category", "category_id"),
    "country": ("country", "region"),
    "comments_disabled": ("comments_disabled",),
    "ratings_disabled": ("ratings_disabled",),
}  # fmt: skip
REQUIRED = ("title", "published_at")


def plain_name(name: str) -> str:
    """A column name without case, blanks, `_` and `-`, so that `viewCount` meets `view_count`."""
    return "".join(c for c in name.casefold() if c.isalnum())


FIELD_OF = {
    plain_name(spelling): (name, place)
    for name, spellings in SPELLINGS.items()
    for place, spelling in enumerate(spellings)
}
