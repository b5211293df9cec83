"""Which picture becomes the thumbnail: the best one near the hook, or the one at the moment that the theme names.

Belongs here: choosing, and taking it from the cache when nothing changed. Not here: what makes a picture good, and
writing it (`thumbnail.py`).
"""

import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

from pydantic import JsonValue

from reelineage.documents import FPS, Frame, MediaItem
from reelineage.look import Thumbnail
from resources.rendering.ffmpeg import ffmpeg_version
from resources.rendering.lettering import FontLibrary
from resources.rendering.lettering.title import FAMILY
from resources.rendering.pictures import ScenePictures
from resources.rendering.segment_cache import SegmentCache
from resources.rendering.thumbnail import candidate_frames, choose, write_thumbnail


class ThumbnailMaker:
    """Makes the thumbnails of videos in one work folder."""

    def __init__(self, frame: Frame, fonts: FontLibrary, cache: SegmentCache, workdir: Path) -> None:
        self._frame, self._fonts, self._cache, self._workdir = frame, fonts, cache, workdir

    def make(
        self, scenes: Sequence[ScenePictures], look: Thumbnail, title: str, check: Callable[[], None]
    ) -> tuple[Path, tuple[MediaItem, ...]]:
        """The file, and the fonts in it. `check` raises when the work is to end.

        Raises:
            PermanentError: the clip has too few pictures, or the picture does not fit into 2 MB.
        """
        path = self._workdir / f"thumbnail.{'png' if look.format == 'png' else 'jpg'}"
        scene, number = _moment(scenes, look.at_seconds)
        # A drawn hook has the title in it already: it is not said twice.
        words = None if scene.is_drawn or not look.title else title
        numbers = candidate_frames(scene.clip.frames) if number is None else (number,)
        fonts = self._fonts.needed([words], FAMILY) if words else ()
        pictures: list[JsonValue] = [scene.run(one, 1, pad="0:V:0", label="out", hold=True).key for one in numbers]
        digests: list[JsonValue] = [font.sha256 for font in fonts]
        key = self._cache.key_of("thumbnail/1", ffmpeg_version(), pictures, words, digests, path.suffix)
        if self._cache.take(key, path) is None:
            stills = scene.stills(numbers, self._workdir, check)
            write_thumbnail(
                stills[choose(stills)],
                path,
                frame=self._frame,
                title=words,
                fonts=self._fonts,
                folder=self._workdir,
                check=check,
            )
            self._cache.put(key, path, {})
        return self._own_copy(path), tuple(font.media for font in fonts)

    def _own_copy(self, path: Path) -> Path:
        """The file without its link to the cache: what is kept for ever must not share bytes with what is not."""
        copy = path.with_stem("still")
        shutil.copyfile(path, copy)
        return copy.replace(path)


def _moment(scenes: Sequence[ScenePictures], at_seconds: float | None) -> tuple[ScenePictures, int | None]:
    """The scene of the thumbnail, and the frame in it when a time was given (behind the end: the last one)."""
    if at_seconds is None:
        return scenes[0], None
    left = round(at_seconds * FPS)
    for scene in scenes:
        if left < scene.clip.frames:
            return scene, left
        left -= scene.clip.frames
    return scenes[-1], scenes[-1].clip.frames - 1
