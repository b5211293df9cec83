"""The graph as DOT, for Graphviz and everything that reads its language; no program of Graphviz is called.

Belongs here: DOT's syntax: text is always a quoted string, in which backslash and quote are escaped.
"""

from console.showing.view import Box, View, drawing
from console.showing.words import clean, describe, name

_MOST_OF_A_KIND = 12
_MOST_ARROWS = 1_000
_LABEL = 90


def dot(view: View) -> str:
    """A directed graph from what was used to what was made, one cluster a stage."""
    drawn = drawing(view, most_of_a_kind=_MOST_OF_A_KIND, most_arrows=_MOST_ARROWS)
    lines = [
        "digraph lineage {",
        "  rankdir=LR;",
        '  node [shape=box, style="rounded", fontname="sans-serif", fontsize=10];',
    ]
    for number, (group, boxes) in enumerate(drawn.groups.items(), 1):
        lines += [f"  subgraph cluster_{number} {{", f"    label={_quoted(group.replace('_', ' '))};"]
        lines += [f"    {box.name} [label={_quoted(_label(view, box))}{_style(view, box)}];" for box in boxes]
        lines.append("  }")
    lines += [f"  {used} -> {made};" for used, made in drawn.arrows]
    return "\n".join([*lines, "}"])


def _label(view: View, box: Box) -> str:
    if box.ref is None:
        return f"… and {box.count:,} more {box.node} rows"
    told = describe(view, box.ref, plain=True)
    return f"{name(box.ref)}\n{clean(told.removeprefix(name(box.ref)).strip(), most=_LABEL)}".strip()


def _style(view: View, box: Box) -> str:
    if box.ref is None:
        return ", style=dotted"
    return ', style="rounded,dashed"' if box.ref in view.marks else ""


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'
