"""What a briefing says over charts and about patterns. See the package for fields and rules."""

from reelineage.scripting.deck import Phrases

CHART_ITEMS = Phrases(
    any=(
        "Here is their pace, side by side.",
        "Side by side, it looks like this.",
        "This is how they compare.",
        "Put them next to each other.",
    ),
    lively=("Now look at them side by side!",),
    calm=("Here they are, next to each other.",),
    plain=("Reactions per hour, compared.",),
)
CHART_ITEMS_SHARE = Phrases(
    any=(
        "Number one takes {share} of what these {m} get together.",
        "Of all reactions to these {m}, number one gets {share}.",
        "{Share} of their combined pace belongs to number one.",
    )
)
CHART_TOPICS = Phrases(
    any=(
        "By topic, {topic} leads with {v} {rs} an hour.",
        "The busiest topic is {topic}, at {v} {rs} an hour.",
        "{Topic} is the topic in front, with {v} {rs} an hour.",
        "Sorted by topic, {topic} comes first: {v} {rs} an hour.",
    ),
    lively=("The topic of the hour: {topic}, with {v} {rs} every sixty minutes.",),
    calm=("Among the topics, {topic} leads with {v} {rs} an hour.",),
    plain=("Top topic: {topic}, {v} {rs} per hour.",),
)
CHART_TOPICS_SHORT = Phrases(
    any=(
        "The busiest topic is {topic}.",
        "By topic, {topic} leads.",
        "{Topic} is the topic in front.",
    )
)
CHART_TOPICS_SHARE = Phrases(
    any=(
        "That is {share} of all reactions in this count.",
        "It draws {share} of all reactions measured here.",
        "So {share} of the reactions land there.",
    )
)
CHART_TOPICS_NEXT = Phrases(
    any=(
        "{Topic2} and {topic3} follow.",
        "Next come {topic2} and {topic3}.",
        "Behind it are {topic2} and {topic3}.",
        "After that: {topic2}, then {topic3}.",
    )
)
LINE_TOPIC = Phrases(
    any=(
        "Views on {topic} went from {from} to {to} in {span}.",
        "In {span}, {topic} climbed from {from} to {to} views.",
        "{Topic} rose from {from} to {to} views within {span}.",
    )
)
ALSO = Phrases(
    any=(
        "Also on the list: {t}",
        "Right behind them: {t}",
        "Just outside the top {k}: {t}",
        "Close behind: {t}",
    )
)
ALSO_MORE = Phrases(any=("Then comes {t}", "After it, {t}", "Followed by {t}", "Next, {t}"))
WHY_LEAD = Phrases(
    any=(
        "What do the strongest have in common?",
        "What do they share?",
        "Is there a pattern?",
        "Why these?",
        "Now, the pattern behind it.",
    ),
    lively=("And here is the interesting part.",),
    calm=("There is a pattern in this.",),
    plain=("The pattern:",),
)
# {c} of {o} strongest items, at least two of them and not all.
WHY_FORM = {
    form: Phrases(any=(f"{{C}} of the {{o}} strongest {does}.", f"Among the {{o}} strongest, {{c}} {does}."))
    for form, does in (
        ("question", "ask a question in the title"),
        ("number", "have a number in the title"),
        ("list", "promise a list"),
        ("how_to", "promise a how-to"),
        ("claim", "make a bold claim"),
        ("story", "tell a story in the first person"),
        ("reveal", "promise to reveal something"),
        ("versus", "set two things against each other"),
        ("reaction", "show a reaction"),
        ("release", "announce a release in the title"),
    )
}
WHY_HEADLINES = {
    "question": "They ask a question",
    "number": "They use a number",
    "list": "They promise a list",
    "how_to": "They show how",
    "claim": "They claim something bold",
    "story": "They tell their own story",
    "reveal": "They reveal something",
    "versus": "They set two against each other",
    "reaction": "They show a reaction",
    "release": "They announce a release",
    "duration": "Nearly the same length",
    "title_shape": "The same shape of title",
    "hour": "The same time of day",
    "category": "The same category",
    "audio": "The same sound",
}
TAKEAWAY = {
    form: Phrases(any=(f"Worth trying for {{audience}}: {advice}.", f"For {{audience}}, the idea: {advice}."))
    for form, advice in (
        ("question", "open with a question"),
        ("number", "put a number in the title"),
        ("list", "make it a list"),
        ("how_to", "show how it is done"),
        ("claim", "say it straight"),
        ("story", "tell it as your own story"),
        ("reveal", "promise one thing, then show it"),
        ("versus", "let two things compete"),
    )
}
