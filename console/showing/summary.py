"""The first lines of an impact: how much was made from the starting rows, and which files people have of it.

Belongs here: counting and the list of delivered files. Not here: the tree below it.
"""

from console.showing.view import View
from console.showing.words import clean, marked, name

_PEOPLE_ASK_FOR = ("script", "voiceover", "clip", "video", "review", "decision", "credential")
_MOST_FILES = 20


def counts(view: View) -> dict[str, int]:
    """How many rows of each kind were made from the starts, and of how many jobs; the starts do not count."""
    starts = set(view.family.starts)
    made = [ref for ref in view.family.graph if ref not in starts]
    jobs = {view.values(ref).get("job_id") for ref in made} - {None}
    found = {"job": len(jobs)} | dict.fromkeys(_PEOPLE_ASK_FOR, 0)
    for ref in made:
        found[ref.node] = found.get(ref.node, 0) + 1
    return found


def summary(view: View) -> str:
    """How many jobs, scripts, clips, videos, reviews, decisions; then each delivered file."""
    told = [f"{count:,} {plural(node, count)}" for node, count in counts(view).items() if count]
    lines = [f"{clean(view.heading, most=200)}: {', '.join(told) if told else 'nothing was made from it'}."]
    at_hand = [one for one in view.delivered if one.path]
    if view.delivered:
        states = {one.state for one in view.delivered}
        by_state = [f"{sum(one.state == state for one in view.delivered):,} {state}" for state in sorted(states)]
        lines.append(f"Videos: {', '.join(by_state)}; {len(at_hand):,} with a file in output/.")
    for one in at_hand[:_MOST_FILES]:
        mark = "".join(f"  ({word})" for word in marked(view, one.video))
        lines.append(f"  {name(one.video)}  {one.state:<17}  {one.path}  {clean(one.title)}{mark}")
    if len(at_hand) > _MOST_FILES:
        lines.append(f"  … and {len(at_hand) - _MOST_FILES:,} more files: --format json has them all")
    return "\n".join(lines)


def plural(node: str, count: int) -> str:
    """The word for one or several rows of a kind."""
    words = node.replace("_", " ")
    if count == 1:
        return words
    return f"{words[:-1]}ies" if words.endswith("y") else {"trend analysis": "trend analyses"}.get(words, f"{words}s")
