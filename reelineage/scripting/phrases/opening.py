"""How a trend briefing opens, closes and is named. See the package for fields and rules."""

from reelineage.scripting.deck import Phrases

# By the form of opening that works among the strongest items. `claim` also serves forms without a set of their own.
BRIEFING_HOOKS = {
    "question": Phrases(
        any=(
            "Which of these {n} {whats} is moving fastest?",
            "What is rising, and why?",
            "What do the {k} fastest {whats} have in common?",
            "Out of {n} {whats}, which {k} pull ahead?",
            "What are people reacting to?",
        ),
        lively=("Ready for the {k} fastest {whats} out of {n}?", "Can you guess which {what} is on top?"),
        calm=("What rises when {n} {whats} are measured side by side?",),
        plain=("Which {whats} gather reactions fastest?",),
    ),
    "number": Phrases(
        any=(
            "{K} {whats} are pulling away from {rest}.",
            "{n} {whats} measured, and these {k} are the fastest.",
            "{K} {whats}, counted down by how fast people react.",
            "Here are the {k} fastest {whats} out of {n}.",
        ),
        lively=("{K} {whats} are taking off.", "Out of {n} {whats}, only {k} make this list."),
        calm=("{K} {whats} are on their way up.",),
        plain=("The {k} fastest of {n} {whats}.",),
    ),
    "how_to": Phrases(
        any=(
            "Here is how the {k} fastest {whats} compare.",
            "This is how {k} {whats} got ahead of {rest}.",
            "How to spot a rising {what}: watch the reactions, hour by hour.",
        ),
        lively=("Here is how {k} {whats} are taking off.",),
        calm=("Let us see how {k} {whats} found their way up.",),
        plain=("How the {k} fastest of {n} {whats} compare.",),
    ),
    "claim": Phrases(
        any=(
            "These {k} {whats} are moving faster than {rest}.",
            "We measured {n} {whats}, and {k} stand out.",
            "One measure, {n} {whats}: reactions per hour.",
            "{K} {whats}, and how fast they move.",
            "{K} out of {n} {whats} lead the field.",
        ),
        lively=("These {k} {whats} are on the move.", "Keep an eye on these {k}."),
        calm=("Let us look at {k} {whats} that are on their way up.",),
        plain=("This is a count of {n} {whats}. Here is the top of it.",),
    ),
}
BRIEFING_HOOK_ONE = Phrases(
    any=(
        "Out of {n} {whats}, one is moving fastest.",
        "Of {n} {whats}, one is ahead of the rest.",
        "Which of {n} {whats} is moving fastest?",
        "This is the {what} to watch.",
    ),
    lively=("One {what} is taking off.",),
    calm=("Let us look at one {what} that is on its way up.",),
    plain=("The fastest of {n} {whats}.",),
)
# Where no count is known nothing can be called fast.
BRIEFING_HOOK_UNCOUNTED = Phrases(
    any=(
        "Here is a look at what is being published.",
        "What is being published, and about what?",
        "A few {whats} worth a look.",
    ),
    lively=("Here is what is out there.",),
    calm=("Let us look at what is being published.",),
    plain=("This is a list of published {whats}.",),
)
BRIEFING_HEADLINES = Phrases(
    any=("What is rising, and why", "{K} {whats} on the rise", "The {k} fastest {whats}", "{K} on the way up"),
    lively=("{K} {whats} taking off", "On the move: the top {k}"),
    calm=("A look at what is rising",),
    plain=("Top {k} of {n}",),
)
BRIEFING_HEADLINES_ONE = Phrases(any=("The {what} to watch", "One {what} ahead of {rest}", "The fastest of {n}"))
BRIEFING_HEADLINES_UNCOUNTED = Phrases(any=("What is being published", "Worth a look", "New and noticed"))
AS_OF = Phrases(
    any=(
        "All numbers are from {day}.",
        "Counted on {day}.",
        "This is how it stood on {day}.",
    )
)
RULE = Phrases(
    any=(
        "What counts is reactions per hour, not size.",
        "We rank by reactions per hour since publishing.",
        "The order follows reactions per hour.",
    )
)
OUTRO = Phrases(
    any=("That was the list.", "And that is the top {k}.", "That is all for this count."),
    lively=("That is your top {k}!",),
    calm=("That was the count.",),
    plain=("End of the list.",),
)
SCRIPT_TITLES = Phrases(
    any=(
        "{name}: the {k} fastest {whats}",
        "{K} {whats} on the rise: {lead} leads",
        "What is rising: {lead} and more",
        "{lead} leads the top {k}",
    ),
    plain=("{name}: top {k} of {n}",),
)
SCRIPT_TITLES_PLAIN = Phrases(any=("{name}: {lead}", "{lead}"))
BRIEFING_ORIGIN_DEMO = "Made from demo data: none of these videos exist."
REACTIONS_EXPLAINED = "Reactions are likes, comments and shares as far as known, per hour since publishing."
