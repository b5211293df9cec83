"""What every case of a bad or odd file is: a function that writes one file and returns it; none may take long.

Belongs here: what both tables of cases need. Not here: the cases (`test_bad_media.py`, `test_odd_media.py`).
"""

from collections.abc import Callable
from pathlib import Path

Case = Callable[[Path], Path]
X264 = ("-c:v", "libx264", "-preset", "ultrafast", "-g", "10")
MOST_SECONDS = 20.0  # each takes a fraction of a second; what hangs would take for ever
