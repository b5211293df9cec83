"""Speech synthesizers: one interface, one file per backend. Joining sentences into a track is `reelineage.timeline`."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from reelineage.documents import MediaItem, ProviderIdentity, WordTiming


@dataclass(frozen=True)
class Speech:
    """One spoken sentence: mono float32 samples in -1..1 at 48 kHz, and when each caption word is heard (seconds)."""

    samples: NDArray[np.float32]
    words: tuple[WordTiming, ...]


class SpeechSynthesizer(Protocol):
    """Speaks one sentence at a time. The same sentence and pace give the same samples."""

    @property
    def identity(self) -> ProviderIdentity:
        """Provider, model and version, for the ledger."""
        ...

    @property
    def voice(self) -> MediaItem:
        """The voice as a bill-of-materials item."""
        ...

    def speak(self, sentence: str, *, pace: float) -> Speech:
        """Speak `sentence`; `words` are its words as written, in order.

        Raises:
            PermanentError: the sentence cannot be spoken (no letter or digit in it).
            TransientError: the backend failed.
        """
        ...
