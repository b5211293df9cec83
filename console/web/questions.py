"""A question about the lineage as an address: which rows, in which direction, as of when.

Belongs here: reading references that came in an address, and writing addresses. Only references and hashes are taken:
what the command line takes beyond them is the path of a file, and no path comes in through the web.
"""

from dataclasses import dataclass, replace
from typing import Final, Literal
from urllib.parse import urlencode

from console.asking import view_of
from console.moments import parse_moment
from console.showing.view import View
from reelineage.errors import BadInput, NotFound
from reelineage.family import Ref, exists, parse_reference
from reelineage.references import resolve
from resources.home import Home

Direction = Literal["up", "down"]
MOST_ROWS: Final = 50_000
_NEVER_MADE: Final = ("trend_item", "artifact", "media_item", "provider_call")  # of these people ask what they led to


@dataclass(frozen=True)
class Question:
    """What is asked. `text` is what was typed, for rows that only a name such as `model:piper/joe` holds together."""

    refs: tuple[Ref, ...]
    direction: Direction
    as_of: str = ""
    text: str = ""

    @property
    def subject(self) -> str:
        """What it is about, as people type it."""
        return self.text or str(self.refs[0])

    def address(self, *, direction: Direction | None = None, **more: str | int) -> str:
        """The address of this question, or of the same one in another direction."""
        asked = {"ref": self.text} if self.text else {}
        asked |= {"direction": direction or self.direction}
        asked |= {"as_of": self.as_of} if self.as_of else {}
        path = "/lineage" if self.text else f"/lineage/{self.refs[0].node}/{self.refs[0].key}"
        return f"{path}?{urlencode(asked | more)}"

    @property
    def now(self) -> str:
        """The address of the same question about the present."""
        return replace(self, as_of="").address()

    def answer(self, home: Home) -> View:
        """The rows, as the command line finds them.

        Raises:
            BadInput: there was nothing yet at that moment, or the moment cannot be read.
            TooMuch: it has more than 50,000 rows, which take about a second.
        """
        moment = parse_moment(self.as_of, name="as_of") if self.as_of else None
        return view_of(home, self.refs, self.subject, down=self.direction == "down", as_of=moment, most=MOST_ROWS)


def question_about(home: Home, node: str, key: str, direction: Direction | None, as_of: str = "") -> Question:
    """The question about one row.

    Raises:
        NotFound: there is no such row.
    """
    ref = row_named(home, node, key)
    return Question((ref,), direction or _first_direction(ref), as_of)


def row_named(home: Home, node: str, key: str) -> Ref:
    """The row that an address names.

    Raises:
        NotFound: there is no such row, or the address is none of a row.
    """
    try:
        ref = parse_reference(f"{node}:{key}")
    except BadInput as error:
        raise NotFound(str(error)) from error
    with home.database.read() as session:
        if not exists(session, ref):
            raise NotFound(f"Showing {ref}: there is no such row. Search for what you are after under Lineage.")
    return ref


def question_typed(home: Home, text: str, direction: Direction | None, as_of: str = "") -> Question:
    """The question that somebody typed; one row is asked about by its own address, several by their name.

    Raises:
        BadInput: it is no reference and no hash, or nothing of this name is known.
    """
    with home.database.read() as session:
        found = resolve(session, text)
    chosen = direction or ("up" if len(found.explained) == 1 else "down")
    refs = found.explained if chosen == "up" else found.refs
    if len(refs) == 1:
        return Question(refs, direction or _first_direction(refs[0]), as_of)
    return Question(refs, chosen, as_of, text)


def _first_direction(ref: Ref) -> Direction:
    return "down" if ref.node in _NEVER_MADE else "up"
