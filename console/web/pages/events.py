"""Server-sent events: each change of the jobs that a page shows, with the card as it is now.

Belongs here: the stream and its format. Not here: finding changes (`console/web/live.py`), ending a stream whose
session ended (`console/web/guard/intake.py`), what a page does with an event (`static/console.js`).
"""

import json
import re
from collections.abc import AsyncIterator
from typing import Annotated, Final

from fastapi import APIRouter, Query, Request
from starlette.responses import Response, StreamingResponse

from console.web.guard import Asker
from console.web.live import Feed
from console.web.pages.jobs import card_html, may_act
from reelineage.errors import BadInput
from resources.job_cards import JobCard

router = APIRouter()
MOST_WATCHED: Final = 100
BEAT_SECONDS: Final = 15.0  # so that nobody on the way takes the stream for dead
_RETRY_MILLISECONDS: Final = 3_000
_WATCHED: Final = re.compile(r"([1-9][0-9]{0,17})(?:-([0-9a-f]{12}))?", re.ASCII)


@router.get("/events/jobs")
async def events(request: Request, who: Asker, ids: Annotated[str, Query(max_length=4_000)]) -> Response:
    """A stream of changes. `ids` lists jobs, each with the sign of the card that is shown: `12-0f3a…,13`."""
    feed: Feed = request.app.state.feed
    feed.require_room()
    stream = _stream(feed, _watched(ids), offer_acts=may_act(request, who))
    return StreamingResponse(stream, media_type="text/event-stream", headers={"Cache-Control": "no-store"})


async def _stream(feed: Feed, signs: dict[int, str | None], *, offer_acts: bool) -> AsyncIterator[str]:
    yield f"retry: {_RETRY_MILLISECONDS}\n\n"
    with feed.listening(signs) as listener:
        while not feed.closed:
            cards = await listener.next(BEAT_SECONDS)
            for card in cards:
                yield _event(card, offer_acts=offer_acts)
            if not cards:
                yield ": nothing new\n\n"


def _event(card: JobCard, *, offer_acts: bool) -> str:
    told = {
        "id": card.id,
        "state": card.state,
        "stage": card.stage,
        "progress": card.progress,
        "attempt": card.attempt,
        "video_id": card.video_id,
        "sign": card.sign,
        "html": card_html(card, may_act=offer_acts),
    }
    return f"event: job\ndata: {json.dumps(told)}\n\n"


def _watched(text: str) -> dict[int, str | None]:
    parts = text.split(",")
    found = [match for part in parts if (match := _WATCHED.fullmatch(part))]
    if len(found) < len(parts) or len(found) > MOST_WATCHED:
        raise BadInput(f"Watching jobs: `ids` must be 1 to {MOST_WATCHED} job ids with commas between, such as 12,13.")
    return {int(match[1]): match[2] for match in found}
