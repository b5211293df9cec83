// A graph is easier to follow when the lines of one box stand out: of the box under the pointer or in focus.
"use strict";

for (const graph of document.querySelectorAll(".graph")) {
  const edges = [...graph.querySelectorAll(".edge")];

  const show = (event) => {
    const node = event.target.closest(".graph-node")?.dataset.node;
    graph.classList.toggle("has-focus", Boolean(node));
    for (const edge of edges) {
      edge.classList.toggle("near", Boolean(node) && (edge.dataset.used === node || edge.dataset.made === node));
    }
  };
  const clear = () => graph.classList.remove("has-focus");

  graph.addEventListener("pointerover", show);
  graph.addEventListener("pointerleave", clear);
  graph.addEventListener("focusin", show);
  graph.addEventListener("focusout", clear);
}
