"""How the films of the tests of fitting are encoded, and which colours their corners have.

Belongs here: what these tests share. Not here: making films and fitting them (`own_films.py`).
"""

from reelineage.documents import Frame
from tests.resources.rendering.own_films import BLUE, GREEN, RED, WHITE

WIDE = Frame(width=160, height=120)
CORNERS = (RED, GREEN, BLUE, WHITE)
X264 = ("-c:v", "libx264", "-preset", "ultrafast", "-g", "20", "-bf", "2")
BT709_RED = ("-vf", "scale=out_color_matrix=bt709,format=yuv420p")
