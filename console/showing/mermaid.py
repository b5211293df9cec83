"""The graph as a Mermaid flowchart, for Markdown pages that draw it.

Belongs here: Mermaid's syntax. Text from outside goes in as number codes (`#35;`) wherever it is not a letter, a digit
or harmless: a title can neither end its quotes nor become markup.
"""

from console.showing.view import Box, View, drawing
from console.showing.words import clean, describe, name

_MOST_OF_A_KIND = 8
_MOST_ARROWS = 400  # Mermaid refuses more than 500, and a text of more than 50,000 characters
_MOST_CHARACTERS = 46_000
_LABEL = 70
_HARMLESS = " .,:-_/+"


def mermaid(view: View) -> str:
    """The flowchart, one subgraph a stage; what does not fit is one box that says how many."""
    most = _MOST_OF_A_KIND
    while len(text := _text(view, most)) > _MOST_CHARACTERS and most:
        most //= 2
    return text


def _text(view: View, most: int) -> str:
    drawn = drawing(view, most_of_a_kind=most, most_arrows=_MOST_ARROWS)
    lines = ["flowchart LR"]
    for number, (group, boxes) in enumerate(drawn.groups.items(), 1):
        lines.append(f'  subgraph g{number}["{_escaped(group.replace("_", " "))}"]')
        lines += [f'    {box.name}["{_label(view, box)}"]' for box in boxes]
        lines.append("  end")
    lines += [f"  {used} --> {made}" for used, made in drawn.arrows]
    gone = [box.name for boxes in drawn.groups.values() for box in boxes if box.ref in view.marks]
    if gone:
        lines += ["  classDef gone stroke-dasharray: 4 4", f"  class {','.join(gone)} gone"]
    return "\n".join(lines)


def _label(view: View, box: Box) -> str:
    if box.ref is None:
        return _escaped(f"… and {box.count:,} more {box.node} rows")
    told = describe(view, box.ref, plain=True)
    head = name(box.ref)
    rest = clean(told.removeprefix(head).strip(), most=_LABEL)
    return _escaped(head) + (f"<br/>{_escaped(rest)}" if rest else "")


def _escaped(text: str) -> str:
    return "".join(one if one.isalnum() or one in _HARMLESS else f"#{ord(one)};" for one in text)
