"""Films, stills, voices and captions by the id of their row: what pages play and people download.

Belongs here: the addresses. Not here: which file that is (`resources/media_files.py`), sending it
(`console/web/sending.py`).
"""

from typing import Final

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from console.web.guard import needs
from console.web.parts import TheHome
from console.web.row_ids import RowNumber
from console.web.sending import send_file
from resources.access import Role
from resources.media_files import clip_file, video_file, voiceover_file

router = APIRouter(prefix="/media", dependencies=[Depends(needs(Role.VIEWER))])
_READS: Final = ["GET", "HEAD"]
_THUMBNAIL_SECONDS: Final = 600  # a list shows 50 of them: asking again for each would cost more than the page


@router.api_route("/videos/{video_id}/video.mp4", methods=_READS)
def film(request: Request, home: TheHome, video_id: RowNumber) -> Response:
    """The video itself."""
    return send_file(request, video_file(home, video_id, "video"))


@router.api_route("/videos/{video_id}/thumbnail", methods=_READS)
def thumbnail(request: Request, home: TheHome, video_id: RowNumber) -> Response:
    """Its picture in lists."""
    return send_file(request, video_file(home, video_id, "thumbnail"), fresh_seconds=_THUMBNAIL_SECONDS)


@router.api_route("/videos/{video_id}/captions.vtt", methods=_READS)
def captions_vtt(request: Request, home: TheHome, video_id: RowNumber) -> Response:
    """What is said, for players."""
    return send_file(request, video_file(home, video_id, "captions_vtt"))


@router.api_route("/videos/{video_id}/captions.srt", methods=_READS)
def captions_srt(request: Request, home: TheHome, video_id: RowNumber) -> Response:
    """What is said, for platforms."""
    return send_file(request, video_file(home, video_id, "captions_srt"))


@router.api_route("/voiceovers/{voiceover_id}/audio.wav", methods=_READS)
def voiceover(request: Request, home: TheHome, voiceover_id: RowNumber) -> Response:
    """The narration."""
    return send_file(request, voiceover_file(home, voiceover_id))


@router.api_route("/clips/{clip_id}", methods=_READS)
def clip(request: Request, home: TheHome, clip_id: RowNumber) -> Response:
    """What one scene shows, as it came."""
    return send_file(request, clip_file(home, clip_id))
