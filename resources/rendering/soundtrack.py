"""The sound of one video: taken from the cache, or made, checked and kept there.

Belongs here: cache and the check for silence. Not here: how sound is mixed and encoded (`sound.py`).
"""

from collections.abc import Callable, Sequence
from pathlib import Path

from reelineage.documents import SpokenSentence
from reelineage.errors import NotPublishable
from resources.rendering.faults import silences
from resources.rendering.loudness import Loudness
from resources.rendering.segment_cache import SegmentCache
from resources.rendering.sound import SoundOrder, encode_sound, sound_key


class Soundtrack:
    """The encoded sound at `path` once `make` has run; `loudness` is what was measured on it."""

    def __init__(
        self, order: SoundOrder, sentences: Sequence[SpokenSentence], cache: SegmentCache, workdir: Path
    ) -> None:
        self.path = workdir / "sound.m4a"
        self.loudness = Loudness(float("-inf"), float("-inf"))
        self._order, self._sentences = order, sentences
        self._cache, self._workdir = cache, workdir

    def make(self, check: Callable[[], None]) -> None:
        """Bring the sound into the work folder; `check` raises when the work is to end.

        Raises:
            NotPublishable: it is silent while somebody speaks, or misses its loudness.
            PermanentError: voice or music cannot be used.
        """
        key = self._cache.key_of(*sound_key(self._order))
        facts = self._cache.take(key, self.path)
        if facts is None:
            loudness = encode_sound(self._order, self.path, folder=self._workdir, check=check)
            self._refuse_silence(check)
            facts = {"lufs": loudness.integrated_lufs, "dbtp": loudness.true_peak_dbtp}
            self._cache.put(key, self.path, facts)
        self.loudness = Loudness(float(str(facts["lufs"])), float(str(facts["dbtp"])))

    def _refuse_silence(self, check: Callable[[], None]) -> None:
        for start in silences(self.path, check):
            if not self._is_pause(start):
                raise NotPublishable(
                    f"Checking the sound: it is silent from {start:.1f} s for more than 2 s, while somebody speaks. "
                    "Make the voiceover again."
                )

    def _is_pause(self, start: float) -> bool:
        """Whether nobody speaks for two seconds from there on: then the timeline asks for silence."""
        return all(said.end_seconds <= start + 0.5 or said.start_seconds >= start + 2.0 for said in self._sentences)
