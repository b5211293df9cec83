"""An answer as JSON: every row with its columns, every edge, every mark; nothing is folded.

Belongs here: the shape that programs read. Documents are left out: they are large, and the database has them;
parameters of calls are there.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from console.showing.summary import counts
from console.showing.view import View
from reelineage.documents import iso
from reelineage.family import Ref

LARGE = ("document", "response", "manifest", "theme", "hashes")


def as_json(view: View) -> dict[str, object]:
    """The graph as one object: `made_from` edges lead from a row to its parent, in both directions of asking."""
    graph = view.family.graph
    edges = (
        [(other, ref) for ref, others in graph.items() for other in others]
        if view.down
        else [(ref, other) for ref, others in graph.items() for other in others]
    )
    told: dict[str, object] = {
        "starts": [str(start) for start in view.family.starts],
        "nodes": [_node(view, ref) for ref in graph],
        "edges": [{"from": str(child), "made_from": str(parent)} for child, parent in edges],
    }
    if view.down:
        told["counts"] = counts(view)
        told["delivered"] = [
            {"video": str(one.video), "title": one.title, "state": one.state, "path": one.path}
            for one in view.delivered
        ]
    return told


def _node(view: View, ref: Ref) -> dict[str, object]:
    mark = view.marks.get(ref)
    marks = {"taken_down": mark.removed or None, "withdrawn": mark.withdrawn or None} if mark else {}
    return {"ref": str(ref), "stage": view.group(ref)} | columns(view.values(ref)) | marks


def columns(values: Mapping[str, Any]) -> dict[str, object]:
    """The columns of a row but the large ones, times as RFC 3339."""
    return {
        column: iso(value) if isinstance(value, datetime) else value
        for column, value in values.items()
        if column not in LARGE
    }
