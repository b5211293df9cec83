"""What a competent user of moviepy 2 writes: crop, scale, concatenate, a TextClip per caption, music under the voice.

Belongs here: moviepy alone; this runs under the peer's Python and imports nothing of ours. Not here: measuring.
"""

import json
import re
import sys
from pathlib import Path
from typing import Any

MUSIC_VOLUME = 0.2
# Without this moviepy converts to bt601 and tags nothing: colours shift. It costs nothing, so the peer gets it.
_BT709 = (
    "scale=out_color_matrix=bt709:out_range=tv,"
    "setparams=color_primaries=bt709:color_trc=bt709:colorspace=bt709:range=tv"
)
_CUE = re.compile(r"(\d+):(\d+):(\d+),(\d+) --> (\d+):(\d+):(\d+),(\d+)\n(.*?)(?:\n\n|\Z)", re.DOTALL)


def main() -> None:
    """Make the video that the job in the given file describes."""
    from moviepy import (  # type: ignore[import-not-found]  # noqa: PLC0415 — the peer's own environment has it
        AudioFileClip,
        CompositeAudioClip,
        CompositeVideoClip,
        TextClip,
        VideoFileClip,
        afx,
        concatenate_videoclips,
    )

    job = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    width, height = job["size"]
    scenes = [
        _covering(_beginning(VideoFileClip(path, audio=False), seconds), width, height)
        for path, seconds in zip(job["clips"], job["seconds"], strict=True)
    ]
    video = concatenate_videoclips(scenes)
    texts = [
        TextClip(
            font=job["font"],
            text=text,
            font_size=width // 13,
            color="white",
            stroke_color="black",
            stroke_width=4,
            method="caption",
            size=(round(width * 0.9), None),
            text_align="center",
            margin=(0, 20),
        )
        .with_start(start)
        .with_duration(end - start)
        .with_position(("center", 0.65), relative=True)
        for start, end, text in _cues(Path(job["captions"]).read_text(encoding="utf-8"))
    ]
    voice = AudioFileClip(job["voice"])
    music = AudioFileClip(job["music"]).with_effects([afx.AudioLoop(duration=voice.duration), afx.AudioFadeOut(1.5)])
    sound = CompositeAudioClip([voice, music.with_effects([afx.MultiplyVolume(MUSIC_VOLUME)])])
    CompositeVideoClip([video, *texts], size=(width, height)).with_duration(voice.duration).with_audio(
        sound
    ).write_videofile(
        job["video"],
        fps=job["fps"],
        codec="libx264",
        preset="veryfast",
        ffmpeg_params=["-crf", "21", "-vf", _BT709, "-pix_fmt", "yuv420p"],
        threads=2,
        audio_codec="aac",
        audio_fps=48000,
        audio_bitrate="192k",
        logger=None,
    )


def _beginning(clip: Any, seconds: float) -> Any:  # noqa: ANN401 — moviepy is not there to be typed
    """The first seconds of a clip; moviepy reads durations with two digits and refuses a longer piece."""
    return clip.subclipped(0, min(seconds, clip.duration))


def _covering(clip: Any, width: int, height: int) -> Any:  # noqa: ANN401 — moviepy is not there to be typed
    """The clip cropped around its middle to the frame's shape, then scaled: crop first, as it is cheaper."""
    across = min(clip.w, clip.h * width / height)
    down = min(clip.h, clip.w * height / width)
    if (across, down) != (clip.w, clip.h):
        clip = clip.cropped(x_center=clip.w / 2, y_center=clip.h / 2, width=across, height=down)
    return clip if list(clip.size) == [width, height] else clip.resized((width, height))


def _cues(srt: str) -> list[tuple[float, float, str]]:
    found = []
    for match in _CUE.finditer(srt):
        numbers = [int(number) for number in match.groups()[:8]]
        start, end = (h * 3600 + m * 60 + s + ms / 1000 for h, m, s, ms in (numbers[:4], numbers[4:]))
        found.append((start, end, match.group(9).strip()))
    return found


if __name__ == "__main__":
    main()
