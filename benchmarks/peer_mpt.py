"""MoneyPrinterTurbo through its own functions, as its task does it: `combine_videos`, then `generate_video`.

Belongs here: its own calls with its own defaults; this runs under the peer's Python and imports nothing of ours. Not
here: measuring. Its clip length is the scenes' five seconds, so that it shows the frames that we show.
"""

import json
import math
import shutil
import sys
from pathlib import Path


def main() -> None:
    """Make the video that the job in the given file describes."""
    from app.models.schema import (  # type: ignore[import-not-found]  # noqa: PLC0415 — the peer's own environment has it
        VideoAspect,
        VideoConcatMode,
        VideoParams,
    )
    from app.services import bgm, video  # type: ignore[import-not-found]  # noqa: PLC0415 — as above

    job = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    music = Path(bgm.uploaded_bgm_dir()) / "music.wav"
    shutil.copyfile(job["music"], music)
    params = VideoParams(
        video_subject="benchmark",
        video_aspect=VideoAspect.portrait.value,
        video_concat_mode=VideoConcatMode.sequential.value,
        bgm_type="custom",
        bgm_file=music.name,
        subtitle_enabled=True,
        n_threads=2,
    )
    combined = str(Path(job["work"]) / "combined.mp4")
    video.combine_videos(
        combined_video_path=combined,
        video_paths=job["clips"],
        audio_file=job["voice"],
        video_aspect=VideoAspect.portrait,
        video_concat_mode=VideoConcatMode.sequential,
        max_clip_duration=math.ceil(max(job["seconds"])),
        threads=2,
    )
    mixed = video.generate_video(
        video_path=combined,
        audio_path=job["voice"],
        subtitle_path=job["captions"],
        output_file=job["video"],
        params=params,
    )
    if not mixed:
        sys.exit("the music was not mixed in")


if __name__ == "__main__":
    main()
