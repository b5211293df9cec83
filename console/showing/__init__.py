"""How an answer about the lineage is shown: as a tree, as JSON, as a graph, as a page, each in a file of its own.

Belongs here: the one place that knows all formats. Not here: asking (`console/commands/lineage.py`, `impact.py`).
"""

import json
from collections.abc import Callable, Mapping

from console.showing.data import as_json
from console.showing.dot import dot
from console.showing.mermaid import mermaid
from console.showing.page import page
from console.showing.summary import summary
from console.showing.tree import tree
from console.showing.view import View

FORMATS: Mapping[str, Callable[[View], str]] = {
    "tree": lambda view: f"{summary(view)}\n\n{tree(view)}" if view.down else tree(view),
    "json": lambda view: json.dumps(as_json(view), indent=1, ensure_ascii=True),
    "mermaid": mermaid,
    "dot": dot,
    "html": page,
}
"""The formats that show; `openlineage` and `prov` are exports (`resources/exports`)."""
