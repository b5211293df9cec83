"""The words of the embedded writers: every phrase that can be said or shown, and the version of each writer's set.

Belongs here: phrases and nothing else. A change of words or of the rules that choose them raises the writer's version,
because the version is recorded with every script. What a phrase says must hold whenever its fields are known: no
"today", no "everyone", no praise. Fields: {k} places told, {n} all items measured, {what}/{whats} video/videos, {t} a
quoted title, {by} a channel, {v} a pace such as "about 12,000", {rs} reaction or reactions; a capital means a capital.
"""

WRITER_VERSION = {"trend_briefing": "trend_briefing/1", "product_story": "product_story/1"}
