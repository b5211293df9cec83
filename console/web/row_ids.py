"""The number of a row in an address: digits without sign or leading zero, as the lineage writes them.

Belongs here: reading it, and nothing else. Anything that is no number of a row is simply not there (404): an address is
no form that somebody fills in.
"""

import re
from typing import Annotated, Final

from pydantic import BeforeValidator

from reelineage.errors import NotFound

_NUMBER: Final = re.compile(r"[1-9][0-9]{0,17}", re.ASCII)  # fits the 64 bits of a key


def _read(value: object) -> int:
    if isinstance(value, str) and _NUMBER.fullmatch(value):
        return int(value)
    raise NotFound("Reading the address: there is no such page. `/jobs` lists the jobs.")


RowNumber = Annotated[int, BeforeValidator(_read)]
